import * as exact from "../types/decimal-arithmetic.js";
import { power } from "../types/decimal-functions.js";
import type { Decimal } from "../types/decimal.js";
import { toFloat32 } from "../types/numbers.js";
import type { SqlType } from "../types/sql-type.js";
import { binary, type Traits, unary } from "./define.js";
import * as floats from "./floats.js";
import {
  addIntegers,
  divideIntegers,
  type Int,
  type IntegerName,
  inRange,
  multiplyIntegers,
  negateInteger,
  remainderOfIntegers,
  subtractIntegers,
} from "./integers.js";
import { BIGINT, DOUBLE, INTEGER_TYPES, NUMERIC, REAL, SMALLINT } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

type Inline = NonNullable<ScalarFunction["inline"]>;

interface IntegerOperator {
  readonly symbol: string;
  readonly compute: (a: Int, b: Int) => Int;
  /** Fast source for results of 32 bits, and for any that are safe numbers. */
  readonly narrow: (a: string, b: string) => string;
  readonly wide: (a: string, b: string) => string;
}

function fast32(result: (a: string, b: string) => string): IntegerOperator["narrow"] {
  return (a, b) => `(${result(a, b)} | 0) === ${result(a, b)} ? ${result(a, b)}`;
}

function fastWide(result: (a: string, b: string) => string): IntegerOperator["wide"] {
  const plain = (a: string, b: string): string =>
    `typeof ${a} === "number" && typeof ${b} === "number"`;
  return (a, b) => `${plain(a, b)} && Number.isSafeInteger(${result(a, b)}) ? ${result(a, b)}`;
}

const sum = (a: string, b: string): string => `(${a} + ${b})`;
const difference = (a: string, b: string): string => `(${a} - ${b})`;
const product = (a: string, b: string): string => `(${a} * ${b})`;
const positiveQuotient = (a: string, b: string): string =>
  `${b} > 0 && typeof ${a} === "number" && typeof ${b} === "number" ? Math.trunc(${a} / ${b}) + 0`;
const positiveRemainder = (a: string, b: string): string =>
  `${b} > 0 && typeof ${a} === "number" && typeof ${b} === "number" ? (${a} % ${b}) + 0`;

const INTEGER_OPERATORS: readonly IntegerOperator[] = [
  { symbol: "+", compute: addIntegers, narrow: fast32(sum), wide: fastWide(sum) },
  {
    symbol: "-",
    compute: subtractIntegers,
    narrow: fast32(difference),
    wide: fastWide(difference),
  },
  {
    symbol: "*",
    compute: multiplyIntegers,
    narrow: (a, b) => `Math.imul(${a}, ${b}) === ${a} * ${b} ? Math.imul(${a}, ${b})`,
    wide: (a, b) => `${fastWide(product)(a, b)} + 0`,
  },
  {
    symbol: "/",
    compute: divideIntegers,
    narrow: (a, b) => `${b} > 0 ? (${a} / ${b}) | 0`,
    wide: positiveQuotient,
  },
  {
    symbol: "%",
    compute: remainderOfIntegers,
    narrow: (a, b) => `${b} > 0 ? (${a} % ${b}) | 0`,
    wide: positiveRemainder,
  },
];

/** The wider of the two, as PostgreSQL has operators between all of its integers. */
function wider(a: SqlType, b: SqlType): SqlType {
  return INTEGER_TYPES.indexOf(a) > INTEGER_TYPES.indexOf(b) ? a : b;
}

function integerOperator(operator: IntegerOperator, a: SqlType, b: SqlType): ScalarFunction {
  const result = wider(a, b);
  const name = result.name as IntegerName;
  const { compute } = operator;
  // The fast way has no check for 16 bits, which are rare.
  const source = result === BIGINT ? operator.wide : operator.narrow;
  const inline: Inline = ([x, y], slow) => `(${source(x!, y!)} : ${slow})`;
  return binary<Int>(
    operator.symbol,
    [a, b],
    result,
    (x, y) => inRange(compute(x, y), name),
    result === SMALLINT ? {} : { inline },
  );
}

const integerOperators = INTEGER_OPERATORS.flatMap((operator) =>
  INTEGER_TYPES.flatMap((a) => INTEGER_TYPES.map((b) => integerOperator(operator, a, b))),
);

const FLOAT_OPERATORS: readonly {
  readonly symbol: string;
  readonly compute: (a: number, b: number) => number;
  readonly fast: (a: string, b: string) => string;
}[] = [
  {
    symbol: "+",
    compute: floats.add,
    fast: (a, b) => `Number.isFinite(${a} + ${b}) ? ${a} + ${b}`,
  },
  {
    symbol: "-",
    compute: floats.subtract,
    fast: (a, b) => `Number.isFinite(${a} - ${b}) ? ${a} - ${b}`,
  },
  {
    symbol: "*",
    compute: floats.multiply,
    fast: (a, b) => `Number.isFinite(${a} * ${b}) && ${a} * ${b} !== 0 ? ${a} * ${b}`,
  },
  {
    symbol: "/",
    compute: floats.divide,
    fast: (a, b) => `Number.isFinite(${a} / ${b}) && ${a} / ${b} !== 0 ? ${a} / ${b}`,
  },
];

const floatOperators = FLOAT_OPERATORS.flatMap(({ symbol, compute, fast }) => {
  const inline: Inline = ([a, b], slow) => `(${fast(a!, b!)} : ${slow})`;
  const double = (a: SqlType, b: SqlType): ScalarFunction =>
    binary<number>(symbol, [a, b], DOUBLE, compute, { inline });
  return [
    double(DOUBLE, DOUBLE),
    double(REAL, DOUBLE),
    double(DOUBLE, REAL),
    binary<number>(symbol, [REAL, REAL], REAL, (a, b) => toFloat32(compute(a, b))),
  ];
});

const decimalOperators = (
  [
    ["+", exact.add],
    ["-", exact.subtract],
    ["*", exact.multiply],
    ["/", exact.divide],
    ["%", exact.remainder],
    ["^", power],
  ] as const
).map(([symbol, compute]) => binary<Decimal>(symbol, [NUMERIC, NUMERIC], NUMERIC, compute));

function signs(
  type: SqlType,
  negate: (value: never) => Int | Decimal,
  traits: Traits = {},
): readonly ScalarFunction[] {
  return [
    unary("unary -", type, type, negate as (value: number) => Int | Decimal, traits),
    unary<number>("unary +", type, type, (value) => value),
  ];
}

function integerSigns(type: SqlType): readonly ScalarFunction[] {
  const name = type.name as IntegerName;
  const inline: Inline = ([a], slow) =>
    `(typeof ${a!} === "number" && ${a!} > -32768 ? 0 - ${a!} : ${slow})`;
  return signs(type, (value: Int) => inRange(negateInteger(value), name), { inline });
}

const floatSigns = [REAL, DOUBLE].flatMap((type) =>
  signs(type, (value: number) => -value, { inline: ([a]) => `(-${a!})` }),
);

/** + - * / % ^ and the signs, for numbers; those of dates and times are elsewhere. */
export const arithmeticOperators: readonly ScalarFunction[] = [
  ...integerOperators,
  ...floatOperators,
  ...decimalOperators,
  binary<number>("^", [DOUBLE, DOUBLE], DOUBLE, floats.power),
  ...INTEGER_TYPES.flatMap(integerSigns),
  ...floatSigns,
  ...signs(NUMERIC, exact.negate),
];
