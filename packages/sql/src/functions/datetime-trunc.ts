import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import {
  addInt64,
  daysFromCivil,
  joinMicros,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  toInt64,
} from "../types/calendar.js";
import { isFiniteMicros } from "../types/datetime.js";
import type { Datum } from "../types/datum.js";
import { makeInterval } from "../types/interval.js";
import { typeName } from "../types/names.js";
import { type Zone, zoneOffset } from "../types/time-zone.js";
import {
  dayOfWeek,
  localTime,
  type LocalTime,
  truncationUnit,
  type Unit,
  unitUnsupported,
} from "./datetime-fields.js";
import { scalar, ternary } from "./define.js";
import { namedZone } from "./datetime-zones.js";
import { INTERVAL, TEXT, TIMESTAMP, TIMESTAMPTZ } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";
import { instantOf, localOf, type Micros, sessionZone } from "./zoned-time.js";

/** Lengths of the units below a day. */
const CLOCK_UNITS: ReadonlyMap<string, number> = new Map([
  ["microsecond", 1],
  ["millisecond", 1000],
  ["second", MICROS_PER_SECOND],
  ["minute", MICROS_PER_MINUTE],
  ["hour", MICROS_PER_HOUR],
]);

/** The first day of the unit that a day is in; undefined for what is no unit of days. */
function firstDay(unit: string, { year, month, days }: LocalTime): number | undefined {
  switch (unit) {
    case "day":
      return days;
    case "week":
      return days - ((dayOfWeek(days) + 6) % 7);
    case "month":
      return daysFromCivil(year, month, 1);
    case "quarter":
      return daysFromCivil(year, month - ((month - 1) % 3), 1);
    case "year":
      return daysFromCivil(year, 1, 1);
    case "decade":
      return daysFromCivil(Math.floor(year / 10) * 10, 1, 1);
    case "century":
      return daysFromCivil(Math.ceil(year / 100) * 100 - 99, 1, 1);
    case "millennium":
      return daysFromCivil(Math.ceil(year / 1000) * 1000 - 999, 1, 1);
    default:
      return undefined;
  }
}

function truncateLocal(unit: Unit, micros: Micros): Micros {
  const time = localTime(micros);
  const length = CLOCK_UNITS.get(unit.name);
  if (length !== undefined) return joinMicros(time.days, time.micros - (time.micros % length));
  return joinMicros(firstDay(unit.name, time) ?? time.days, 0);
}

/** Zones are units too, though nothing can be cut to one. */
function cuttingUnit(text: string, shownType: string): Unit {
  const unit = truncationUnit(text, shownType);
  if (unit.name.startsWith("timezone")) throw unitUnsupported(unit, shownType);
  return unit;
}

const LOCAL_NAME = typeName(TIMESTAMP);
const INSTANT_NAME = typeName(TIMESTAMPTZ);

function truncateTimestamp(unitText: string, micros: Micros): Micros {
  const unit = cuttingUnit(unitText, LOCAL_NAME);
  return isFiniteMicros(micros) ? truncateLocal(unit, micros) : micros;
}

function truncateInstant(unitText: string, micros: Micros, zone: Zone): Micros {
  const unit = cuttingUnit(unitText, INSTANT_NAME);
  if (!isFiniteMicros(micros)) return micros;
  const cut = truncateLocal(unit, localOf(micros, zone));
  // Parts of a day keep the offset, so that an hour that comes twice stays the hour it was.
  if (!CLOCK_UNITS.has(unit.name)) return instantOf(cut, zone);
  return addInt64(cut, -zoneOffset(zone, micros) * MICROS_PER_SECOND);
}

const MONTHS_PER: ReadonlyMap<string, number> = new Map([
  ["month", 1],
  ["quarter", 3],
  ["year", 12],
  ["decade", 120],
  ["century", 1200],
  ["millennium", 12_000],
]);

function truncateInterval(unitText: string, { months, days, micros }: Interval): Interval {
  const unit = cuttingUnit(unitText, "interval");
  const { name, word } = unit;
  const monthLength = MONTHS_PER.get(name);
  if (monthLength !== undefined) return makeInterval(months - (months % monthLength), 0, 0);
  if (name === "day") return makeInterval(months, days, 0);
  const length = CLOCK_UNITS.get(name);
  if (length !== undefined) {
    const long = BigInt(micros);
    return makeInterval(months, days, long - (long % BigInt(length)));
  }
  throw new AegisError("UNSUPPORTED", `unit "${word}" not supported for type interval`, {
    detail: "Months usually have fractional weeks.",
  });
}

/** The start of the stride-long bin that a time is in, counted from the origin. */
function bin(stride: Interval, micros: Micros, origin: Micros): Micros {
  if (!isFiniteMicros(micros)) return micros;
  if (!isFiniteMicros(origin)) {
    throw new AegisError("DATETIME_OUT_OF_RANGE", "origin out of range");
  }
  if (stride.months !== 0) {
    const message = "timestamps cannot be binned into intervals containing months or years";
    throw new AegisError("UNSUPPORTED", message);
  }
  const length = BigInt(stride.days) * 86_400_000_000n + BigInt(stride.micros);
  if (length <= 0n) {
    throw new AegisError("DATETIME_OUT_OF_RANGE", "stride must be greater than zero");
  }
  const since = BigInt(micros) - BigInt(origin);
  const rest = ((since % length) + length) % length;
  return toInt64(BigInt(micros) - rest);
}

export const truncationFunctions: readonly ScalarFunction[] = [
  scalar("date_trunc", [TEXT, TIMESTAMP], TIMESTAMP, ([unit, micros]) =>
    truncateTimestamp(unit as string, micros as Micros),
  ),
  scalar(
    "date_trunc",
    [TEXT, TIMESTAMPTZ],
    TIMESTAMPTZ,
    ([unit, micros], context): Datum =>
      truncateInstant(unit as string, micros as Micros, sessionZone(context)),
    { volatility: "stable" },
  ),
  ternary<string, Micros, string>(
    "date_trunc",
    [TEXT, TIMESTAMPTZ, TEXT],
    TIMESTAMPTZ,
    (unit, micros, zone) => truncateInstant(unit, micros, namedZone(zone)),
  ),
  scalar("date_trunc", [TEXT, INTERVAL], INTERVAL, ([unit, interval]) =>
    truncateInterval(unit as string, interval as Interval),
  ),
  ...[TIMESTAMP, TIMESTAMPTZ].map((type) =>
    ternary<Interval, Micros, Micros>("date_bin", [INTERVAL, type, type], type, bin),
  ),
];
