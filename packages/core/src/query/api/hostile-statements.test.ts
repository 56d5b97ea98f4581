import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../database.js";
import { HostileFixture, refusalOf } from "../../testing/hostile-fixture.js";

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

const rowsOf = async (text: string, params?: readonly unknown[]): Promise<unknown[]> =>
  (await db.query(text, params, { rowMode: "array" })).rows;
const list = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join(", ");
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

describe("LIMIT and OFFSET", () => {
  test.each([
    ["9223372036854775807", 3],
    ["NULL", 3],
    ["ALL", 3],
    ["'2'", 2],
    ["(SELECT 1)", 1],
  ])("LIMIT %s gives %d rows", async (limit, count) => {
    expect(await rowsOf(`SELECT id FROM kept LIMIT ${limit}`)).toHaveLength(count);
  });

  test.each([
    ["-1", "INVALID_LIMIT"],
    ["-9223372036854775808", "INVALID_LIMIT"],
    ["9223372036854775808", "NUMERIC_OUT_OF_RANGE"],
    ["1e30", "NUMERIC_OUT_OF_RANGE"],
    ["'NaN'::float", "NUMERIC_OUT_OF_RANGE"],
    ["'x'", "INVALID_TEXT_REPRESENTATION"],
    ["true", "TYPE_MISMATCH"],
    ["id", "INVALID_COLUMN_REFERENCE"],
  ])("%s is refused", async (limit, code) => {
    for (const clause of ["LIMIT", "OFFSET", "ORDER BY x LIMIT", "ORDER BY x OFFSET"]) {
      const refusal = await refusalOf(() => rowsOf(`SELECT id FROM kept ${clause} ${limit}`));
      expect(refusal.code, clause).toBe(code);
    }
  });

  test("take parameters of their own type only", async () => {
    const text = "SELECT id FROM kept ORDER BY x OFFSET $2 LIMIT $1";
    expect(await rowsOf(text, [2n ** 63n - 1n, -0])).toHaveLength(3);
    for (const value of [NaN, Infinity, 1.5, 2n ** 63n, true, [1], {}]) {
      const { code, message } = await refusalOf(() => rowsOf(text, [value, 0]));
      expect(["TYPE_MISMATCH", "NUMERIC_OUT_OF_RANGE"]).toContain(code);
      expect(message).toContain("$1");
    }
  });
});

describe("names", () => {
  const names = [
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    'a"b',
    "it's",
    "a b",
    "\n",
    "🦄",
    "é".repeat(40),
    "x".repeat(64),
    "x".repeat(5000),
    "select",
    "--",
    "*/",
    "\\",
    "`${1}`",
  ];

  test.each(names)("%j names tables, columns and everything else", async (name) => {
    const id = quoted(name);
    await db.query(`CREATE TABLE ${id} (${id} INT PRIMARY KEY, other TEXT)`);
    await db.query(`CREATE INDEX ON ${id} (other)`);
    await db.query(`INSERT INTO ${id} (${id}, other) VALUES (1, 'x')`);
    const statement = db.prepare<[number], object>(`SELECT * FROM ${id} WHERE ${id} = $1`);
    const found = [
      ...(await db.query<object>(`SELECT * FROM ${id} AS t`)).rows,
      ...(await db.query<object>(`WITH ${id} AS (SELECT * FROM ${id}) TABLE ${id}`)).rows,
      ...statement.all(1),
      ...statement.iterate(1),
      statement.get(1)!,
    ];
    for (const row of found) {
      expect(Object.entries(row)).toEqual([
        [name, 1],
        ["other", "x"],
      ]);
      expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
    }
    expect(db.table(name)?.columns[0]?.name).toBe(name);
    await db.query(`UPDATE ${id} SET ${id} = ${id} + 1`);
    expect(await rowsOf(`SELECT ${id}.${id} FROM ${id}`)).toEqual([[2]]);
    await db.query(`DROP TABLE ${id}`);
    using session = db.session();
    await session.exec(`PREPARE ${id} AS SELECT 1; BEGIN; SAVEPOINT ${id}; ROLLBACK TO ${id}; END`);
  });

  test("that are nothing, or no text, are refused with their place", async () => {
    for (const [name, code] of [
      ["", "PARSE_ERROR"],
      ["a\0b", "INVALID_TEXT"],
      ["\ud800", "INVALID_TEXT"],
    ] as const) {
      for (const text of [`SELECT 1 AS "${name}"`, `CREATE TABLE "${name}" (a INT)`]) {
        const refusal = await refusalOf(() => rowsOf(text));
        expect(refusal.code).toBe(code);
        expect(refusal.position).toBeGreaterThan(10);
      }
    }
  });

  test("that are reserved are said to be a mistake where they stand", async () => {
    for (const word of ["select", "table", "user", "order", "default", "all", "when", "check"]) {
      const refusal = await refusalOf(() => rowsOf(`CREATE TABLE ${word} (a INT)`));
      expect(refusal).toMatchObject({ code: "PARSE_ERROR", position: 14 });
      expect(refusal.message).toContain(word);
    }
  });

  test("of what is not there are named, whatever they are", async () => {
    for (const name of ["__proto__", "constructor", "toString"]) {
      const id = quoted(name);
      const wrong = [
        [`SELECT * FROM ${id}`, "TABLE_NOT_FOUND"],
        [`SELECT ${id} FROM kept`, "COLUMN_NOT_FOUND"],
        [`SELECT ${id}(1)`, "FUNCTION_NOT_FOUND"],
        [`SELECT 1::${id}`, "TYPE_NOT_FOUND"],
        [`SELECT * FROM ${id}.kept`, "TABLE_NOT_FOUND"],
        [`DROP INDEX ${id}`, "INDEX_NOT_FOUND"],
        [`SHOW ${id}`, "NOT_FOUND"],
        [`SELECT now() AT TIME ZONE '${name}'`, "INVALID_ARGUMENT"],
        [`SELECT date_trunc('${name}', now())`, "INVALID_ARGUMENT"],
        [`SELECT encode('', '${name}')`, "INVALID_ARGUMENT"],
      ] as const;
      for (const [text, code] of wrong) {
        const refusal = await refusalOf(() => rowsOf(text));
        expect([text, refusal.code]).toEqual([text, code]);
        expect(refusal.message.toLowerCase()).toContain(name.toLowerCase());
      }
    }
  });
});

describe("columns", () => {
  test("of one name may be selected; as objects the last one stays", async () => {
    const text = "SELECT 1 AS a, 2 AS a";
    expect((await db.query(text)).rows).toEqual([{ a: 2 }]);
    expect(await rowsOf(text)).toEqual([[1, 2]]);
    expect(await rowsOf("SELECT * FROM (VALUES (1, 2)) v(a, a)")).toEqual([[1, 2]]);
  });

  test.each([
    ["CREATE TABLE u (a INT, A INT)", "COLUMN_EXISTS", "a"],
    ["CREATE TABLE u AS SELECT 1 AS a, 2 AS a", "COLUMN_EXISTS", "a"],
    ["CREATE VIEW u AS SELECT 1 AS a, 2 AS a", "COLUMN_EXISTS", "a"],
    ["CREATE TABLE u (a INT, PRIMARY KEY (a, a))", "COLUMN_EXISTS", "a"],
    ["SELECT a FROM (SELECT 1 AS a, 2 AS a) s", "AMBIGUOUS_COLUMN", "a"],
    ["SELECT a FROM (VALUES (1, 2)) v(a, a)", "AMBIGUOUS_COLUMN", "a"],
    ["SELECT * FROM (VALUES (1)) v(a, b)", "INVALID_COLUMN_REFERENCE", "v"],
    ["VALUES (1, 2), (3)", "PARSE_ERROR", "VALUES"],
    ["INSERT INTO kept (id, id) VALUES (1, 2)", "COLUMN_EXISTS", "id"],
    ["INSERT INTO kept (id) VALUES (1, 2)", "PARSE_ERROR", "more expressions"],
    ["UPDATE kept SET x = 'a', x = 'b'", "PARSE_ERROR", "x"],
    ["WITH a AS (SELECT 1), a AS (SELECT 2) TABLE a", "DUPLICATE_ALIAS", "a"],
    ["SELECT * FROM kept, kept", "DUPLICATE_ALIAS", "kept"],
    ["SELECT * FROM kept a JOIN kept b USING (id, id)", "COLUMN_EXISTS", "id"],
  ])("%s is refused", async (text, code, named) => {
    const refusal = await refusalOf(() => rowsOf(text));
    expect(refusal.code).toBe(code);
    expect(refusal.message).toContain(named);
  });

  test("may be many, and are too many at a limit", async () => {
    const wide = list(1599, (i) => `c${i} INT`);
    await db.exec(`CREATE TABLE wide (${wide}); INSERT INTO wide VALUES (${list(1599, String)})`);
    expect((await rowsOf("SELECT * FROM wide"))[0]).toHaveLength(1599);
    const row = (await db.query("SELECT * FROM wide")).rows[0]!;
    expect([Object.keys(row).length, row["c1598"]]).toEqual([1599, 1598]);
    await db.exec("DROP TABLE wide");
    for (const text of [
      `CREATE TABLE u (${list(1700, (i) => `c${i} INT`)})`,
      `SELECT ${list(1700, String)}`,
    ]) {
      expect((await refusalOf(() => rowsOf(text))).code).toBe("LIMIT_EXCEEDED");
    }
  });
});

describe("statements that grow", () => {
  const deep = 10_000;
  const repeat = (open: string, inner: string, close: string): string =>
    open.repeat(deep) + inner + close.repeat(deep);

  test.each([
    ["parentheses", `SELECT ${repeat("(", "1", ")")}`],
    ["calls", `SELECT ${repeat("abs(", "1", ")")}`],
    ["arrays", `SELECT ${repeat("ARRAY[", "1", "]")}`],
    ["rows", `SELECT ${repeat("ROW(", "1", ")")}`],
    ["casts", `SELECT ${repeat("", "1", "::int")}`],
    ["time zones", `SELECT now() ${repeat("", "", " AT TIME ZONE 'UTC'")}`],
    ["operators", `SELECT ${repeat("1 + ", "1", "")}`],
    ["cases", `SELECT ${repeat("CASE WHEN false THEN 1 ELSE ", "2", " END")}`],
    ["subqueries", `SELECT ${repeat("EXISTS (SELECT ", "1", ")")}`],
    ["joins", `SELECT 1 FROM ${repeat("(kept CROSS JOIN ", "kept", ")")}`],
    ["unions", `${repeat("SELECT 1 UNION ", "SELECT 2", "")}`],
    [
      "common tables",
      `WITH ${list(deep, (i) => `c${i} AS (SELECT * FROM ${i > 0 ? `c${i - 1}` : "kept"})`)} TABLE c${deep - 1}`,
    ],
  ])("nests %s too deeply", async (_what, text) => {
    const { code, message } = await refusalOf(() => rowsOf(text));
    expect(code).toBe("NESTING_TOO_DEEP");
    expect(message).toMatch(/nest|in a row|other/);
  });

  test("views that double their rows' makers end soon", async () => {
    await db.exec("CREATE VIEW v0 AS SELECT 1 AS a");
    let refusal: unknown;
    for (let i = 1; refusal === undefined && i < 30; i++) {
      const text = `CREATE VIEW v${i} AS SELECT x.a FROM v${i - 1} x, v${i - 1} y`;
      await db.query(text).catch((error: unknown) => (refusal = error));
    }
    expect(refusal).toMatchObject({ code: "LIMIT_EXCEEDED" });
    await db.exec("DROP VIEW v0 CASCADE");
  });

  test.each([
    ["repeat(repeat('x', 1000000), 1000)"],
    ["replace(repeat('a', 1000000), 'a', repeat('b', 1000))"],
    ["lpad('x', 2000000000)"],
    ["array_fill(1, ARRAY[2000000000])"],
    ["array_fill(1, ARRAY[100000, 100000])"],
  ])("%s is too large", async (expression) => {
    expect((await refusalOf(() => rowsOf(`SELECT ${expression}`))).code).toBe("LIMIT_EXCEEDED");
  });

  test("patterns that backtrack are matched in time", async () => {
    const patterns: readonly (readonly [string, string, boolean])[] = [
      ["a".repeat(50), "SIMILAR TO '(a|a)*b'", false],
      ["a".repeat(50), "~ '^(a|a)*b$'", false],
      ["a".repeat(50), "~* '^(a|A)*b$'", false],
      ["a".repeat(50), `~ '^${"(a|a)".repeat(40)}b'`, false],
      ["a".repeat(28), `~ '^${"a?".repeat(28)}${"a".repeat(28)}$'`, true],
      ["ab".repeat(20), "~ '^(a|b)*$'", true],
    ];
    for (const [text, pattern, matches] of patterns) {
      expect(await rowsOf(`SELECT $1 ${pattern}`, [text]), pattern).toEqual([[matches]]);
    }
  });

  test("chains of cascades keep to their time", async () => {
    await db.exec(
      "CREATE TABLE chain (id INT PRIMARY KEY, p INT REFERENCES chain ON DELETE CASCADE)",
    );
    await db.query("INSERT INTO chain SELECT g, nullif(g - 1, 0) FROM generate_series(1, 20000) g");
    const text = "DELETE FROM chain WHERE id = 1";
    expect((await refusalOf(() => db.query(text, [], { timeout: 100 }))).code).toBe("TIMEOUT");
    expect(await rowsOf("SELECT count(*) FROM chain")).toEqual([[20_000]]);
    await db.exec("DROP TABLE chain");
  });
});
