import type { Interval } from "../contract/types.js";
import type { Datum } from "../types/datum.js";
import { comparatorOf } from "../types/compare.js";
import { Decimal } from "../types/decimal.js";
import { compareIntervals } from "../types/interval.js";
import { Jsonb } from "../types/jsonb.js";
import { compareJson } from "../types/jsonb-compare.js";
import type { SqlType } from "../types/sql-type.js";
import { withoutPadding } from "../types/text-input.js";
import { compareText } from "../types/text-order.js";
import type { NonNullDatum } from "../types/text-output.js";
import { binary, scalar } from "./define.js";
import {
  ANY_ARRAY,
  ANY_ELEMENT,
  BOOLEAN,
  BYTEA,
  CHAR,
  DATE,
  DOUBLE,
  INTEGER_TYPES,
  INTERVAL,
  JSONB,
  NUMERIC,
  REAL,
  RECORD,
  TEXT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
} from "./overloads.js";
import type { ParamType, ScalarFunction } from "./registry.js";

type Compare = (a: NonNullDatum, b: NonNullDatum) => number;

const UUID: SqlType = { name: "uuid" };
const VARCHAR: SqlType = { name: "varchar" };

/** What each operator makes of the sign of a comparison, and of two numbers without NaN. */
const OPERATORS: readonly {
  readonly symbol: string;
  readonly holds: (order: number) => boolean;
  readonly plain: string;
  /** What also makes it true where NaN is above all numbers and equals itself. */
  readonly floats: (a: string, b: string) => string;
}[] = [
  {
    symbol: "=",
    holds: (order) => order === 0,
    plain: "===",
    floats: (a, b) => `(${a} === ${b} || (${a} !== ${a} && ${b} !== ${b}))`,
  },
  {
    symbol: "<>",
    holds: (order) => order !== 0,
    plain: "!==",
    floats: (a, b) => `(${a} !== ${b} && (${a} === ${a} || ${b} === ${b}))`,
  },
  {
    symbol: "<",
    holds: (order) => order < 0,
    plain: "<",
    floats: (a, b) => `(${a} < ${b} || (${b} !== ${b} && ${a} === ${a}))`,
  },
  {
    symbol: "<=",
    holds: (order) => order <= 0,
    plain: "<=",
    floats: (a, b) => `(${a} <= ${b} || ${b} !== ${b})`,
  },
  {
    symbol: ">",
    holds: (order) => order > 0,
    plain: ">",
    floats: (a, b) => `(${a} > ${b} || (${a} !== ${a} && ${b} === ${b}))`,
  },
  {
    symbol: ">=",
    holds: (order) => order >= 0,
    plain: ">=",
    floats: (a, b) => `(${a} >= ${b} || ${a} !== ${a})`,
  },
];

/** How the compiler may compare: as plain values, as floats, or only for equality. */
type Fast = "plain" | "floats" | "equality" | "none";

function comparisons(
  a: ParamType,
  b: ParamType,
  compare: Compare,
  fast: Fast,
): readonly ScalarFunction[] {
  return OPERATORS.map(({ symbol, holds, plain, floats }) => {
    const isEquality = symbol === "=" || symbol === "<>";
    const usesPlain = fast === "plain" || (fast === "equality" && isEquality);
    const inline: ScalarFunction["inline"] = usesPlain
      ? ([x, y]) => `(${x!} ${plain} ${y!})`
      : fast === "floats"
        ? ([x, y]) => floats(x!, y!)
        : undefined;
    return binary<NonNullDatum>(symbol, [a, b], BOOLEAN, (x, y) => holds(compare(x, y)), {
      inline,
    });
  });
}

function pairs(types: readonly SqlType[], fast: Fast): readonly ScalarFunction[] {
  const compare = comparatorOf(types[0]!);
  return types.flatMap((a) => types.flatMap((b) => comparisons(a, b, compare, fast)));
}

/** Types are told apart by their values where nothing else says them: inside arrays and records. */
export function compareDatums(a: NonNullDatum, b: NonNullDatum): number {
  if (typeof a === "string" && typeof b === "string") return compareText(a, b);
  if (a instanceof Decimal || b instanceof Decimal) return asDecimal(a).compare(asDecimal(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (a instanceof Jsonb && b instanceof Jsonb) return compareJson(a.node, b.node);
  if (Array.isArray(a) || Array.isArray(b)) {
    if (Array.isArray(a) && Array.isArray(b)) return compareLists(a as Datum[], b as Datum[]);
    return Array.isArray(a) ? 1 : -1;
  }
  if (typeof a === "object" && typeof b === "object") {
    return compareIntervals(a as Interval, b as Interval);
  }
  return compareNumbers(a, b);
}

const compareNumbers = comparatorOf(DOUBLE);

function asDecimal(value: NonNullDatum): Decimal {
  if (value instanceof Decimal) return value;
  return Number.isInteger(value) || typeof value === "bigint"
    ? Decimal.fromInteger(value as number | bigint)
    : Decimal.fromFloat(value as number, 17);
}

/** NULL equals itself and is above every value; the shorter of two equal beginnings is first. */
function compareLists(a: readonly Datum[], b: readonly Datum[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = compareNullable(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareNullable(a: Datum, b: Datum): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compareDatums(a, b);
}

/** Arrays are compared item by item whatever their dimensions, which only break a tie. */
const compareArrays: Compare = (a, b) => {
  const order = compareLists(flatItems(a as readonly Datum[]), flatItems(b as readonly Datum[]));
  return order === 0 ? compareDatums(a, b) : order;
};

/** How deeply arrays nest at most. */
const MAX_DIMENSIONS = 6;

function flatItems(array: readonly Datum[]): readonly Datum[] {
  return Array.isArray(array[0])
    ? ((array as readonly unknown[]).flat(MAX_DIMENSIONS) as Datum[])
    : array;
}

const comparePadded: Compare = (a, b) =>
  compareText(withoutPadding(a as string), withoutPadding(b as string));

/** IS [NOT] DISTINCT FROM: never NULL. */
const distinctness = [
  distinction("is distinct from", (order) => order !== 0),
  distinction("is not distinct from", (order) => order === 0),
];

function distinction(name: string, holds: (order: number) => boolean): ScalarFunction {
  const params = [ANY_ELEMENT, ANY_ELEMENT];
  return scalar(name, params, BOOLEAN, ([a, b]) => holds(compareNullable(a!, b!)), {
    strict: false,
  });
}

/** = <> < <= > >= of every type that has an order. */
export const comparisonOperators: readonly ScalarFunction[] = [
  ...pairs(INTEGER_TYPES, "plain"),
  ...pairs([REAL, DOUBLE], "floats"),
  ...pairs([NUMERIC], "none"),
  ...pairs([BOOLEAN], "plain"),
  ...pairs([TEXT], "equality"),
  ...pairs([VARCHAR], "equality"),
  ...pairs([CHAR], "equality"),
  ...comparisons(CHAR, VARCHAR, comparePadded, "none"),
  ...comparisons(VARCHAR, CHAR, comparePadded, "none"),
  ...pairs([UUID], "plain"),
  ...pairs([BYTEA], "none"),
  ...[DATE, TIME, TIMESTAMP, TIMESTAMPTZ].flatMap((type) => pairs([type], "plain")),
  ...pairs([INTERVAL], "none"),
  ...pairs([JSONB], "none"),
  ...comparisons(ANY_ARRAY, ANY_ARRAY, compareArrays, "none"),
  ...comparisons(RECORD, RECORD, compareDatums, "none"),
  ...distinctness,
];
