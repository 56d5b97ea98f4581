import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { differences } from "../testing/expressions.js";
import { registry, resolveOverload } from "./index.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
});
afterAll(async () => {
  await postgres.close();
});

const TYPES = [
  "smallint",
  "integer",
  "bigint",
  "real",
  "double precision",
  "numeric",
  "text",
  "varchar",
  "char(3)",
  "boolean",
  "date",
  "time",
  "timestamp",
  "timestamptz",
  "interval",
  "jsonb",
  "uuid",
  "bytea",
  "integer[]",
  "text[]",
];

/** Errors are alike where their SQLSTATE is. */
function sameOutcome(ours: string | null, theirs: string | null): boolean {
  return ours === theirs || (isError(ours) && ours!.slice(0, 5) === theirs?.slice(0, 5));
}

function isError(outcome: string | null): boolean {
  return outcome !== null && /^[0-9A-Z]{5} /.test(outcome);
}

/**
 * varchar has operators of its own here, dates and timestamps are compared as the wider of the two.
 */
const UNLIKE = [
  /nullif\(.*varchar/,
  /nullif\(NULL::date, NULL::timestamp/,
  /nullif\(NULL::timestamp, NULL::timestamptz/,
];

const typed = [...TYPES.map((type) => `NULL::${type}`), "NULL"];

describe("the overload of an operator, as PostgreSQL chooses it", () => {
  test.each(["+", "-", "*", "/", "%", "||", "=", "<", "&", "^", "~~", "<<"])(
    "%s",
    async (symbol) => {
      const cases = typed.flatMap((a) => typed.map((b) => `pg_typeof(${a} ${symbol} ${b})`));
      const alike = cases.filter((call) => !UNLIKE.some((known) => known.test(call)));
      expect(await differences(postgres, alike, sameOutcome)).toEqual([]);
    },
  );

  test("prefix operators", async () => {
    const cases = typed.flatMap((a) => ["-", "+", "~", "@"].map((op) => `pg_typeof(${op} ${a})`));
    expect(await differences(postgres, cases, sameOutcome)).toEqual([]);
  });
});

test("the overload of a function of one argument", async () => {
  const names =
    "abs round ceil sqrt sign length upper md5 ltrim concat quote_literal to_hex factorial";
  const cases = names
    .split(" ")
    .flatMap((name) => typed.map((value) => `pg_typeof(${name}(${value}))`));
  expect(await differences(postgres, cases, sameOutcome)).toEqual([]);
});

test("the overload of a function of two arguments", async () => {
  const names = "power mod div round greatest nullif substr left atan2";
  const cases = names
    .split(" ")
    .flatMap((name) => typed.flatMap((a) => typed.map((b) => `pg_typeof(${name}(${a}, ${b}))`)))
    .filter((call) => !UNLIKE.some((known) => known.test(call)));
  expect(await differences(postgres, cases, sameOutcome)).toEqual([]);
});

test("an overload of no fitting number of arguments is none", () => {
  expect(resolveOverload(registry.scalar("upper"), [])).toEqual({ kind: "none" });
  expect(resolveOverload([], [{ name: "text" }])).toEqual({ kind: "none" });
});

test("the last parameter of a variadic function repeats", () => {
  const types = [{ name: "text" }, { name: "integer" }, { name: "date" }] as const;
  const resolution = resolveOverload(registry.scalar("concat_ws"), types);
  expect(resolution).toMatchObject({ kind: "match", params: types });
});

test("names like a name, nearest first", () => {
  expect(registry.similar("uper")[0]).toBe("upper");
  expect(registry.similar("coutn")[0]).toBe("count");
  expect(registry.similar("nothing_like_it")).toEqual([]);
});
