import { assert } from "../contract/errors.js";

/** A day of the proleptic Gregorian calendar. Year 0 is 1 BC, -1 is 2 BC and so on. */
export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE: number = 60 * MICROS_PER_SECOND;
export const MICROS_PER_HOUR: number = 60 * MICROS_PER_MINUTE;
export const MICROS_PER_DAY: number = 24 * MICROS_PER_HOUR;

/** 4713-11-24 BC, the first day that has a Julian number. */
export const MIN_DAYS = -2_440_588;
/** The last day of 5874897 AD, the last that PostgreSQL's date holds. */
export const MAX_DAYS = 2_145_042_905;
/** The first day that no timestamp reaches: 294277-01-01. */
export const TIMESTAMP_END_DAYS = 106_762_940;

const DAYS_PER_ERA = 146_097;
const YEARS_PER_ERA = 400;
/** Days from 0000-03-01, where eras start, to 1970-01-01. */
const EPOCH_OFFSET = 719_468;

/** Days since 1970-01-01; years count from March, so that a leap day ends its year. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / YEARS_PER_ERA);
  const yearOfEra = y - era * YEARS_PER_ERA;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - EPOCH_OFFSET;
}

export function civilFromDays(days: number): CivilDate {
  assert(Number.isInteger(days), "days are whole");
  const shifted = days + EPOCH_OFFSET;
  const era = Math.floor(shifted / DAYS_PER_ERA);
  const dayOfEra = shifted - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * YEARS_PER_ERA + (month <= 2 ? 1 : 0);
  return { year, month, day };
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** A bigint as the executor holds 64-bit integers: a number where that is exact. */
export function toInt64(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
    ? Number(value)
    : value;
}

/** The sum of two 64-bit integers, exact; its range is for the caller to check. */
export function addInt64(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return toInt64(BigInt(a) + BigInt(b));
}

/** The nearest whole number; halves go to the even one, as C's rint does it. */
export function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor;
}

/** Microseconds since 1970 of a microsecond of a day. */
export function joinMicros(days: number, microsOfDay: number): number | bigint {
  const micros = days * MICROS_PER_DAY + microsOfDay;
  if (Number.isSafeInteger(micros)) return micros;
  return toInt64(BigInt(days) * BigInt(MICROS_PER_DAY) + BigInt(microsOfDay));
}

export interface DayAndMicros {
  readonly days: number;
  /** 0 to just below a day. */
  readonly micros: number;
}

/** The day an instant is on, and the microsecond of that day. `micros` is finite. */
export function splitMicros(micros: number | bigint): DayAndMicros {
  if (typeof micros === "number") {
    const days = Math.floor(micros / MICROS_PER_DAY);
    const rest = micros - days * MICROS_PER_DAY;
    // The division may round up to the next day just before midnight.
    return rest < 0 ? { days: days - 1, micros: rest + MICROS_PER_DAY } : { days, micros: rest };
  }
  const day = BigInt(MICROS_PER_DAY);
  const rest = ((micros % day) + day) % day;
  return { days: Number((micros - rest) / day), micros: Number(rest) };
}
