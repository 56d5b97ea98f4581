import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { QueryComparison } from "../testing/query-comparison.js";

let postgres: PGlite;
let comparison: QueryComparison;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec("SET timezone = 'America/New_York'");
  comparison = new QueryComparison(postgres);
  await comparison.setUp(["SET timezone = 'America/New_York'"]);
});
afterAll(async () => {
  await postgres.close();
});

async function check(calls: readonly string[]): Promise<void> {
  const queries = calls.map((call) => `SELECT * FROM ${call}`);
  expect(await comparison.differences(queries)).toEqual([]);
}

test("series", () =>
  check([
    "generate_series(1, 3)",
    "generate_series(3, 1)",
    "generate_series(3, 1, -2)",
    "generate_series(1, 3, 0)",
    "generate_series(NULL, 3)",
    "generate_series(2147483646, 2147483647)",
    "generate_series(9223372036854775806, 9223372036854775807)",
    "generate_series(1, 10::bigint, 4)",
    "generate_series(1.5, 3)",
    "generate_series(1, 2.0, 0.25)",
    "generate_series(1, 'NaN'::numeric)",
    "generate_series('2024-01-31'::timestamp, '2024-05-01', '1 month')",
    "generate_series('2024-01-03'::timestamp, '2024-01-01', '-12 hours')",
    "generate_series('2024-01-01'::timestamp, '2024-01-03', '0 day')",
    "generate_series(1, 2) WITH ORDINALITY",
    "generate_series(1, 2) AS s(n)",
    "generate_series(1, 2) AS s WHERE s > 1",
    "generate_subscripts(ARRAY['a', 'b'], 1)",
    "generate_subscripts(ARRAY['a', 'b'], 1, true)",
    "generate_subscripts(ARRAY['a', 'b'], 2)",
    "generate_subscripts(ARRAY[[1, 2, 3]], 2)",
  ]));

test("series over a change of clocks", () =>
  check([
    "(SELECT s::text FROM generate_series('2024-03-09'::timestamptz, '2024-03-12', '1 day') s) t",
    "(SELECT s::text FROM generate_series('2024-03-10'::timestamptz, '2024-03-10 06:00', '1 hour') s) t",
    "(SELECT s::text FROM generate_series('2024-01-01'::date, '2024-01-03'::date, '1 day') s) t",
  ]));

test("arrays and texts", () =>
  check([
    "unnest(ARRAY[1, 2, NULL])",
    "unnest(ARRAY[[1, 2], [3, 4]])",
    "unnest('{}'::integer[])",
    "unnest(NULL::integer[])",
    "unnest(ARRAY[1, 2], ARRAY['a'])",
    "unnest(ARRAY['a', 'b']) WITH ORDINALITY AS u(item, place)",
    "(SELECT unnest(ARRAY[1, 2]), unnest(ARRAY['x', 'y', 'z'])) t",
    "string_to_table('a,b,c', ',')",
    "string_to_table('abc', NULL)",
    "string_to_table('a,b,c', ',', 'b')",
    "string_to_table('', ',')",
    "regexp_split_to_table('hello world  foo', '\\s+')",
    "regexp_split_to_table('hello', '')",
    "regexp_split_to_table('hello', 'l*')",
    "regexp_split_to_table('aXbxc', 'x', 'i')",
    "regexp_matches('foobarbequebaz', '(bar)(beque)')",
    "regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g')",
    "regexp_matches('abc', 'x')",
    "regexp_matches('abc', '(x)?b')",
  ]));

const EACH = ['\'{"b":  1, "a": null, "c": [1,  2], "b": "x"}\'', "'[1]'", "'1'", "NULL"];
const ELEMENTS = ['\'[1, "a" , null, {"a" : [ ]} ]\'', "'{}'", "'\"x\"'", "'[]'", "NULL"];
const KEYS = ['\'{"b": 1, "a": {"c": 2}}\'', "'[]'", "'1'"];

test("parts of JSON", () =>
  check(
    ["json", "jsonb"].flatMap((type) => [
      ...EACH.flatMap((text) => [`${type}_each(${text})`, `${type}_each_text(${text})`]),
      ...ELEMENTS.flatMap((text) => [
        `${type}_array_elements(${text})`,
        `${type}_array_elements_text(${text})`,
      ]),
      ...KEYS.map((text) => `${type}_object_keys(${text})`),
    ]),
  ));

test("records of JSON", () =>
  check([
    `jsonb_to_recordset('[{"a": 1, "b": "x"}, {"b": null, "c": 9}, {"a": "7"}]') AS t(a integer, b text)`,
    `json_to_recordset('[{"a": 1.50, "b": [1, 2]}]') AS t(a numeric, b jsonb)`,
    `jsonb_to_record('{"a": [1, 2], "b": {"c": 1}, "d": "2024-02-29"}') AS t(a integer[], b json, d date)`,
    `json_to_record('{"a": true}') AS t(a boolean, z text)`,
    `jsonb_to_recordset('{"a": 1}') AS t(a integer)`,
    `jsonb_to_recordset('[1]') AS t(a integer)`,
    `jsonb_to_record('{"a": "x"}') AS t(a integer)`,
    `json_to_record('{"a": 1}')`,
  ]));
