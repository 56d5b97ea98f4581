import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { differences } from "../testing/expressions.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
});
afterAll(async () => {
  await postgres.close();
});

async function check(expressions: readonly string[]): Promise<void> {
  expect(await differences(postgres, expressions)).toEqual([]);
}

const ARRAYS = [
  "ARRAY[1, 2, 3]",
  "ARRAY[1, NULL, 1]",
  "'{}'::integer[]",
  "NULL::integer[]",
  "ARRAY[[1, 2], [3, 4]]",
  "ARRAY[[5, 6]]",
  "ARRAY[3]",
];
const ITEMS = ["1", "3", "NULL", "9"];

test("shape", () =>
  check(
    ARRAYS.flatMap((array) => [
      ...["array_length", "array_upper", "array_lower"].flatMap((name) =>
        [0, 1, 2, 3].map((dimension) => `${name}(${array}, ${dimension})`),
      ),
      `cardinality(${array})`,
      `array_ndims(${array})`,
      `array_dims(${array})`,
      `array_to_string(${array}, ',')`,
      `array_to_string(${array}, ', ', '*')`,
      `array_to_string(${array}, NULL)`,
      `trim_array(${array}, 1)`,
      `trim_array(${array}, -1)`,
    ]),
  ));

test("two arrays", () =>
  check(
    ARRAYS.flatMap((a) =>
      ARRAYS.flatMap((b) => [
        `${a} || ${b}`,
        `array_cat(${a}, ${b})`,
        `${a} @> ${b}`,
        `${a} <@ ${b}`,
        `${a} && ${b}`,
      ]),
    ),
  ));

test("an array and an item", () => {
  const flat = ARRAYS.filter((array) => !array.includes("[["));
  return check(
    flat.flatMap((array) =>
      ITEMS.flatMap((item) => [
        `${array} || ${item}`,
        `${item} || ${array}`,
        `array_append(${array}, ${item})`,
        `array_prepend(${item}, ${array})`,
        `array_position(${array}, ${item})`,
        `array_position(${array}, ${item}, 2)`,
        `array_positions(${array}, ${item})`,
        `array_remove(${array}, ${item})`,
        `array_replace(${array}, ${item}, 7)`,
        `array_replace(${array}, 1, ${item})`,
      ]),
    ),
  );
});

test("other types, and literals", () =>
  check([
    "ARRAY['a', 'b'] || 'c'::text",
    "ARRAY['a', 'b'] || '{c}'",
    "ARRAY[1.50] || 2",
    "ARRAY[1, 2] || 2.5",
    "ARRAY[1, 2] @> '{2}'",
    "ARRAY['a', 'B'] && ARRAY['b', 'B']",
    "ARRAY[1.0, 2.00] @> ARRAY[1, 2]::numeric[]",
    "array_position(ARRAY['a', 'b', 'a'], 'a', 2)",
    "array_remove(ARRAY['a', NULL], NULL)",
    "array_replace(ARRAY[[1, 2], [1, 3]], 1, 9)",
    "array_position(ARRAY[[1, 2]], 2)",
    "array_remove(ARRAY[[1, 2]], 2)",
    "array_to_string(ARRAY[true, false], ',')",
    "array_to_string(ARRAY['2024-02-29'::date], ',')",
    "string_to_array('a,b,,c', ',')",
    "string_to_array('abc', NULL)",
    "string_to_array('abc', '')",
    "string_to_array('', ',')",
    "string_to_array('a,b,c', ',', 'b')",
    "string_to_array(NULL, ',')",
    "array_fill(7, ARRAY[2, 3])",
    "array_fill(NULL::integer, ARRAY[2])",
    "array_fill('x'::text, ARRAY[0])",
    "array_fill(1, NULL)",
  ]));
