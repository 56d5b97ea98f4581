import type { Interval } from "../contract/types.js";
import { MICROS_PER_DAY } from "../types/calendar.js";
import { dateToTimestamp, isFiniteMicros } from "../types/datetime.js";
import type { Datum } from "../types/datum.js";
import { add, divide } from "../types/decimal-arithmetic.js";
import { Decimal } from "../types/decimal.js";
import { typeName } from "../types/names.js";
import type { SqlType } from "../types/sql-type.js";
import { zoneOffset } from "../types/time-zone.js";
import {
  dayOfWeek,
  dayOfYear,
  decadeOf,
  hourOf,
  isoWeek,
  JULIAN_EPOCH,
  localDate,
  localTime,
  type LocalTime,
  minuteOf,
  periodOf,
  shownYear,
  type Unit,
  unitByName,
  unitUnsupported,
} from "./datetime-fields.js";
import { scalar } from "./define.js";
import {
  DATE,
  DOUBLE,
  INTERVAL,
  NUMERIC,
  TEXT,
  TIME,
  TIMESTAMP,
  TIMESTAMPTZ,
} from "./overloads.js";
import type { EvalContext, ScalarFunction } from "./registry.js";
import { localOf, type Micros, sessionZone } from "./zoned-time.js";

/** A field that the type does not have. */
const ABSENT: unique symbol = Symbol("absent");
type Field = number | Decimal | typeof ABSENT;

/** These grow without end, so an infinite time has an infinite one; it has none of the others. */
const MONOTONIC: ReadonlySet<string> = new Set(
  "year decade century millennium julian isoyear epoch".split(" "),
);

/** Whole microseconds as a number of larger units with so many digits of fraction. */
function fixed(micros: number | bigint, scale: number): Decimal {
  return new Decimal(BigInt(micros), scale);
}

function clockField(unit: string, micros: number): Field {
  const seconds = micros % 60_000_000;
  switch (unit) {
    case "microsecond":
      return seconds;
    case "millisecond":
      return fixed(seconds, 3);
    case "second":
      return fixed(seconds, 6);
    case "minute":
      return minuteOf(micros);
    case "hour":
      return hourOf(micros);
    default:
      return ABSENT;
  }
}

function dateField(unit: string, time: LocalTime): Field {
  switch (unit) {
    case "day":
      return time.day;
    case "month":
      return time.month;
    case "quarter":
      return Math.floor((time.month - 1) / 3) + 1;
    case "week":
      return isoWeek(time.days).week;
    case "year":
      return shownYear(time.year);
    case "decade":
      return decadeOf(time.year);
    case "century":
      return periodOf(time.year, 100);
    case "millennium":
      return periodOf(time.year, 1000);
    case "isoyear":
      return shownYear(isoWeek(time.days).year);
    case "dow":
      return dayOfWeek(time.days);
    case "isodow":
      return dayOfWeek(time.days) || 7;
    case "doy":
      return dayOfYear(time);
    default:
      return ABSENT;
  }
}

function timestampField(unit: string, micros: Micros): Field {
  const time = localTime(micros);
  if (unit === "epoch") return fixed(micros, 6);
  if (unit === "julian") {
    const part = divide(Decimal.fromInteger(time.micros), Decimal.fromInteger(MICROS_PER_DAY));
    return add(Decimal.fromInteger(time.days + JULIAN_EPOCH), part);
  }
  const date = dateField(unit, time);
  return date === ABSENT ? clockField(unit, time.micros) : date;
}

function instantField(unit: string, micros: Micros, context: EvalContext): Field {
  const zone = sessionZone(context);
  switch (unit) {
    case "timezone":
      return zoneOffset(zone, micros);
    case "timezone_hour":
      return Math.trunc(zoneOffset(zone, micros) / 3600);
    case "timezone_minute":
      return Math.trunc((zoneOffset(zone, micros) % 3600) / 60);
    case "epoch":
      return fixed(micros, 6);
    default:
      return timestampField(unit, localOf(micros, zone));
  }
}

function dayField(unit: string, days: number): Field {
  if (unit === "epoch") return days * 86_400;
  if (unit === "julian") return days + JULIAN_EPOCH;
  return dateField(unit, localDate(days));
}

function timeField(unit: string, micros: number): Field {
  return unit === "epoch" ? fixed(micros, 6) : clockField(unit, micros);
}

/** A year counts 365.25 days here, and a month 30, as everywhere in intervals. */
const QUARTER_DAYS_PER_YEAR = 1461n;
const QUARTER_DAYS_PER_MONTH = 120n;
const MICROS_PER_QUARTER_DAY = BigInt(MICROS_PER_DAY / 4);

function intervalField(unit: string, { months, days, micros }: Interval): Field {
  const years = Math.trunc(months / 12);
  const monthsLeft = months % 12;
  switch (unit) {
    case "day":
      return days;
    case "month":
      return monthsLeft;
    case "quarter":
      return Math.trunc(monthsLeft / 3) + 1;
    case "year":
      return years;
    case "decade":
      return Math.trunc(years / 10);
    case "century":
      return Math.trunc(years / 100);
    case "millennium":
      return Math.trunc(years / 1000);
    case "epoch": {
      const quarters =
        BigInt(years) * QUARTER_DAYS_PER_YEAR +
        BigInt(monthsLeft) * QUARTER_DAYS_PER_MONTH +
        BigInt(days) * 4n;
      return fixed(quarters * MICROS_PER_QUARTER_DAY + BigInt(micros), 6);
    }
    default:
      return intervalClock(unit, BigInt(micros));
  }
}

/** Signed, and the hours go on past a day. */
function intervalClock(unit: string, micros: bigint): Field {
  if (unit === "hour") return Decimal.fromInteger(micros / 3_600_000_000n);
  const size = Number((micros < 0n ? -micros : micros) % 3_600_000_000n);
  const field = clockField(unit, size);
  if (field === ABSENT || micros >= 0n) return field;
  return field instanceof Decimal ? new Decimal(-field.unscaled, field.scale) : 0 - field;
}

/** Any day: what fields a date has does not depend on which it is. */
const EPOCH_DAY: Datum = 0;

type Read<T> = (unit: string, value: T, context: EvalContext) => Field;

/** extract gives a numeric, date_part a double precision; both take the same fields. */
function extracting<T extends Datum>(type: SqlType, read: Read<T>): readonly ScalarFunction[] {
  const shown = typeName(type);
  const field = (unit: Unit, value: T, context: EvalContext): number | Decimal | null => {
    if (typeof value === "number" && !isFiniteMicros(value)) {
      const absent = type.name === "date" && read(unit.name, EPOCH_DAY as T, context) === ABSENT;
      if (absent) throw unitUnsupported(unit, shown);
      return MONOTONIC.has(unit.name) ? value : null;
    }
    const result = read(unit.name, value, context);
    if (result === ABSENT) throw unitUnsupported(unit, shown);
    return result;
  };
  const define = (
    name: string,
    result: SqlType,
    convert: (value: number | Decimal) => Datum,
  ): ScalarFunction => {
    const converted = (unit: Unit, value: Datum, context: EvalContext): Datum => {
      const number = field(unit, value as T, context);
      return number === null ? null : convert(number);
    };
    return scalar(
      name,
      [TEXT, type],
      result,
      ([unit, value], context) => converted(unitByName(unit as string, shown), value!, context),
      {
        volatility: type.name === "timestamptz" ? "stable" : "immutable",
        specialize: ([constant]) => {
          if (typeof constant !== "string") return undefined;
          const unit = unitByName(constant, shown);
          return ([, value], context) => converted(unit, value!, context);
        },
      },
    );
  };
  return [
    define("extract", NUMERIC, toDecimal),
    // The sum makes a zero of a negative zero.
    define("date_part", DOUBLE, (value) =>
      value instanceof Decimal ? value.toNumber() : value + 0,
    ),
  ];
}

/** date_part takes a date for the timestamp of its midnight, and so for one with hours. */
function datePartOfDate(): ScalarFunction {
  const [, ofTimestamp] = extracting<Micros>(TIMESTAMP, timestampField);
  const { evaluate } = ofTimestamp!;
  return scalar("date_part", [TEXT, DATE], DOUBLE, ([unit, days], context) =>
    evaluate([unit!, dateToTimestamp(days as number)], context),
  );
}

function toDecimal(value: number | Decimal): Decimal {
  if (value instanceof Decimal) return value;
  if (Number.isFinite(value)) return Decimal.fromInteger(value);
  return value > 0 ? Decimal.Infinity : Decimal.NegativeInfinity;
}

export const extractFunctions: readonly ScalarFunction[] = [
  extracting<number>(DATE, dayField)[0]!,
  datePartOfDate(),
  ...extracting<number>(TIME, timeField),
  ...extracting<Micros>(TIMESTAMP, timestampField),
  ...extracting<Micros>(TIMESTAMPTZ, instantField),
  ...extracting<Interval>(INTERVAL, intervalField),
];
