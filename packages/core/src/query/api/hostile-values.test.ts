import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../database.js";
import { HostileFixture, refusalOf, strangeValues } from "../../testing/hostile-fixture.js";

let fixture: HostileFixture;
let db: Database;

beforeAll(async () => {
  fixture = await HostileFixture.start();
  ({ db } = fixture);
});
afterAll(async () => {
  await fixture.expectUnharmed();
  await fixture[Symbol.asyncDispose]();
});

const valueOf = async (type: string, value: unknown): Promise<unknown> =>
  (await db.query(`SELECT $1::${type} AS v`, [value])).rows[0]!["v"];

const TYPES =
  "int bigint real float8 numeric text boolean date timestamp timestamptz time interval uuid bytea int[] text[]".split(
    " ",
  );

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

describe("parameters", () => {
  test("of a kind that no type takes are refused by each, with what they are", async () => {
    const { symbol, function: fn, cyclic, bare, revoked, map } = strangeValues();
    const throwing = new Proxy(
      {},
      {
        getPrototypeOf: () => {
          throw new Error("trap");
        },
      },
    );
    for (const type of [...TYPES, "jsonb[]"]) {
      for (const value of [symbol, fn, cyclic, bare, revoked, map, throwing, new Date(NaN)]) {
        const { code, message } = await refusalOf(() => valueOf(type, value));
        expect([type, code]).toEqual([type, "TYPE_MISMATCH"]);
        expect(message).toContain("$1");
      }
      expect(await valueOf(type, null)).toBeNull();
      expect((await refusalOf(() => valueOf(type, undefined))).hint).toContain("null");
    }
  });

  test.each<[string, unknown, string]>([
    ["int", NaN, "TYPE_MISMATCH"],
    ["int", Infinity, "TYPE_MISMATCH"],
    ["int", 1.5, "TYPE_MISMATCH"],
    ["int", 2 ** 31, "NUMERIC_OUT_OF_RANGE"],
    ["bigint", 2n ** 63n, "NUMERIC_OUT_OF_RANGE"],
    ["bigint", 2 ** 53, "TYPE_MISMATCH"],
    ["real", 1e39, "NUMERIC_OUT_OF_RANGE"],
    ["real", 1e-50, "NUMERIC_OUT_OF_RANGE"],
    ["real", 10n ** 400n, "NUMERIC_OUT_OF_RANGE"],
    ["float8", 10n ** 400n, "NUMERIC_OUT_OF_RANGE"],
    ["numeric(5,2)", 1e9, "NUMERIC_OUT_OF_RANGE"],
    ["numeric(5,2)", Infinity, "NUMERIC_OUT_OF_RANGE"],
    ["timestamp", 1e300, "DATETIME_OUT_OF_RANGE"],
    ["timestamptz", new Date(-8.64e15), "DATETIME_OUT_OF_RANGE"],
    ["timestamptz", -1e300, "DATETIME_OUT_OF_RANGE"],
    ["date", 1e300, "DATETIME_OUT_OF_RANGE"],
    ["timestamp", NaN, "TYPE_MISMATCH"],
    ["text", "a\0b", "INVALID_TEXT"],
    ["text", "\udc00", "INVALID_TEXT"],
    ["jsonb", "[".repeat(10_000), "NESTING_TOO_DEEP"],
    ["jsonb", "{", "INVALID_JSON"],
    ["int[]", [1, [2]], "TYPE_MISMATCH"],
    ["int[]", [[1], [2, 3]], "TYPE_MISMATCH"],
    ["int[]", Object.assign([], { 1: 1 }), "TYPE_MISMATCH"],
    ["int[]", nested(7), "LIMIT_EXCEEDED"],
  ])("%s does not take %s", async (type, value, code) => {
    const refusal = await refusalOf(() => valueOf(type, value));
    expect(refusal.code).toBe(code);
    // A value that fits the type but not its modifier is the cast's matter.
    expect(refusal.message).toMatch(type.includes("(") ? /overflow/ : /parameter \$1/);
  });

  test("that loop or nest beyond all bounds end with an error of ours", async () => {
    const loop: unknown[] = [];
    loop.push(loop);
    const { cyclic } = strangeValues();
    const codes = ["TYPE_MISMATCH", "NESTING_TOO_DEEP", "LIMIT_EXCEEDED"];
    for (const value of [loop, cyclic, nested(100_000), { a: 5n }]) {
      for (const type of ["json", "jsonb", "jsonb[]", "text[]", "int[]"]) {
        expect(codes).toContain((await refusalOf(() => valueOf(type, value))).code);
      }
      expect(codes).toContain((await refusalOf(() => db.query("SELECT $1 AS v", [value]))).code);
    }
  });

  test("at the edge of their types come back as they are", async () => {
    const edges: readonly (readonly [string, unknown, unknown])[] = [
      ["int", -0, 0],
      ["bigint", -(2n ** 63n), -(2n ** 63n)],
      ["float8", Infinity, Infinity],
      ["float8", NaN, NaN],
      ["float8", -0, -0],
      ["real", 0, 0],
      ["numeric", 10n ** 400n, (10n ** 400n).toString()],
      ["text", "", ""],
      ["text", "🦄".repeat(1000), "🦄".repeat(1000)],
      ["int[]", [], []],
      ["timestamptz", new Date(8.64e15), new Date(8.64e15)],
      ["bytea", new Uint8Array(0), new Uint8Array(0)],
    ];
    for (const [type, value, expected] of edges) {
      expect(await valueOf(type, value), type).toEqual(expected);
    }
    expect(await valueOf("timestamp", Infinity)).toBe(Infinity);
  });

  test("of JSON keep every key, whatever it is called", async () => {
    const text = '{"__proto__":{"polluted":1},"constructor":2,"":3,"toString":4}';
    const value: unknown = JSON.parse(text);
    for (const type of ["json", "jsonb"]) {
      const found = (await valueOf(type, value)) as object;
      expect(Object.keys(found).sort()).toEqual(["", "__proto__", "constructor", "toString"]);
      expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
      expect("polluted" in {}).toBe(false);
    }
    const built = "SELECT jsonb_build_object($1::text, 1) AS v, jsonb_object_agg($1::text, 2) AS w";
    const { rows } = await db.query<{ v: object; w: object }>(built, ["__proto__"]);
    expect([Object.keys(rows[0]!.v), Object.keys(rows[0]!.w)]).toEqual([
      ["__proto__"],
      ["__proto__"],
    ]);
    expect((await refusalOf(() => valueOf("jsonb", { a: "\0" }))).code).toBe("INVALID_JSON");
  });

  test("by name may be called like anything of an object's", async () => {
    const text = "SELECT :__proto__::int AS a, :constructor::int AS b";
    const params = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>;
    expect((await db.query(text, params)).rows).toEqual([{ a: 1, b: 2 }]);
    expect((await refusalOf(() => db.query(text, {}))).code).toBe("PARAMETER_NOT_FOUND");
  });
});

test("what is refused in the middle of many rows leaves none of them", async () => {
  const insert = db.prepare<[unknown, unknown], object>("INSERT INTO kept VALUES ($1, $2)");
  for (const [id, x, code] of [
    [4, "one", "UNIQUE_VIOLATION"],
    [NaN, "four", "TYPE_MISMATCH"],
    [null, "four", "NOT_NULL_VIOLATION"],
    [4, "\0", "INVALID_TEXT"],
  ] as const) {
    expect((await refusalOf(() => insert.run(id, x))).code).toBe(code);
  }
  const many =
    "INSERT INTO kept SELECT g, CASE g WHEN 90000 THEN 'one' END FROM generate_series(4, 100000) g";
  expect((await refusalOf(() => db.query(many))).code).toBe("UNIQUE_VIOLATION");
  const late = "UPDATE kept SET id = 10 / (id - 3)";
  expect((await refusalOf(() => db.query(late))).code).toBe("DIVISION_BY_ZERO");
});
