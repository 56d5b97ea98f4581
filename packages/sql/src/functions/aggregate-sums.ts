import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import { numberOutOfRange } from "../types/data-errors.js";
import { divide } from "../types/decimal-arithmetic.js";
import { Decimal } from "../types/decimal.js";
import { addIntervals, divideInterval, makeInterval, negateInterval } from "../types/interval.js";
import { integerFits, toFloat32 } from "../types/numbers.js";
import type { SqlType } from "../types/sql-type.js";
import { DecimalSum, IntegerSum } from "./exact-sum.js";
import {
  aggregate,
  BIGINT,
  DOUBLE,
  INTEGER,
  INTEGER_TYPES,
  INTERVAL,
  NUMERIC,
  REAL,
  SMALLINT,
} from "./overloads.js";
import type { AggregateFunction } from "./registry.js";

const integers = {
  init: () => new IntegerSum(),
  step: (sum: IntegerSum, [value]: readonly unknown[]) => sum.add(value as number | bigint),
  unstep: (sum: IntegerSum, [value]: readonly unknown[]) => sum.remove(value as number | bigint),
} as const;

/** A sum of bigints is numeric, for it may well be too large for a bigint. */
function integerSum(type: SqlType): AggregateFunction {
  const wide = type.name === "bigint";
  return aggregate<IntegerSum>({
    ...integers,
    name: "sum",
    params: [type],
    result: wide ? NUMERIC : BIGINT,
    kernel: "sum",
    finish: ({ count, total }) => {
      if (count === 0) return null;
      if (wide) return Decimal.fromInteger(total);
      if (!integerFits(total, "bigint")) throw numberOutOfRange("bigint");
      return total;
    },
  });
}

function integerAverage(type: SqlType): AggregateFunction {
  return aggregate<IntegerSum>({
    ...integers,
    name: "avg",
    params: [type],
    result: NUMERIC,
    kernel: "avg",
    finish: ({ count, total }) => {
      if (count === 0) return null;
      return divide(Decimal.fromInteger(total), Decimal.fromInteger(count));
    },
  });
}

const decimals = {
  params: [NUMERIC],
  result: NUMERIC,
  init: () => new DecimalSum(),
  step: (sum: DecimalSum, [value]: readonly unknown[]) => sum.add(value as Decimal),
  unstep: (sum: DecimalSum, [value]: readonly unknown[]) => sum.remove(value as Decimal),
} as const;

class FloatSum {
  count = 0;
  total = 0;
}

function addFloat(sum: FloatSum, value: number): FloatSum {
  const total = sum.total + value;
  if (!Number.isFinite(total) && Number.isFinite(sum.total) && Number.isFinite(value)) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", "value out of range: overflow");
  }
  sum.total = total;
  sum.count++;
  return sum;
}

const floats = {
  init: () => new FloatSum(),
  step: (sum: FloatSum, [value]: readonly unknown[]) => addFloat(sum, value as number),
} as const;

/** Reals add up as reals: every sum on the way is rounded to one. */
const realSum = aggregate<FloatSum>({
  ...floats,
  name: "sum",
  params: [REAL],
  result: REAL,
  step: (sum, [value]) => {
    addFloat(sum, value as number);
    sum.total = toFloat32(sum.total);
    return sum;
  },
  finish: ({ count, total }) => (count === 0 ? null : total),
});

class IntervalSum {
  count = 0;
  total: Interval = makeInterval(0, 0, 0);
}

const intervals = {
  params: [INTERVAL],
  result: INTERVAL,
  init: () => new IntervalSum(),
  step: (sum: IntervalSum, [value]: readonly unknown[]) => {
    sum.total = addIntervals(sum.total, value as Interval);
    sum.count++;
    return sum;
  },
  unstep: (sum: IntervalSum, [value]: readonly unknown[]) => {
    sum.total = addIntervals(sum.total, negateInterval(value as Interval));
    sum.count--;
    return sum;
  },
} as const;

export const sumAggregates: readonly AggregateFunction[] = [
  integerSum(INTEGER),
  integerSum(BIGINT),
  integerSum(SMALLINT),
  ...INTEGER_TYPES.map(integerAverage),
  aggregate<DecimalSum>({
    ...decimals,
    name: "sum",
    finish: (sum) => (sum.count === 0 ? null : sum.total),
  }),
  aggregate<DecimalSum>({
    ...decimals,
    name: "avg",
    finish: (sum) => (sum.count === 0 ? null : divide(sum.total, Decimal.fromInteger(sum.count))),
  }),
  aggregate<FloatSum>({
    ...floats,
    name: "sum",
    params: [DOUBLE],
    result: DOUBLE,
    kernel: "sum",
    finish: ({ count, total }) => (count === 0 ? null : total),
  }),
  realSum,
  ...[DOUBLE, REAL].map((type) =>
    aggregate<FloatSum>({
      ...floats,
      name: "avg",
      params: [type],
      result: DOUBLE,
      kernel: "avg",
      finish: ({ count, total }) => (count === 0 ? null : total / count),
    }),
  ),
  aggregate<IntervalSum>({
    ...intervals,
    name: "sum",
    finish: ({ count, total }) => (count === 0 ? null : total),
  }),
  aggregate<IntervalSum>({
    ...intervals,
    name: "avg",
    finish: ({ count, total }) => (count === 0 ? null : divideInterval(total, count)),
  }),
];
