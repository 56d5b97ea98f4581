import { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as arithmetic from "./decimal-arithmetic.js";
import { decodeDecimal, encodeDecimal } from "./decimal-encoding.js";
import * as functions from "./decimal-functions.js";
import { Decimal } from "./decimal.js";

let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
});
afterAll(async () => {
  await postgres.close();
});

const texts = [
  ..."0 0.00 1 -1 1.0 1.50 2 3 7 10 100 1000 9999 10000 10001 0.1 0.01 0.0001 0.00001".split(" "),
  ..."0.9 1.1 0.95 1.0000001 123.456 -123.456 99999999999999999999 1e20 1.5e-10 2.5 -2.5".split(
    " ",
  ),
  ..."3.14159265358979 12345678.87654321 -0.5 0.5 1e-20 1234.5678 17 4.00 NaN Infinity -Infinity".split(
    " ",
  ),
];

/** What an expression over two numerics gives in PostgreSQL; an error gives its message. */
async function expected(expression: string, pairs: readonly (readonly [string, string])[]) {
  await postgres.exec(`
    CREATE OR REPLACE FUNCTION attempt(a numeric, b numeric) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN RETURN (${expression})::text; EXCEPTION WHEN OTHERS THEN RETURN SQLERRM; END $$`);
  const result = await postgres.query<{ r: string }>(
    `SELECT attempt(a, b) AS r
     FROM unnest($1::numeric[], $2::numeric[]) WITH ORDINALITY t(a, b, n) ORDER BY n`,
    [pairs.map(([a]) => a), pairs.map(([, b]) => b)],
  );
  return result.rows.map((row) => row.r);
}

function attempt(fn: () => Decimal | number): string {
  try {
    return fn().toString();
  } catch (error) {
    return (error as Error).message;
  }
}

async function compareAll(
  expression: string,
  fn: (a: Decimal, b: Decimal) => Decimal | number,
  seconds = texts,
) {
  const pairs = texts.flatMap((a) => seconds.map((b) => [a, b] as const));
  const wanted = await expected(expression, pairs);
  const problems = pairs.flatMap(([a, b], i) => {
    const got = attempt(() => fn(Decimal.parse(a), Decimal.parse(b)));
    return got === wanted[i] ? [] : [`${a}, ${b}: ${got} instead of ${wanted[i]}`];
  });
  expect(problems).toEqual([]);
}

describe("against PostgreSQL", () => {
  test.each([
    ["a + b", arithmetic.add],
    ["a - b", arithmetic.subtract],
    ["a * b", arithmetic.multiply],
    ["a / b", arithmetic.divide],
    ["a % b", arithmetic.remainder],
    ["div(a, b)", arithmetic.divideTruncated],
    [
      "CASE WHEN a < b THEN -1 WHEN a > b THEN 1 ELSE 0 END",
      (a: Decimal, b: Decimal) => Math.sign(a.compare(b)),
    ],
  ])("%s", async (expression, fn) => {
    await compareAll(expression, fn);
  });

  test.each([
    ["a", (a: Decimal) => a],
    ["-a", arithmetic.negate],
    ["abs(a)", arithmetic.absolute],
    ["floor(a)", arithmetic.floor],
    ["ceil(a)", arithmetic.ceiling],
    ["round(a)", (a: Decimal) => arithmetic.round(a, 0)],
    ["round(a, 2)", (a: Decimal) => arithmetic.round(a, 2)],
    ["round(a, -1)", (a: Decimal) => arithmetic.round(a, -1)],
    ["trunc(a, 1)", (a: Decimal) => arithmetic.truncate(a, 1)],
    ["a::numeric(6,2)", (a: Decimal) => arithmetic.constrain(a, 6, 2)],
    ["sqrt(a)", functions.squareRoot],
    ["ln(a)", functions.naturalLog],
    ["log(a)", (a: Decimal) => functions.logarithm(Decimal.fromInteger(10), a)],
    ["a::float8::numeric", (a: Decimal) => Decimal.fromFloat(a.toNumber())],
  ])("%s", async (expression, fn) => {
    await compareAll(expression, fn, ["0"]);
  });

  test("power", async () => {
    const exponents = ["0.5", "-0.5", "1.5", "NaN", "Infinity", "-Infinity"];
    await compareAll("power(a, b)", functions.power, exponents);
  });

  test("power to whole exponents, where PostgreSQL 16 and later show other digits", async () => {
    const shown = (power: Decimal): Decimal => arithmetic.round(power, 3);
    const exponents = ["0", "1", "2", "3", "-1", "-2", "10", "2.0"];
    await compareAll("round(power(a, b), 3)", (a, b) => shown(functions.power(a, b)), exponents);
  });

  test.each([
    ["5", "2", "25.0000000000000000"],
    ["7.9", "1", "7.9000000000000000"],
    ["1e-8", "2", "0.0000000000000001"],
    ["1e-10", "2", "0.0000000000000000"],
    ["0.00001000000000000000", "2", "0.00000000010000000000"],
    ["2", "-3", "0.1250000000000000"],
  ])("power(%s, %s) has the digits that PostgreSQL 15 shows", (a, b, wanted) => {
    expect(functions.power(Decimal.parse(a), Decimal.parse(b)).toString()).toBe(wanted);
  });

  test("exp", async () => {
    const values = ["0", "1", "-1", "0.5", "10", "-10", "50.25", "-3.75", "100", "0.00001", "300"];
    const pairs = values.map((value) => [value, "0"] as const);
    const got = values.map((value) => functions.exponential(Decimal.parse(value)).toString());
    expect(got).toEqual(await expected("exp(a)", pairs));
  });
});

const decimal = fc
  .tuple(fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }), fc.integer({ min: 0, max: 40 }))
  .map(([unscaled, scale]) => new Decimal(unscaled, scale));

describe("the storage form", () => {
  const value = fc.oneof(
    decimal,
    fc.constantFrom(Decimal.NaN, Decimal.Infinity, Decimal.NegativeInfinity, Decimal.zero),
  );

  test("gives back the value and its scale", () => {
    fc.assert(
      fc.property(value, (a) => {
        const back = decodeDecimal(encodeDecimal(a));
        expect(back.toString()).toBe(a.toString());
        expect(back.scale).toBe(a.scale);
      }),
    );
  });

  test("orders as the numbers do", () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const order = a.compare(b);
        if (order === 0) return;
        const bytes = Buffer.compare(encodeDecimal(a), encodeDecimal(b));
        expect(bytes).toBe(Math.sign(order));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [[]],
    [[9, 0, 0]],
    [[3, 0, 0]],
    [[3, 128, 0, 0, 2, 0, 0]],
    [[3, 128, 0, 0, 2, 1, 0, 0]],
  ])("refuses %j", (bytes) => {
    const read = () => decodeDecimal(Uint8Array.from(bytes));
    expect(read).toThrow(expect.objectContaining({ code: "CORRUPTION" }));
  });
});

test.each(["", " ", "abc", "1.2.3", "1e", ".", "1__0", "_1", "0x", "--1", "1 2"])(
  "refuses %j",
  (text) => {
    expect(() => Decimal.parse(text)).toThrow(`invalid input syntax for type numeric: "${text}"`);
  },
);
