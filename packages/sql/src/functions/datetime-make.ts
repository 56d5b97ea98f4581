import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import {
  addInt64,
  daysFromCivil,
  daysInMonth,
  joinMicros,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  MIN_DAYS,
  roundToEven,
  TIMESTAMP_END_DAYS,
} from "../types/calendar.js";
import { datetimeOutOfRange } from "../types/data-errors.js";
import { checkDate, checkTimestamp } from "../types/datetime.js";
import type { Datum } from "../types/datum.js";
import { makeInterval } from "../types/interval.js";
import { scalar, ternary, unary } from "./define.js";
import { namedZone } from "./datetime-zones.js";
import {
  DATE,
  DOUBLE,
  INTEGER,
  INTERVAL,
  TEXT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
} from "./overloads.js";
import type { ScalarFunction } from "./registry.js";
import { instantOf, type Micros, sessionZone } from "./zoned-time.js";

function pad(value: number): string {
  return value < 0 ? String(value) : String(value).padStart(2, "0");
}

function fieldRange(what: string, shown: string): AegisError {
  const message = `${what} field value out of range: ${shown}`;
  return new AegisError("DATETIME_OUT_OF_RANGE", message);
}

/** Negative years are BC, and there is no year 0. */
function makeDate(year: number, month: number, day: number): number {
  const civil = year < 0 ? year + 1 : year;
  const valid =
    year !== 0 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(civil, month);
  if (!valid) throw fieldRange("date", `${year}-${pad(month)}-${pad(day)}`);
  const shown = `date out of range: ${year}-${pad(month)}-${pad(day)}`;
  return checkDate(daysFromCivil(civil, month, day), shown);
}

function makeTime(hour: number, minute: number, second: number): number {
  const micros =
    hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + Math.round(second * MICROS_PER_SECOND);
  const valid =
    hour >= 0 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 60 &&
    micros <= MICROS_PER_DAY;
  if (valid) return micros;
  throw fieldRange("time", `${hour}:${pad(minute)}:${second < 10 ? "0" : ""}${second}`);
}

function makeTimestamp(args: readonly Datum[]): Micros {
  const [year, month, day, hour, minute, second] = args as readonly number[];
  const days = makeDate(year!, month!, day!);
  const micros = makeTime(hour!, minute!, second!);
  if (days < MIN_DAYS || days >= TIMESTAMP_END_DAYS) throw datetimeOutOfRange("timestamp");
  return joinMicros(days, micros);
}

function makeSpan(args: readonly Datum[]): Interval {
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] =
    args as readonly number[];
  if (!Number.isFinite(seconds)) throw datetimeOutOfRange("interval");
  const time =
    BigInt(hours) * BigInt(MICROS_PER_HOUR) +
    BigInt(minutes) * BigInt(MICROS_PER_MINUTE) +
    BigInt(Math.round(seconds * MICROS_PER_SECOND));
  return makeInterval(years * 12 + months, weeks * 7 + days, time);
}

const SECONDS_TO_2000 = 946_684_800;

function fromEpoch(seconds: number): Micros {
  if (Number.isNaN(seconds)) {
    throw new AegisError("DATETIME_OUT_OF_RANGE", "timestamp cannot be NaN");
  }
  if (!Number.isFinite(seconds)) return seconds;
  // Timestamps count from 2000 in PostgreSQL, which shows in how their microseconds round.
  const since2000 = roundToEven((seconds - SECONDS_TO_2000) * MICROS_PER_SECOND);
  const whole = Number.isSafeInteger(since2000) ? since2000 : BigInt(since2000);
  const micros = addInt64(whole, SECONDS_TO_2000 * MICROS_PER_SECOND);
  return checkTimestamp(micros, `timestamp out of range: "${seconds}"`);
}

const CIVIL = [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, DOUBLE] as const;
const SPAN = [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, DOUBLE] as const;

export const makingFunctions: readonly ScalarFunction[] = [
  ternary<number>("make_date", [INTEGER, INTEGER, INTEGER], DATE, makeDate),
  ternary<number>("make_time", [INTEGER, INTEGER, DOUBLE], TIME, makeTime),
  scalar("make_timestamp", CIVIL, TIMESTAMP, makeTimestamp),
  scalar(
    "make_timestamptz",
    CIVIL,
    TIMESTAMPTZ,
    (args, context) => instantOf(makeTimestamp(args), sessionZone(context)),
    { volatility: "stable" },
  ),
  scalar("make_timestamptz", [...CIVIL, TEXT], TIMESTAMPTZ, (args) =>
    instantOf(makeTimestamp(args), namedZone(args[6] as string)),
  ),
  ...[0, 1, 2, 3, 4, 5, 6, 7].map((count) =>
    scalar("make_interval", SPAN.slice(0, count), INTERVAL, makeSpan),
  ),
  unary<number>("to_timestamp", DOUBLE, TIMESTAMPTZ, fromEpoch),
];
