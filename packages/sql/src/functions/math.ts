import { AegisError } from "../contract/errors.js";
import { toInt64 } from "../types/calendar.js";
import * as exact from "../types/decimal-arithmetic.js";
import * as deep from "../types/decimal-functions.js";
import { Decimal } from "../types/decimal.js";
import type { SqlType } from "../types/sql-type.js";
import { binary, scalar, unary } from "./define.js";
import * as floats from "./floats.js";
import {
  type Int,
  type IntegerName,
  inRange,
  negateInteger,
  remainderOfIntegers,
} from "./integers.js";
import { BIGINT, DOUBLE, INTEGER, INTEGER_TYPES, NUMERIC, REAL } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

function absoluteValue(name: string): readonly ScalarFunction[] {
  const integers = INTEGER_TYPES.map((type) =>
    unary<Int>(name, type, type, (value) =>
      value < 0 ? inRange(negateInteger(value), type.name as IntegerName) : value,
    ),
  );
  return [
    ...integers,
    unary<number>(name, REAL, REAL, Math.abs),
    unary<number>(name, DOUBLE, DOUBLE, Math.abs, { inline: ([a]) => `Math.abs(${a!})` }),
    unary<Decimal>(name, NUMERIC, NUMERIC, exact.absolute),
  ];
}

/** One function for doubles and for numerics, under each of its names. */
function both(
  names: readonly string[],
  double: (value: number) => number,
  decimal: (value: Decimal) => Decimal,
): readonly ScalarFunction[] {
  return names.flatMap((name) => [
    unary<number>(name, DOUBLE, DOUBLE, double),
    unary<Decimal>(name, NUMERIC, NUMERIC, decimal),
  ]);
}

const TEN = Decimal.fromInteger(10);

/** The digits that numeric has at most before and after the point, where rounding ends. */
const MAX_WHOLE_DIGITS = 131_072;
const MAX_FRACTION_DIGITS = 16_383;

function scaleWithin(scale: number): number {
  return Math.max(-MAX_WHOLE_DIGITS, Math.min(MAX_FRACTION_DIGITS, scale));
}

const roundings: readonly ScalarFunction[] = [
  ...both(["ceil", "ceiling"], Math.ceil, exact.ceiling),
  ...both(["floor"], Math.floor, exact.floor),
  ...both(["round"], floats.roundHalfEven, (value) => exact.round(value, 0)),
  ...both(["trunc"], Math.trunc, (value) => exact.truncate(value, 0)),
  binary<Decimal, number>("round", [NUMERIC, INTEGER], NUMERIC, (value, scale) =>
    exact.round(value, scaleWithin(scale)),
  ),
  binary<Decimal, number>("trunc", [NUMERIC, INTEGER], NUMERIC, (value, scale) =>
    exact.truncate(value, scaleWithin(scale)),
  ),
  ...both(["sign"], floats.sign, (value) =>
    value.isNaN ? value : Decimal.fromInteger(value.sign),
  ),
];

const powers: readonly ScalarFunction[] = [
  ...both(["sqrt"], floats.squareRoot, deep.squareRoot),
  ...both(["exp"], floats.exponential, deep.exponential),
  ...both(["ln"], (value) => floats.logarithm(value, Math.log), deep.naturalLog),
  ...both(
    ["log", "log10"],
    (value) => floats.logarithm(value, Math.log10),
    (value) => deep.logarithm(TEN, value),
  ),
  binary<Decimal>("log", [NUMERIC, NUMERIC], NUMERIC, deep.logarithm),
  ...["power", "pow"].flatMap((name) => [
    binary<number>(name, [DOUBLE, DOUBLE], DOUBLE, floats.power),
    binary<Decimal>(name, [NUMERIC, NUMERIC], NUMERIC, deep.power),
  ]),
  unary<number>("cbrt", DOUBLE, DOUBLE, Math.cbrt),
  unary<number>("unary |/", DOUBLE, DOUBLE, floats.squareRoot),
  unary<number>("unary ||/", DOUBLE, DOUBLE, Math.cbrt),
];

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function leastMultiple(a: bigint, b: bigint): bigint {
  if (a === 0n || b === 0n) return 0n;
  const multiple = (a / greatestDivisor(a, b)) * b;
  return multiple < 0n ? -multiple : multiple;
}

function divisors(
  name: string,
  compute: (a: bigint, b: bigint) => bigint,
): readonly ScalarFunction[] {
  const integers = [INTEGER, BIGINT].map((type) =>
    binary<Int>(name, [type, type], type, (a, b) =>
      inRange(toInt64(compute(BigInt(a), BigInt(b))), type.name as IntegerName),
    ),
  );
  const decimal = binary<Decimal>(name, [NUMERIC, NUMERIC], NUMERIC, (a, b) => {
    if (!a.isFinite || !b.isFinite) return Decimal.NaN;
    const scale = Math.max(a.scale, b.scale);
    return new Decimal(compute(a.unscaledAt(scale), b.unscaledAt(scale)), scale);
  });
  return [...integers, decimal];
}

function modulo(type: SqlType): ScalarFunction {
  return binary<Int>("mod", [type, type], type, remainderOfIntegers);
}

/** The largest factorial that numeric holds is that of 32,177. */
const MAX_FACTORIAL = 32_177;

function factorial(value: Int): Decimal {
  if (value < 0) {
    const message = "factorial of a negative number is undefined";
    throw new AegisError("NUMERIC_OUT_OF_RANGE", message);
  }
  if (value > MAX_FACTORIAL) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", "value overflows numeric format");
  }
  let product = 1n;
  for (let factor = 2n; factor <= value; factor++) product *= factor;
  return Decimal.fromInteger(product);
}

function trimScale(value: Decimal): Decimal {
  if (!value.isFinite) return value;
  return exact.truncate(value, minimalScale(value));
}

/** How many fractional digits the value needs. */
function minimalScale(value: Decimal): number {
  let { scale, unscaled } = value;
  while (scale > 0 && unscaled % 10n === 0n) {
    unscaled /= 10n;
    scale--;
  }
  return scale;
}

const scales: readonly ScalarFunction[] = [
  unary<Decimal>("scale", NUMERIC, INTEGER, (value) => (value.isFinite ? value.scale : null)),
  unary<Decimal>("min_scale", NUMERIC, INTEGER, (value) =>
    value.isFinite ? minimalScale(value) : null,
  ),
  unary<Decimal>("trim_scale", NUMERIC, NUMERIC, trimScale),
];

/** PostgreSQL's section 9.3, trigonometry aside. */
export const mathFunctions: readonly ScalarFunction[] = [
  ...absoluteValue("abs"),
  ...absoluteValue("unary @"),
  ...roundings,
  ...powers,
  ...INTEGER_TYPES.map(modulo),
  binary<Decimal>("mod", [NUMERIC, NUMERIC], NUMERIC, exact.remainder),
  binary<Decimal>("div", [NUMERIC, NUMERIC], NUMERIC, exact.divideTruncated),
  ...divisors("gcd", greatestDivisor),
  ...divisors("lcm", leastMultiple),
  unary<Int>("factorial", BIGINT, NUMERIC, factorial),
  ...scales,
  scalar("random", [], DOUBLE, (_args, context) => context.random(), { volatility: "volatile" }),
  scalar("pi", [], DOUBLE, () => Math.PI),
];
