import type { Interval } from "../../contract/types.js";
import { AegisError } from "../../contract/errors.js";
import { toInt64 } from "../../types/calendar.js";
import { comparatorOf } from "../../types/compare.js";
import { dateToTimestamp } from "../../types/datetime.js";
import type { Decimal } from "../../types/decimal.js";
import * as decimals from "../../types/decimal-arithmetic.js";
import {
  addIntervals,
  addToTimestamp,
  intervalSpan,
  negateInterval,
} from "../../types/interval.js";
import type { SqlType } from "../../types/sql-type.js";
import type { NonNullDatum } from "../../types/text-output.js";

/** Arithmetic on the values of a sort column, for frames such as RANGE 10 PRECEDING. */
export interface RangeArithmetic {
  /** A value plus (1) or minus (-1) an offset, as a bound that `compare` takes. */
  shift(value: NonNullDatum, offset: NonNullDatum, sign: 1 | -1): NonNullDatum;
  /** A value of the column against a bound. */
  compare(value: NonNullDatum, bound: NonNullDatum): number;
  isNegative(offset: NonNullDatum): boolean;
}

export function rangeArithmetic(type: SqlType): RangeArithmetic {
  const compare = comparatorOf(type);
  switch (type.name) {
    case "numeric":
      return {
        shift: (value, offset, sign) =>
          sign === 1
            ? decimals.add(value as Decimal, offset as Decimal)
            : decimals.subtract(value as Decimal, offset as Decimal),
        compare,
        isNegative: (offset) => (offset as Decimal).sign < 0,
      };
    case "date":
      return {
        shift: (value, offset, sign) => shiftInstant(asInstant(value), offset, sign),
        compare: (value, bound) => compare(asInstant(value), bound),
        isNegative: isNegativeInterval,
      };
    case "timestamp":
    case "timestamptz":
      return { shift: shiftInstant, compare, isNegative: isNegativeInterval };
    case "time":
      return { shift: shiftTime, compare, isNegative: isNegativeInterval };
    case "interval":
      return {
        shift: (value, offset, sign) => addIntervals(value as Interval, signed(offset, sign)),
        compare,
        isNegative: isNegativeInterval,
      };
    case "smallint":
    case "integer":
    case "bigint":
      return { shift: shiftInteger, compare, isNegative: (offset) => (offset as number) < 0 };
    case "real":
    case "double precision":
      return {
        shift: (value, offset, sign) => (value as number) + sign * (offset as number),
        compare,
        isNegative: (offset) => (offset as number) < 0 || Number.isNaN(offset),
      };
    default:
      throw new AegisError(
        "UNSUPPORTED",
        `RANGE with offset PRECEDING/FOLLOWING is not supported for column type ${type.name}`,
      );
  }
}

/** Sums past 64 bits stay as they are: they are above or below everything, which is right. */
function shiftInteger(value: NonNullDatum, offset: NonNullDatum, sign: 1 | -1): NonNullDatum {
  const sum = (value as number) + sign * (offset as number);
  const plain = typeof value === "number" && typeof offset === "number";
  if (plain && Number.isSafeInteger(sum)) return sum;
  const wide = BigInt(value as number | bigint) + BigInt(sign) * BigInt(offset as number | bigint);
  return toInt64(wide);
}

function asInstant(days: NonNullDatum): number | bigint {
  return dateToTimestamp(days as number);
}

function shiftInstant(value: NonNullDatum, offset: NonNullDatum, sign: 1 | -1): NonNullDatum {
  return addToTimestamp(value as number | bigint, signed(offset, sign));
}

/** Times do not wrap around here: what lies before midnight is before every time. */
function shiftTime(value: NonNullDatum, offset: NonNullDatum, sign: 1 | -1): NonNullDatum {
  const { micros } = offset as Interval;
  return (value as number) + sign * Number(micros);
}

function signed(offset: NonNullDatum, sign: 1 | -1): Interval {
  return sign === 1 ? (offset as Interval) : negateInterval(offset as Interval);
}

function isNegativeInterval(offset: NonNullDatum): boolean {
  return intervalSpan(offset as Interval) < 0n;
}
