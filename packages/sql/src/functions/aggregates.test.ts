import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { QueryComparison } from "../testing/query-comparison.js";

let postgres: PGlite;
let comparison: QueryComparison;
beforeAll(async () => {
  postgres = await PGlite.create();
  await postgres.exec("SET timezone = 'UTC'");
  comparison = new QueryComparison(postgres);
  await comparison.setUp([]);
});
afterAll(async () => {
  await postgres.close();
});

/** Values of each type; NULLs among them, ties, and what is not finite. */
const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  smallint: ["1", "NULL", "-2", "32767", "1"],
  integer: ["1", "NULL", "-2", "2147483647", "1"],
  bigint: ["1", "NULL", "9223372036854775807", "9223372036854775807", "-9007199254740993"],
  numeric: ["1.50", "NULL", "-2.5", "1e20", "0.001", "1.5"],
  real: ["1.5", "NULL", "0.1", "-2.25", "16777216"],
  "double precision": ["1.5", "NULL", "0.1", "-2.25", "1e10"],
  interval: ["'1 month'", "NULL", "'30 days'", "'-2:00'", "'1 day 3 seconds'"],
};
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  numeric: ["'NaN'", "1", "'Infinity'"],
  "double precision": ["'NaN'", "1", "'-Infinity'"],
};
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  text: ["'b'", "NULL", "'a'", "'é'", "''"],
  "character(4)": ["'b'", "NULL", "'a'"],
  date: ["'2024-02-29'", "NULL", "'infinity'"],
  time: ["'10:00'", "'09:59:59.5'"],
  timestamp: ["'2024-02-29 10:00'", "NULL", "'2023-01-01'"],
  timestamptz: ["'2024-02-29 10:00+00'", "NULL", "'2023-01-01+02'"],
  "integer[]": ["ARRAY[1,2]", "NULL", "ARRAY[1,3]"],
};

function rows(type: string, values: readonly string[]): string {
  return `(VALUES ${values.map((value) => `(${value}::${type})`).join(", ")}) t(x)`;
}

const NUMBER_AGGREGATES =
  "count sum avg min max var_pop var_samp variance stddev_pop stddev_samp stddev".split(" ");

test.each(Object.entries(COLUMNS))("numbers of type %s", async (type, values) => {
  const names = type === "interval" ? ["count", "sum", "avg", "min", "max"] : NUMBER_AGGREGATES;
  const inputs = [
    values,
    values.slice(0, 1),
    values.slice(1, 2),
    ...(SPECIAL[type] ? [SPECIAL[type]] : []),
  ];
  const queries = inputs.flatMap((input) =>
    names.map((name) => `SELECT ${name}(x) FROM ${rows(type, input)}`),
  );
  expect(await comparison.differences(queries)).toEqual([]);
});

test.each(Object.entries({ ...COLUMNS, ...OTHERS }))("values of type %s", async (type, values) => {
  const from = rows(type, values);
  const calls = [
    "count(x)",
    "count(*)",
    "array_agg(x)",
    "json_agg(x)",
    "jsonb_agg(x)",
    "mode() WITHIN GROUP (ORDER BY x)",
    "percentile_disc(0.5) WITHIN GROUP (ORDER BY x)",
    "percentile_disc(ARRAY[0, 0.3, 1]) WITHIN GROUP (ORDER BY x)",
    "min(x)",
    "max(x)",
  ];
  // An array of arrays is no type, and NULL is no array to put into one.
  const arrays =
    type === "integer[]" ? calls.filter((call) => !/ARRAY|array_agg/.test(call)) : calls;
  const queries = arrays.map((call) => `SELECT ${call} FROM ${from}`);
  expect(await comparison.differences(queries)).toEqual([]);
});

test("bits and booleans", async () => {
  const bits = ["smallint", "integer", "bigint"].flatMap((type) =>
    ["bit_and", "bit_or", "bit_xor"].map(
      (name) => `SELECT ${name}(x) FROM ${rows(type, ["7", "NULL", "12", "-3"])}`,
    ),
  );
  const lists = [["true", "NULL"], ["true", "false"], ["NULL"], ["false", "NULL"]];
  const votes = lists.flatMap((list) =>
    ["bool_and", "bool_or", "every"].map(
      (name) => `SELECT ${name}(x) FROM ${rows("boolean", list)}`,
    ),
  );
  expect(await comparison.differences([...bits, ...votes])).toEqual([]);
});

test("no rows", async () => {
  const calls = [
    "count(*)",
    "count(x)",
    "sum(x)",
    "avg(x)",
    "min(x)",
    "stddev(x)",
    "array_agg(x)",
    "json_agg(x)",
    "jsonb_object_agg(x, x)",
    "string_agg(x::text, ',')",
    "bool_and(x > 0)",
    "corr(x, x)",
    "regr_count(x, x)",
    "mode() WITHIN GROUP (ORDER BY x)",
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY x)",
  ];
  const queries = calls.map((call) => `SELECT ${call} FROM ${rows("integer", ["1"])} WHERE false`);
  expect(await comparison.differences(queries)).toEqual([]);
});

test("two series", async () => {
  const names = (
    "corr covar_pop covar_samp regr_count regr_slope regr_intercept regr_r2 regr_sxx regr_syy " +
    "regr_sxy regr_avgx regr_avgy"
  ).split(" ");
  const series = [
    "(1, 2), (2, 3.5), (4, 5), (NULL, 1), (3, NULL)",
    "(1, 2)",
    "(1, 2), (1, 3)",
    "(1, 2), (4, 2)",
    "(1, 'Infinity'), (4, 2)",
  ];
  const queries = series.flatMap((list) =>
    names.map((name) => `SELECT ${name}(y, x) FROM (VALUES ${list}) t(y, x)`),
  );
  expect(await comparison.differences(queries)).toEqual([]);
});

test("text and JSON put together", async () => {
  const from = "(VALUES ('a', 1, ','), (NULL, 2, ';'), ('b', 3, NULL), ('a', 4, '|')) t(k, n, s)";
  const calls = [
    "string_agg(k, ',')",
    "string_agg(k, s)",
    "string_agg(k, s ORDER BY n DESC)",
    "string_agg(DISTINCT k, ',')",
    "string_agg(k, ',') FILTER (WHERE n > 1)",
    "array_agg(n ORDER BY k NULLS FIRST, n DESC)",
    "array_agg(DISTINCT k)",
    "json_object_agg(n, k)",
    "json_object_agg(k, n)",
    "jsonb_object_agg(coalesce(k, 'z'), n)",
    "json_agg(ARRAY[n, n])",
    "jsonb_agg(k ORDER BY n DESC)",
    "array_agg(ARRAY[n, n])",
    "array_agg(ARRAY[]::integer[])",
    "percentile_cont(0.3) WITHIN GROUP (ORDER BY n)",
    "percentile_cont(ARRAY[0.25, 0.5]) WITHIN GROUP (ORDER BY n DESC)",
    "percentile_cont(1.5) WITHIN GROUP (ORDER BY n)",
    "percentile_cont(0.5) WITHIN GROUP (ORDER BY n * interval '1 day 1 hour')",
    "sum(DISTINCT n % 2)",
    "array_agg(NULL)",
    "count(DISTINCT k)",
    "any_value(k)",
  ];
  const queries = calls.map((call) => `SELECT ${call} FROM ${from}`);
  expect(await comparison.differences(queries)).toEqual([]);
});
