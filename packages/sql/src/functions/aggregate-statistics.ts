import { AegisError } from "../contract/errors.js";
import { divide, multiply, subtract } from "../types/decimal-arithmetic.js";
import { Decimal } from "../types/decimal.js";
import { sqrtBigint } from "../types/fixed-point.js";
import type { SqlType } from "../types/sql-type.js";
import { DecimalSum } from "./exact-sum.js";
import { aggregate, BIGINT, DOUBLE, INTEGER_TYPES, NUMERIC, REAL } from "./overloads.js";
import type { AggregateFunction } from "./registry.js";

/** The six of a family differ in the divisor and in the root at the end. */
interface Spread {
  readonly name: string;
  readonly sample: boolean;
  readonly root: boolean;
}

const SPREADS: readonly Spread[] = [
  { name: "var_pop", sample: false, root: false },
  { name: "var_samp", sample: true, root: false },
  { name: "variance", sample: true, root: false },
  { name: "stddev_pop", sample: false, root: true },
  { name: "stddev_samp", sample: true, root: true },
  { name: "stddev", sample: true, root: true },
];

/** Exact sums of the values and of their squares. */
class Moments {
  readonly sum = new DecimalSum();
  readonly squares = new DecimalSum();

  add(value: Decimal): this {
    this.sum.add(value);
    this.squares.add(multiply(value, value));
    return this;
  }

  remove(value: Decimal): this {
    this.sum.remove(value);
    this.squares.remove(multiply(value, value));
    return this;
  }
}

function exactSpread({ sum, squares }: Moments, { sample, root }: Spread): Decimal | null {
  const count = sum.count;
  if (count === 0 || (sample && count === 1)) return null;
  if (sum.hasSpecial) return Decimal.NaN;
  const n = Decimal.fromInteger(count);
  const above = subtract(multiply(n, squares.total), multiply(sum.total, sum.total));
  if (above.sign <= 0) return Decimal.zero;
  const variance = divide(above, multiply(n, Decimal.fromInteger(sample ? count - 1 : count)));
  return root ? rootAtScale(variance) : variance;
}

/** A deviation shows as many digits as the variance it is the root of. */
function rootAtScale(value: Decimal): Decimal {
  const { scale } = value;
  const doubled = value.unscaledAt(value.scale) * 10n ** BigInt(scale + 2);
  const root = sqrtBigint(doubled);
  return new Decimal((root + 5n) / 10n, scale);
}

function decimalSpread(spread: Spread, type: SqlType): AggregateFunction {
  const read =
    type.name === "numeric"
      ? (value: unknown): Decimal => value as Decimal
      : (value: unknown): Decimal => Decimal.fromInteger(value as number | bigint);
  return aggregate<Moments>({
    name: spread.name,
    params: [type],
    result: NUMERIC,
    init: () => new Moments(),
    step: (moments, [value]) => moments.add(read(value)),
    unstep: (moments, [value]) => moments.remove(read(value)),
    finish: (moments) => exactSpread(moments, spread),
  });
}

/**
 * Sums of one or two series, and of their squared deviations by Youngs and Cramer's update, which
 * keeps its precision where the mean is large.
 */
class Regression {
  count = 0;
  sumX = 0;
  sumY = 0;
  sxx = 0;
  syy = 0;
  sxy = 0;

  add(y: number, x: number): this {
    const sumX = this.sumX + x;
    const sumY = this.sumY + y;
    const n = ++this.count;
    if (n === 1) {
      if (!Number.isFinite(x)) this.sxx = this.sxy = NaN;
      if (!Number.isFinite(y)) this.syy = this.sxy = NaN;
    } else {
      const awayX = x * n - sumX;
      const awayY = y * n - sumY;
      const scale = 1 / (n * (n - 1));
      this.sxx = grown(this.sxx + awayX * awayX * scale, sumX, this.sumX, x);
      this.syy = grown(this.syy + awayY * awayY * scale, sumY, this.sumY, y);
      const sxy = this.sxy + awayX * awayY * scale;
      this.sxy = Number.isFinite(sxy) ? sxy : NaN;
    }
    this.sumX = sumX;
    this.sumY = sumY;
    return this;
  }
}

/** An infinity that came from finite numbers is an overflow; one that was there makes NaN. */
function grown(deviation: number, sum: number, before: number, value: number): number {
  if (Math.abs(deviation) !== Infinity && Math.abs(sum) !== Infinity) return deviation;
  if (Number.isFinite(before) && Number.isFinite(value)) {
    throw new AegisError("NUMERIC_OUT_OF_RANGE", "value out of range: overflow");
  }
  return NaN;
}

class FloatMoments {
  count = 0;
  sum = 0;
  deviation = 0;

  add(value: number): this {
    const sum = this.sum + value;
    const n = ++this.count;
    if (n === 1) {
      if (!Number.isFinite(value)) this.deviation = NaN;
    } else {
      const away = value * n - sum;
      const deviation = this.deviation + (away * away) / (n * (n - 1));
      this.deviation = grown(deviation, sum, this.sum, value);
    }
    this.sum = sum;
    return this;
  }
}

function floatSpread({ name, sample, root }: Spread, type: SqlType): AggregateFunction {
  return aggregate<FloatMoments>({
    name,
    params: [type],
    result: DOUBLE,
    init: () => new FloatMoments(),
    step: (moments, [value]) => moments.add(value as number),
    finish: ({ count, deviation }) => {
      const divisor = sample ? count - 1 : count;
      if (divisor <= 0) return null;
      return root ? Math.sqrt(deviation / divisor) : deviation / divisor;
    },
  });
}

/** An aggregate of two series; the dependent one, Y, comes first. */
function regression(
  name: string,
  finish: (state: Regression) => number | null,
  result: SqlType = DOUBLE,
): AggregateFunction {
  return aggregate<Regression>({
    name,
    params: [DOUBLE, DOUBLE],
    result,
    init: () => new Regression(),
    step: (state, [y, x]) => state.add(y as number, x as number),
    finish,
  });
}

function some(finish: (state: Regression) => number | null): (state: Regression) => number | null {
  return (state) => (state.count < 1 ? null : finish(state));
}

export const statisticsAggregates: readonly AggregateFunction[] = [
  ...SPREADS.flatMap((spread) => [
    ...[NUMERIC, ...INTEGER_TYPES].map((type) => decimalSpread(spread, type)),
    ...[DOUBLE, REAL].map((type) => floatSpread(spread, type)),
  ]),
  regression("regr_count", ({ count }) => count, BIGINT),
  regression(
    "regr_sxx",
    some(({ sxx }) => sxx),
  ),
  regression(
    "regr_syy",
    some(({ syy }) => syy),
  ),
  regression(
    "regr_sxy",
    some(({ sxy }) => sxy),
  ),
  regression(
    "regr_avgx",
    some(({ sumX, count }) => sumX / count),
  ),
  regression(
    "regr_avgy",
    some(({ sumY, count }) => sumY / count),
  ),
  regression(
    "covar_pop",
    some(({ sxy, count }) => sxy / count),
  ),
  regression("covar_samp", ({ sxy, count }) => (count < 2 ? null : sxy / (count - 1))),
  regression(
    "corr",
    some(({ sxx, syy, sxy }) => (sxx === 0 || syy === 0 ? null : sxy / Math.sqrt(sxx * syy))),
  ),
  regression(
    "regr_r2",
    some(({ sxx, syy, sxy }) => {
      if (sxx === 0) return null;
      return syy === 0 ? 1 : (sxy * sxy) / (sxx * syy);
    }),
  ),
  regression(
    "regr_slope",
    some(({ sxx, sxy }) => (sxx === 0 ? null : sxy / sxx)),
  ),
  regression(
    "regr_intercept",
    some(({ sxx, sxy, sumX, sumY, count }) =>
      sxx === 0 ? null : (sumY - (sumX * sxy) / sxx) / count,
    ),
  ),
];
