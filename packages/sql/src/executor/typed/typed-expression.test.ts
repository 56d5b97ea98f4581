import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Source, SourceBatch, TableInfo } from "../../contract/source.js";
import { ColumnVector } from "../../contract/vector.js";
import {
  loadPostgres,
  memoryDatabase,
  queryDifferences,
  queryText,
  type TestTable,
} from "../../testing/queries.js";
import { datumReader } from "../column.js";

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

const WORDS = [
  "apple",
  "Apple pie",
  "",
  "größe",
  "ape",
  "zebra",
  "a_b%c",
  "\u{1f600} smile",
  "a text longer than the lengths that have bits",
];
const FLOATS = ["NaN", "Infinity", "-Infinity", "0", "-0", "1.5", "-2.25", "1e300", "1e-300"];
const DAYS = ["infinity", "-infinity", "2024-02-29", "1999-12-31", "2024-03-01"];

function thingsTable(): TestTable {
  const next = numbers(11);
  const maybe = (text: string): string | null => (next(7) === 0 ? null : text);
  const pick = (items: readonly string[]): string => items[next(items.length)]!;
  const rows = Array.from({ length: 300 }, (_, i) => [
    String(i),
    maybe(String(next(21) - 10)),
    maybe(pick(["9223372036854775807", "-9223372036854775808", "9007199254740991", "5", "-3"])),
    maybe(String(next(100))),
    maybe(`${next(40) - 20}.${next(10)}${next(10)}`),
    maybe(`${next(4)}.${next(10)}000`),
    maybe(pick(FLOATS)),
    maybe(pick(["true", "false"])),
    maybe(pick(DAYS)),
    maybe(pick(["infinity", "2024-05-06 07:08:09.123456", "1969-12-31 23:59:59.999999"])),
    maybe(pick(WORDS)),
    maybe(pick(["00000000-0000-0000-0000-00000000000a", "11111111-2222-3333-4444-555555555555"])),
  ]);
  return {
    name: "things",
    columns: {
      id: "integer",
      a: "integer",
      b: "bigint",
      c: "smallint",
      d: { name: "numeric", precision: 10, scale: 2 },
      e: { name: "numeric", precision: 12, scale: 4 },
      f: "double precision",
      g: "boolean",
      day: "date",
      moment: "timestamp",
      t: "text",
      u: "uuid",
    },
    primaryKey: ["id"],
    rows,
  };
}

const tables = [thingsTable()];
let postgres: PGlite;
let source: Source;
beforeAll(async () => {
  postgres = await PGlite.create();
  await loadPostgres(postgres, tables);
  source = memoryDatabase(tables);
});
afterAll(async () => {
  await postgres.close();
});

const CONDITIONS = [
  "a > 3",
  "a >= -2 AND a < 5",
  "a = 3 OR a = 4 OR a IS NULL",
  "NOT (a > 3)",
  "a > 3 AND NOT g",
  "g",
  "NOT g",
  "g IS NULL OR a <> 2",
  "g IS NOT TRUE",
  "a IN (1, 2, 3)",
  "a NOT IN (1, 2, 3)",
  "a IN (1, NULL)",
  "a NOT IN (1, NULL)",
  "a IN (1,2,3,4,5,6,7,8,9,10,-1,-2)",
  "d IN (1.5, 2.250, 3)",
  "d IN (1.555, -3.00)",
  "a BETWEEN -3 AND 3",
  "b > 5",
  "b = 9223372036854775807",
  "b IN (5, -3, 9007199254740991)",
  "c % 3 = 1",
  "a / 3 = 1",
  "a + c > 50",
  "a * a - c < 0",
  "d > 1.5",
  "d > e",
  "d = e",
  "d * e > 1.25",
  "d + e < d - e",
  "-d > 2",
  "d > a",
  "a > 2.5",
  "f > 1",
  "f = 'NaN'",
  "f < 'NaN' AND f > 0",
  "f IN (0, 'NaN', 1.5)",
  "f * 2 > 3",
  "d::double precision > f",
  "day > '2024-01-01'",
  "day = 'infinity'",
  "day < 'infinity'",
  "day IN ('2024-02-29', 'infinity')",
  "day + 1 > '2024-02-29'",
  "moment > '2000-01-01'",
  "moment = 'infinity'",
  "t = 'apple'",
  "t <> 'apple'",
  "'ape' = t",
  "t LIKE 'a%'",
  "t LIKE '%pie' OR t LIKE '%\\_b%'",
  "t LIKE '%ö_e' OR t LIKE '_ smile' OR t LIKE '%p%e_z%'",
  "t NOT LIKE '%p%' AND t LIKE '%_'",
  "t LIKE NULL OR t LIKE ''",
  "t ILIKE 'APPLE%' AND a > 0",
  "t > 'b'",
  "t IN ('apple', 'zebra', '')",
  "t NOT IN ('apple', 'zebra')",
  "t IN ('apple', NULL)",
  "t NOT IN ('apple', NULL)",
  "t IN ('a text longer than the lengths that have bits', 'ape')",
  "t <> 'a text longer than the lengths that have bit!'",
  "t = 'apple' AND a / c > 0 AND a > 5",
  "t = 'ape' OR a = 3 OR c < 20",
  "t IS NULL",
  "t IS NOT NULL AND d IS NULL",
  "length(t) > 4",
  "t || 'x' = 'apex'",
  "coalesce(t, 'none') = 'none'",
  "u = '00000000-0000-0000-0000-00000000000a'",
  "u > '00000000-0000-0000-0000-00000000000b'",
  "coalesce(a, 0) = 0",
  "coalesce(d, e, 1) > 1",
  "CASE WHEN a > 0 THEN g ELSE NOT g END",
  "CASE WHEN a > 0 THEN d WHEN a < 0 THEN e END > 1",
  "CASE a WHEN 1 THEN c WHEN 2 THEN a END = 1",
  "a IS DISTINCT FROM c",
  "(a > 0) = g",
  "(a > 0) IS NULL",
  "a <> 0 AND 10 / a > 2",
  "a > (SELECT avg(c) FROM things) / 10",
  "a = ANY (ARRAY[1, 2, NULL])",
  "true",
  "NULL",
  "a > NULL",
];

test("conditions keep the rows that PostgreSQL keeps", async () => {
  const queries = CONDITIONS.map((condition) => `SELECT id FROM things WHERE ${condition}`);
  expect((await queryDifferences(source, postgres, queries)).join("\n")).toBe("");
});

test("conditions have PostgreSQL's value in each row", async () => {
  const queries = CONDITIONS.map((condition) => `SELECT id, (${condition}) FROM things`);
  expect((await queryDifferences(source, postgres, queries)).join("\n")).toBe("");
});

test("computed columns", async () => {
  const exprs = [
    "a + 1, a - c, a * c, -a",
    "a % 3, a / 4, c / 7",
    "d + 1, d - e, d * e, d * d * d, -d, d + a",
    "e * 0.5 + d",
    "f + 1.5, f * 0.5, -f",
    "day, moment, t, u, g",
    "CASE WHEN a > 0 THEN d ELSE e END, CASE WHEN g THEN a END",
    "coalesce(d, e), coalesce(a, c, 0), coalesce(g, false)",
    "b + 1 > 0 OR b IS NULL OR true",
    "b / 2, b % 7, b - 1 < 5",
    "d::float8, a::float8 / 3, a::numeric, c::bigint * 1000000000",
    "a = 1, NOT g, a IS NULL, d > 1 AND g, d > 1 OR g",
    "d / 3, round(d), d::int",
    "lower(t), length(t), t || a",
    "nullif(a, 3), greatest(a, c), least(d, e)",
  ];
  const queries = exprs
    .map((list) => `SELECT id, ${list} FROM things`)
    .map((sql) => {
      // The largest bigints overflow; those rows are asked for below.
      return sql.includes("b - 1") ? `${sql} WHERE b > -9223372036854775808` : sql;
    });
  expect((await queryDifferences(source, postgres, queries)).join("\n")).toBe("");
});

test("errors are PostgreSQL's", async () => {
  const queries = [
    "SELECT b + 1 FROM things",
    "SELECT id FROM things WHERE b * 2 > 0",
    "SELECT a / (c - c) FROM things WHERE a IS NOT NULL AND c IS NOT NULL",
    "SELECT id FROM things WHERE a / 0 = 1",
    "SELECT a * 2147483647 FROM things",
    "SELECT f * 1e300 FROM things WHERE f = 1e300",
    "SELECT (a * 10000)::smallint FROM things",
  ];
  expect((await queryDifferences(source, postgres, queries)).join("\n")).toBe("");
});

test("dictionary-coded text gives the same answers", () => {
  const coded = codedSource(source);
  for (const condition of CONDITIONS) {
    const sql = `SELECT id, t, (${condition}) FROM things WHERE ${condition} OR t IS NULL`;
    expect(queryText(coded, sql).sort(), sql).toEqual(queryText(source, sql).sort());
  }
  const group = "SELECT t, count(*), max(u), min(t) FROM things GROUP BY t";
  expect(queryText(coded, group).sort()).toEqual(queryText(source, group).sort());
});

/** The same data with every text column dictionary-coded, and an entry that no row uses. */
function codedSource(plain: Source): Source {
  const scan = function* (table: TableInfo, request: Parameters<Source["scan"]>[1]) {
    for (const batch of plain.scan(table, request)) yield coded(batch);
  };
  return new Proxy(plain, {
    get: (target, name) => {
      if (name === "scan") return scan;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

function coded(batch: SourceBatch): SourceBatch {
  return { ...batch, columns: batch.columns.map((column) => codedVector(column)) };
}

function codedVector(vector: ColumnVector): ColumnVector {
  if (vector.type.kind !== "text") return vector;
  const read = datumReader(vector, { name: "text" });
  const texts = Array.from({ length: vector.length }, (_, row) => read(row) as string | null);
  const entries = ["unused", ...new Set(texts.map((text) => text ?? ""))];
  const encoded = entries.map((entry) => Buffer.from(entry));
  const result = new ColumnVector(vector.type, vector.length, null, vector.nulls);
  result.bytes = new Uint8Array(Buffer.concat(encoded));
  let at = 0;
  result.starts = Uint32Array.from(encoded, (bytes) => (at += bytes.length) - bytes.length);
  at = 0;
  result.ends = Uint32Array.from(encoded, (bytes) => (at += bytes.length));
  result.codes = Int32Array.from(texts, (text) => entries.indexOf(text ?? ""));
  return result;
}

test("parameters of every kind", () => {
  const ids = (condition: string, ...params: string[]): string[] =>
    queryText(source, `SELECT count(*) FROM things WHERE ${condition}`, params);
  const constant = (condition: string): string[] =>
    queryText(source, `SELECT count(*) FROM things WHERE ${condition}`);
  expect(ids("a > $1", "3")).toEqual(constant("a > 3"));
  expect(ids("d > $1", "1.505")).toEqual(constant("d > 1.505"));
  expect(ids("b = $1", "9223372036854775807")).toEqual(constant("b = 9223372036854775807"));
  expect(ids("t LIKE $1", "a%")).toEqual(constant("t LIKE 'a%'"));
  expect(ids("NOT ($1::int = 1) AND a > 3", "2")).toEqual(constant("a > 3"));
  expect(ids("a > 3 AND $1::int IN (1, 2)", "2")).toEqual(constant("a > 3"));
  expect(ids("NOT ($1::int > 1 OR a > 3)", "1")).toEqual(constant("NOT a > 3"));
  expect(ids("t = $1 OR day = $2", "apple", "infinity")).toEqual(
    constant("t = 'apple' OR day = 'infinity'"),
  );
});
