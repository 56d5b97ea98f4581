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

const INTEGERS = [
  "0::int2",
  "-7::int2",
  "32767::int2",
  "(-32768)::int2",
  "0",
  "7",
  "-2",
  "2147483647",
  "(-2147483648)::int4",
  "0::int8",
  "9007199254740993",
  "-9007199254740991",
  "9223372036854775807",
  "(-9223372036854775808)::int8",
  "3037000500",
];
const FLOATS = [
  "0::float8",
  "'-0'::float8",
  "1.5::float8",
  "-2.5::float8",
  "1e308::float8",
  "1e-308::float8",
  "'NaN'::float8",
  "'Infinity'::float8",
  "'-Infinity'::float8",
  "1.5::float4",
  "3e38::float4",
  "0.1::float4",
  "'NaN'::float4",
];
const DECIMALS = ["0.0", "1.50", "-2.5", "1e20", "'NaN'::numeric", "'Infinity'::numeric", "0.001"];

function* pairs(
  left: readonly string[],
  operators: readonly string[],
  right: readonly string[],
): Iterable<string> {
  for (const a of left) for (const b of right) for (const op of operators) yield `${a} ${op} ${b}`;
}

const ARITHMETIC = ["+", "-", "*", "/"];
const COMPARISON = ["=", "<>", "<", "<=", ">", ">="];

test("integers", async () => {
  const operators = [...ARITHMETIC, ...COMPARISON, "%", "&", "|", "#"];
  expect(await differences(postgres, [...pairs(INTEGERS, operators, INTEGERS)])).toEqual([]);
});

test("floats and decimals", async () => {
  const numbers = [...FLOATS, ...DECIMALS, "3", "9007199254740993"];
  const operators = [...ARITHMETIC, ...COMPARISON];
  expect(await differences(postgres, [...pairs(numbers, operators, numbers)])).toEqual([]);
});

test("remainders and powers of decimals", async () => {
  const numbers = [...DECIMALS, "7", "-3"];
  expect(await differences(postgres, [...pairs(numbers, ["%"], numbers)])).toEqual([]);
  const powers = pairs(
    ["2", "2.0", "0", "-2", "1.5::float8", "10::float8"],
    ["^"],
    ["3", "-1", "0.5", "0"],
  );
  expect(await differences(postgres, [...powers])).toEqual([]);
});

test("signs, absolute values and bits", async () => {
  const unary = [...INTEGERS, ...FLOATS, ...DECIMALS].flatMap((value) => [
    `- (${value})`,
    `+ (${value})`,
    `@ (${value})`,
  ]);
  const bits = INTEGERS.flatMap((value) => [
    `~ (${value})`,
    ...[0, 1, 5, 31, 32, 40, 63].flatMap((n) => [`(${value}) << ${n}`, `(${value}) >> ${n}`]),
  ]);
  expect(await differences(postgres, [...unary, ...bits, "|/ 25", "||/ 27", "|/ 2"])).toEqual([]);
});

test("comparisons of every type", async () => {
  const values: Readonly<Record<string, readonly string[]>> = {
    boolean: ["true", "false"],
    text: ["''", "'a'", "'B'", "'a '", "'é'", "'😀'", "'\uffee'", "'abc'"],
    "varchar(5)": ["''", "'a'", "'a '"],
    "char(3)": ["''", "'a'", "'a '", "'ab'"],
    bytea: ["'\\x00'", "'\\x'", "'\\xff'"],
    date: ["'2024-01-01'", "'infinity'", "'1999-12-31'"],
    timestamp: ["'2024-01-01'", "'2024-01-01 00:00:01'", "'-infinity'"],
    timestamptz: ["'2024-01-01'", "'2024-01-01 00:00:01+02'"],
    time: ["'00:00'", "'24:00'", "'12:34:56.789'"],
    interval: ["'1 month'", "'30 days'", "'720:00:00'", "'1 day'", "'-1 day'"],
    uuid: ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "'00000000-0000-0000-0000-000000000000'"],
    jsonb: ["'1'", "'1.0'", "'\"a\"'", "'[1]'", "'{\"a\":1}'", "'null'"],
    "integer[]": ["'{}'", "'{1}'", "'{1,2}'", "'{1,NULL}'", "'{{1},{2}}'", "NULL"],
    "text[]": ["'{a}'", "'{a,b}'", "'{B}'"],
  };
  const cases = Object.entries(values).flatMap(([type, texts]) => {
    const typed = texts.map((text) => `${text}::${type}`);
    return [...pairs(typed, [...COMPARISON, "IS DISTINCT FROM"], [...typed, texts[0]!])];
  });
  const mixed = [
    "'a'::char(3) = 'a  '::varchar(3)",
    "'a '::varchar = 'a'::char(3)",
    "'a'::char(3) = 'a'::text",
    "'a '::text = 'a'::char(3)",
    "date '2024-01-01' = timestamp '2024-01-01'",
    "date '2024-01-01' < timestamptz '2024-01-02'",
    "time '10:00' < interval '11 hours'",
    "1 = 1.0",
    "0.1::real = 0.1",
    "'1' = 1",
    "'x' = 1",
    "true = 1",
    "'a'::text = 1",
    "'{}'::json = '{}'::json",
    "(1, 'a') < (1, 'b')",
    "(1, 2) = (1, NULL)",
    "ROW(1, 2.5) IS DISTINCT FROM ROW(1, 2.5)",
    "NULL = 1",
    "NULL IS NOT DISTINCT FROM NULL",
    "1 IS DISTINCT FROM NULL",
  ];
  expect(await differences(postgres, [...cases, ...mixed])).toEqual([]);
});
