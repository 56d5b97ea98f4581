import type { ColumnType, Interval, Value } from "@aegisdb/sql/contract";
import { AegisError, unreachable } from "../errors.js";

/** The first unit whose place in unit order differs from its place in code point order. */
const FIRST_SURROGATE = 0xd800;

/** Order by code point. UTF-16 order differs only where a surrogate meets U+E000..U+FFFF. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) {
      if (x >= FIRST_SURROGATE && y >= FIRST_SURROGATE) return rotateUnit(x) - rotateUnit(y);
      return x - y;
    }
  }
  return a.length - b.length;
}

/** Moves surrogates above U+E000..U+FFFF, so that unit order becomes code point order. */
export function rotateUnit(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit;
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

/** The inverse of `rotateUnit`. */
export function unrotateUnit(unit: number): number {
  if (unit < FIRST_SURROGATE) return unit;
  return unit >= 0xf800 ? unit - 0x2000 : unit + 0x800;
}

/** Order byte by byte, a prefix before what it begins. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = a.length < b.length ? a.length : b.length;
  for (let i = 0; i < length; i++) {
    const difference = a[i]! - b[i]!;
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

export const MICROS_PER_DAY = 86_400_000_000;

/** An interval as whole days and the microseconds left, with months of 30 days. */
export interface IntervalSpan {
  readonly days: number;
  /** In [0, MICROS_PER_DAY). */
  readonly micros: number;
}

/** PostgreSQL's measure for ordering intervals: a month is 30 days, a day 24 hours. */
export function intervalSpan(value: Interval): IntervalSpan {
  let micros: number;
  let carried: number;
  if (typeof value.micros === "number") {
    carried = Math.floor(value.micros / MICROS_PER_DAY);
    micros = value.micros - carried * MICROS_PER_DAY;
  } else {
    const day = BigInt(MICROS_PER_DAY);
    const rest = ((value.micros % day) + day) % day;
    carried = Number((value.micros - rest) / day);
    micros = Number(rest);
  }
  return { days: value.months * 30 + value.days + carried, micros };
}

function compareIntervals(a: Interval, b: Interval): number {
  const x = intervalSpan(a);
  const y = intervalSpan(b);
  return x.days - y.days || x.micros - y.micros;
}

/** Numbers and bigints mixed; NaN equals itself and is the largest; -0 equals 0. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  // eslint-disable-next-line eqeqeq -- 1 == 1n is what equality between the two forms means.
  if (a == b) return 0;
  const aIsNaN = a !== a;
  const bIsNaN = b !== b;
  return aIsNaN === bIsNaN ? 0 : aIsNaN ? 1 : -1;
}

/**
 * Order of two values of a column: negative, zero or positive. NULL sorts last and equals NULL.
 * Precondition: both are values of `type`; variants have no order and must not come here.
 */
export function compareValues(type: ColumnType, a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  switch (type.kind) {
    case "int":
    case "float":
    case "timestamp":
    case "decimal":
    case "date":
    case "time":
      return compareNumbers(a as number | bigint, b as number | bigint);
    case "bool":
      return Number(a) - Number(b);
    case "text":
      return compareText(a as string, b as string);
    case "uuid":
      // Lower-case hexadecimal with its dashes in fixed places orders as the bytes do.
      return a === b ? 0 : a < b ? -1 : 1;
    case "bytes":
    case "numeric":
      return compareBytes(a as Uint8Array, b as Uint8Array);
    case "interval":
      return compareIntervals(a as Interval, b as Interval);
    case "variant":
      throw new AegisError("TYPE_MISMATCH", "values of type variant have no order");
    default:
      return unreachable(type);
  }
}
