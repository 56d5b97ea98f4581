import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differences } from "../testing/expressions.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec("SET timezone = 'UTC'");
});
afterAll(async () => {
  await postgres.close();
});

async function check(expressions: readonly string[]): Promise<void> {
  expect(await differences(postgres, expressions)).toEqual([]);
}

const DOCUMENTS = [
  '{"a": 1, "b": {"c": [1, 2, "x"], "d": null}, "1": "one"}',
  '{"a": null, "a":  "é\\n\\u0041", "b": [ ]}',
  '[1, {"a": 2.50}, [3, null], "a", null, "b", true]',
  "[]",
  "{}",
  "5",
  '"a"',
  "null",
].map((text) => `'${text}'`);

const TYPES = ["json", "jsonb"];

test("parts by key, index and path", () =>
  check(
    DOCUMENTS.flatMap((document) =>
      TYPES.flatMap((type) => [
        ...["'a'", "'b'", "''", "0", "1", "-1", "9", "NULL"].flatMap((key) => [
          `${document}::${type} -> ${key}`,
          `${document}::${type} ->> ${key}`,
        ]),
        ...["'{}'", "'{b,c,2}'", "'{1,a}'", "'{-1}'", "'{a,x}'", "ARRAY['b', NULL]"].flatMap(
          (path) => [`${document}::${type} #> ${path}`, `${document}::${type} #>> ${path}`],
        ),
        `${type}_extract_path(${document}, 'b', 'c')`,
        `${type}_extract_path_text(${document}, 'b', 'd')`,
        `${type}_typeof(${document})`,
        `${type}_array_length(${document})`,
        `${type}_strip_nulls(${document})`,
      ]),
    ),
  ));

test("jsonb's operators", () =>
  check(
    DOCUMENTS.flatMap((document) => [
      ...DOCUMENTS.flatMap((other) => [
        `${document}::jsonb @> ${other}`,
        `${document}::jsonb <@ ${other}`,
        `${document}::jsonb || ${other}`,
      ]),
      ...["a", "b", "1"].flatMap((key) => [
        `${document}::jsonb ? '${key}'`,
        `jsonb_exists(${document}, '${key}')`,
        `${document}::jsonb - '${key}'`,
      ]),
      ...["ARRAY['a', 'x']", "ARRAY['a', 'b']", "'{}'::text[]", "ARRAY['a', NULL]"].flatMap(
        (keys) => [
          `${document}::jsonb ?| ${keys}`,
          `${document}::jsonb ?& ${keys}`,
          `${document}::jsonb - ${keys}`,
        ],
      ),
      ...["0", "-1", "9", "-9"].map((index) => `${document}::jsonb - ${index}`),
      ...["'{a}'", "'{b,c,1}'", "'{1,a}'", "'{-1}'", "'{}'"].map(
        (path) => `${document}::jsonb #- ${path}`,
      ),
      `jsonb_pretty(${document})`,
    ]),
  ));

const PATHS = [
  "'{a}'",
  "'{z}'",
  "'{b,c,1}'",
  "'{b,c,-1}'",
  "'{b,c,9}'",
  "'{b,c,-9}'",
  "'{b,z,q}'",
  "'{0}'",
  "'{1,a}'",
  "'{x,y}'",
  "'{}'",
  "NULL",
  "ARRAY[NULL]::text[]",
];

test("jsonb_set and jsonb_insert", () =>
  check(
    DOCUMENTS.flatMap((document) =>
      PATHS.flatMap((path) => [
        `jsonb_set(${document}, ${path}, '{"n": 9}')`,
        `jsonb_set(${document}, ${path}, '9', false)`,
        `jsonb_insert(${document}, ${path}, '9')`,
        `jsonb_insert(${document}, ${path}, '9', true)`,
      ]),
    ),
  ));

test("jsonb_set_lax", () =>
  check(
    ["use_json_null", "delete_key", "return_target", "raise_exception", "what"]
      .map((how) => `jsonb_set_lax('{"a": 1, "b": 2}', '{a}', NULL, true, '${how}')`)
      .concat(`jsonb_set_lax('{"a": 1}', '{a}', NULL)`, `jsonb_set_lax('{"a": 1}', '{a}', '2')`),
  ));

const VALUES = [
  "NULL::integer",
  "true",
  "1",
  "9223372036854775807",
  "1.50",
  "'NaN'::numeric",
  "1e20::float8",
  "0.1::float4",
  "'-Infinity'::float8",
  "'a\"b\\\\c\té'::text",
  "'x'::char(4)",
  "'\\x01ff'::bytea",
  "'2024-02-29'::date",
  "'infinity'::date",
  "'0044-03-15 BC'::date",
  "'10:11:12.5'::time",
  "'2024-01-02 03:04:05.678'::timestamp",
  "'2024-07-02 03:04:05+05:30'::timestamptz",
  "'-infinity'::timestamptz",
  "'1 year 2 days -3 hours'::interval",
  "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
  "'{\"a\":  1}'::json",
  "'{\"a\":  1}'::jsonb",
  "ARRAY[1, NULL, 3]",
  "ARRAY[['a', 'b'], ['c', 'd']]",
];

test("values as JSON", () =>
  check(
    VALUES.flatMap((value) => [
      `to_json(${value})`,
      `to_jsonb(${value})`,
      `json_build_array(${value}, ${value})`,
      `jsonb_build_object('k', ${value}, 'j', 'literal')`,
      `json_build_object(${value}, 1)`,
      `jsonb_build_object(${value}, 1)`,
      `array_to_json(ARRAY[${value}])`,
      `row_to_json(ROW(${value}, 'b'))`,
      `to_jsonb(ROW(${value}, 2))`,
    ]),
  ));

test("building", () =>
  check([
    "json_build_object()",
    "jsonb_build_object()",
    "json_build_array()",
    "jsonb_build_array()",
    "json_build_object('a')",
    "jsonb_build_object('a', 1, 'b')",
    "json_build_object('b', 1, 'a', NULL, 'b', json_build_array(1, 'x'))",
    "jsonb_build_object('b', 1, 'a', NULL, 'b', jsonb_build_array(1, 'x'))",
    "row_to_json(ROW(1, 'a'), true)",
    "array_to_json(ARRAY[[1, 2], [3, 4]], true)",
    "array_to_json(ARRAY[1, 2], false)",
    "json_object('{a, 1, b, 2}')",
    "json_object('{{a, 1}, {b, NULL}}')",
    "json_object('{a, b}', '{1, 2}')",
    "jsonb_object('{b, a}', '{1, NULL}')",
    "json_object('{a}')",
    "json_object('{a, b}', '{1}')",
    "jsonb_object('{}')",
  ]));
