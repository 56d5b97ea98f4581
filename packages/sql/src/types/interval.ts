import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import {
  addInt64,
  civilFromDays,
  daysFromCivil,
  daysInMonth,
  joinMicros,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  roundToEven,
  splitMicros,
  toInt64,
} from "./calendar.js";
import { datetimeOutOfRange } from "./data-errors.js";
import { checkTimestamp, isFiniteMicros, printSeconds } from "./datetime.js";

const DAYS_PER_MONTH = 30;
const MONTHS_PER_YEAR = 12;
const DAY: bigint = BigInt(MICROS_PER_DAY);
const INT64_MAX = 2n ** 63n - 1n;

/** An interval within range; the parts are whole numbers. */
export function makeInterval(months: number, days: number, micros: number | bigint): Interval {
  const long = BigInt(micros);
  if (!isInt32(months) || !isInt32(days) || long > INT64_MAX || long < -INT64_MAX - 1n) {
    throw datetimeOutOfRange("interval");
  }
  // A sum of zero and a negated zero must not show as "-0".
  return { months: months + 0, days: days + 0, micros: toInt64(long) };
}

export function isInt32(value: number): boolean {
  return value >= -0x8000_0000 && value <= 0x7fff_ffff;
}

/** PostgreSQL's default style: "1 year 2 mons -3 days +04:05:06.789". */
export function printInterval(interval: Interval): string {
  const years = Math.trunc(interval.months / MONTHS_PER_YEAR);
  let text = "";
  let negativeBefore = false;
  const units = [
    [years, "year"],
    [interval.months % MONTHS_PER_YEAR, "mon"],
    [interval.days, "day"],
  ] as const;
  for (const [count, unit] of units) {
    if (count === 0) continue;
    const plus = negativeBefore && count > 0 ? "+" : "";
    text += `${text === "" ? "" : " "}${plus}${count} ${unit}${count === 1 ? "" : "s"}`;
    negativeBefore = count < 0;
  }
  const micros = BigInt(interval.micros);
  if (micros === 0n && text !== "") return text;
  const sign = micros < 0n ? "-" : negativeBefore ? "+" : "";
  const size = micros < 0n ? -micros : micros;
  const hours = (size / BigInt(MICROS_PER_HOUR)).toString().padStart(2, "0");
  const rest = Number(size % BigInt(MICROS_PER_HOUR));
  const minutes = String(Math.floor(rest / MICROS_PER_MINUTE)).padStart(2, "0");
  const clock = `${sign}${hours}:${minutes}:${printSeconds(rest % MICROS_PER_MINUTE)}`;
  return text === "" ? clock : `${text} ${clock}`;
}

/** Length in microseconds, a month being 30 days: the order of intervals. */
export function intervalSpan(interval: Interval): bigint {
  return BigInt(interval.months * DAYS_PER_MONTH + interval.days) * DAY + BigInt(interval.micros);
}

export function compareIntervals(a: Interval, b: Interval): number {
  const x = intervalSpan(a);
  const y = intervalSpan(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

export function addIntervals(a: Interval, b: Interval): Interval {
  return makeInterval(a.months + b.months, a.days + b.days, addInt64(a.micros, b.micros));
}

export function negateInterval(a: Interval): Interval {
  return makeInterval(-a.months, -a.days, -BigInt(a.micros));
}

/** Fractions of months become days, and fractions of days become time. */
export function multiplyInterval(interval: Interval, factor: number): Interval {
  return scaleInterval(interval, (part) => part * factor);
}

/** A quotient is not a product with the inverse: 1/3 is no float. */
export function divideInterval(interval: Interval, divisor: number): Interval {
  if (divisor === 0) throw new AegisError("DIVISION_BY_ZERO", "division by zero");
  return scaleInterval(interval, (part) => part / divisor);
}

function scaleInterval(interval: Interval, scaled: (part: number) => number): Interval {
  const exactMonths = scaled(interval.months);
  const exactDays = scaled(interval.days);
  const exactMicros = scaled(Number(interval.micros));
  if (!Number.isFinite(exactMonths + exactDays + exactMicros)) throw datetimeOutOfRange("interval");
  const months = Math.trunc(exactMonths);
  const days = Math.trunc(exactDays);
  const monthDays = roundToMicro((exactMonths - months) * DAYS_PER_MONTH);
  const wholeMonthDays = Math.trunc(monthDays);
  const rest = (exactDays - days + (monthDays - wholeMonthDays)) * MICROS_PER_DAY;
  const carried = Math.trunc(Math.round(rest) / MICROS_PER_DAY);
  const micros = roundToEven(exactMicros + Math.round(rest) - carried * MICROS_PER_DAY);
  return makeInterval(months, days + wholeMonthDays + carried, micros);
}

function roundToMicro(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** A month later is the same day, or the last one where the month is shorter. */
export function addToTimestamp(micros: number | bigint, interval: Interval): number | bigint {
  if (!isFiniteMicros(micros)) return micros;
  const { days: startDay, micros: ofDay } = splitMicros(micros);
  let days = startDay;
  if (interval.months !== 0) {
    const { year, month, day } = civilFromDays(days);
    const total = year * MONTHS_PER_YEAR + month - 1 + interval.months;
    const newYear = Math.floor(total / MONTHS_PER_YEAR);
    const newMonth = total - newYear * MONTHS_PER_YEAR + 1;
    days = daysFromCivil(newYear, newMonth, Math.min(day, daysInMonth(newYear, newMonth)));
  }
  return checkTimestamp(addInt64(joinMicros(days + interval.days, ofDay), interval.micros));
}

/** Days and time between two instants, as `timestamp - timestamp` gives them. */
export function timestampDifference(a: number | bigint, b: number | bigint): Interval {
  if (!isFiniteMicros(a) || !isFiniteMicros(b)) {
    throw new AegisError("DATETIME_OUT_OF_RANGE", "cannot subtract infinite timestamps");
  }
  return justifyHours(makeInterval(0, 0, BigInt(a) - BigInt(b)));
}

/** Whole days of the time go to the days. */
export function justifyHours(interval: Interval): Interval {
  const micros = BigInt(interval.micros);
  let days = BigInt(interval.days) + micros / DAY;
  let rest = micros % DAY;
  if (days > 0n && rest < 0n) {
    rest += DAY;
    days--;
  } else if (days < 0n && rest > 0n) {
    rest -= DAY;
    days++;
  }
  return makeInterval(interval.months, Number(days), rest);
}

/** Thirty days go to a month. */
export function justifyDays(interval: Interval): Interval {
  let months = interval.months + Math.trunc(interval.days / DAYS_PER_MONTH);
  let days = interval.days % DAYS_PER_MONTH;
  if (months > 0 && days < 0) {
    days += DAYS_PER_MONTH;
    months--;
  } else if (months < 0 && days > 0) {
    days -= DAYS_PER_MONTH;
    months++;
  }
  return makeInterval(months, days, interval.micros);
}
