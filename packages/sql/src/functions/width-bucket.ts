import { AegisError } from "../contract/errors.js";
import type { Datum } from "../types/datum.js";
import { divideTruncated, multiply, subtract } from "../types/decimal-arithmetic.js";
import { Decimal } from "../types/decimal.js";
import type { NonNullDatum } from "../types/text-output.js";
import { compareDatums } from "./comparison.js";
import { binary, scalar } from "./define.js";
import { inRange } from "./integers.js";
import { ANY_ARRAY, ANY_ELEMENT, DOUBLE, INTEGER, NUMERIC } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

function invalid(message: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", message, { sqlState: "2201G" });
}

/**
 * The bucket of `count` equal ones between two bounds, which may run downwards: 0 before the first
 * and `count + 1` from the last bound on. `within` is asked for values between the bounds only.
 */
function bucket<T extends NonNullDatum>(
  [value, low, high]: readonly [T, T, T],
  count: number,
  isNaN: (value: T) => boolean,
  isFinite: (value: T) => boolean,
  within: (value: T, low: T, high: T) => number,
): number {
  if (count <= 0) throw invalid("count must be greater than zero");
  if (isNaN(value) || isNaN(low) || isNaN(high)) {
    throw invalid("operand, lower bound, and upper bound cannot be NaN");
  }
  if (!isFinite(low) || !isFinite(high)) throw invalid("lower and upper bounds must be finite");
  const direction = compareDatums(high, low);
  if (direction === 0) throw invalid("lower bound cannot equal upper bound");
  const sign = direction > 0 ? 1 : -1;
  if (compareDatums(value, low) * sign < 0) return 0;
  if (compareDatums(value, high) * sign >= 0) return Number(inRange(count + 1, "integer"));
  return within(value, low, high) + 1;
}

function floatBucket(args: readonly Datum[]): number {
  const [value, low, high, count] = args as [number, number, number, number];
  const place = (at: number, from: number, to: number): number =>
    Math.min(count - 1, Math.floor(((at - from) / (to - from)) * count));
  return bucket([value, low, high], count, Number.isNaN, Number.isFinite, place);
}

function decimalBucket(args: readonly Datum[]): number {
  const [value, low, high, count] = args as [Decimal, Decimal, Decimal, number];
  const buckets = Decimal.fromInteger(count);
  const place = (at: Decimal, from: Decimal, to: Decimal): number =>
    divideTruncated(multiply(subtract(at, from), buckets), subtract(to, from)).toNumber();
  return bucket(
    [value, low, high],
    count,
    (number) => number.isNaN,
    (number) => number.isFinite,
    place,
  );
}

/** How many of the ascending thresholds are not above the value. */
function thresholdBucket(value: NonNullDatum, thresholds: readonly Datum[]): number {
  if (thresholds.includes(null)) {
    throw new AegisError("INVALID_ARGUMENT", "thresholds array must not contain NULLs", {
      sqlState: "22004",
    });
  }
  let low = 0;
  let high = thresholds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareDatums(value, thresholds[middle]!) < 0) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** width_bucket in its three forms. */
export const bucketFunctions: readonly ScalarFunction[] = [
  scalar("width_bucket", [NUMERIC, NUMERIC, NUMERIC, INTEGER], INTEGER, decimalBucket),
  scalar("width_bucket", [DOUBLE, DOUBLE, DOUBLE, INTEGER], INTEGER, floatBucket),
  binary<NonNullDatum, readonly Datum[]>(
    "width_bucket",
    [ANY_ELEMENT, ANY_ARRAY],
    INTEGER,
    thresholdBucket,
  ),
];
