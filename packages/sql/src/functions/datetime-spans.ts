import type { Interval } from "../contract/types.js";
import { AegisError } from "../contract/errors.js";
import { civilFromDays, daysInMonth, splitMicros } from "../types/calendar.js";
import { findCast } from "../types/casts.js";
import { dateToTimestamp, isFiniteMicros } from "../types/datetime.js";
import type { Datum } from "../types/datum.js";
import {
  addToTimestamp,
  justifyDays,
  justifyHours,
  makeInterval,
  negateInterval,
} from "../types/interval.js";
import { typeName } from "../types/names.js";
import type { SqlType } from "../types/sql-type.js";
import { binary, scalar, unary } from "./define.js";
import {
  BOOLEAN,
  DATE,
  INTERVAL,
  RECORD,
  sessionTimeZone,
  TIMESTAMP,
  TIMESTAMPTZ,
} from "./overloads.js";
import type { EvalContext, ScalarFunction } from "./registry.js";
import { localOf, type Micros, sessionZone } from "./zoned-time.js";

/** Years, months and days on the calendar between two local times, and the time that is left. */
function age(later: Micros, earlier: Micros): Interval {
  if (!isFiniteMicros(later) || !isFiniteMicros(earlier)) {
    throw new AegisError("DATETIME_OUT_OF_RANGE", "timestamp out of range");
  }
  if (later < earlier) return negateInterval(calendarAge(earlier, later));
  return calendarAge(later, earlier);
}

/** Days that are missing are borrowed from the month of the earlier time. */
function calendarAge(later: Micros, earlier: Micros): Interval {
  const end = splitMicros(later);
  const start = splitMicros(earlier);
  const to = civilFromDays(end.days);
  const from = civilFromDays(start.days);
  let micros = end.micros - start.micros;
  let days = to.day - from.day;
  let months = (to.year - from.year) * 12 + to.month - from.month;
  if (micros < 0) {
    micros += 86_400_000_000;
    days--;
  }
  while (days < 0) {
    days += daysInMonth(from.year, from.month);
    months--;
  }
  return makeInterval(months, days, micros);
}

function today(context: EvalContext): Micros {
  const { days } = splitMicros(localOf(context.now, sessionZone(context)));
  return dateToTimestamp(days);
}

function justifyInterval(interval: Interval): Interval {
  return evened(justifyDays(justifyHours(interval)));
}

/** After both steps the parts may still differ in sign. */
function evened(interval: Interval): Interval {
  let { months, days } = interval;
  let micros = BigInt(interval.micros);
  const day = 86_400_000_000n;
  if (months > 0 && (days < 0 || (days === 0 && micros < 0n))) {
    days += 30;
    months--;
  } else if (months < 0 && (days > 0 || (days === 0 && micros > 0n))) {
    days -= 30;
    months++;
  }
  if (days > 0 && micros < 0n) {
    micros += day;
    days--;
  } else if (days < 0 && micros > 0n) {
    micros -= day;
    days++;
  }
  return makeInterval(months, days, micros);
}

/** A bound of OVERLAPS as microseconds; a length counts from the start. */
type Bound = (value: Datum, start: Micros | null, context: EvalContext) => Micros | null;

function boundOf(type: SqlType | undefined): Bound {
  if (type?.name === "interval") {
    return (value, start) =>
      value === null || start === null ? null : addToTimestamp(start, value as Interval);
  }
  if (type?.name === "time") return (value) => value as Micros | null;
  const cast = type === undefined ? undefined : findCast(type, TIMESTAMP);
  if (type?.name === "timestamptz" || cast === undefined) return (value) => value as Micros | null;
  return (value, _start, context) => {
    const text = { now: context.now, timeZone: sessionTimeZone(context) };
    return cast.apply(value, TIMESTAMP, text, false) as Micros | null;
  };
}

/** Periods have their first moment and not their last; one without a length is its one moment. */
function periodsOverlap(
  first: readonly [Micros | null, Micros | null],
  second: readonly [Micros | null, Micros | null],
): boolean | null {
  let [s1, e1] = ordered(first);
  let [s2, e2] = ordered(second);
  if (s1 === null || s2 === null) return null;
  if (s1 < s2) {
    [s1, s2] = [s2, s1];
    [e1, e2] = [e2, e1];
  }
  if (s1 > s2) {
    if (e2 === null) return null;
    if (s1 < e2) return true;
    return e1 === null ? null : false;
  }
  return e1 === null || e2 === null ? null : true;
}

/** A start that is unknown changes places with the end, which is all that is known then. */
function ordered([start, end]: readonly [Micros | null, Micros | null]): readonly [
  Micros | null,
  Micros | null,
] {
  if (start === null) return [end, null];
  return end !== null && start > end ? [end, start] : [start, end];
}

const FAMILIES: Readonly<Partial<Record<SqlType["name"], string>>> = {
  date: "timestamp",
  timestamp: "timestamp",
  timestamptz: "timestamp",
  time: "time",
};

/** PostgreSQL has the operator for moments of one family, with an end or a length. */
function checkPeriods(...periods: readonly (SqlType | undefined)[]): void {
  const fields = periods.flatMap((period, i) => {
    const types = period?.fields?.map((field) => field.type) ?? [];
    if (types.length === 2) return types;
    const side = i === 0 ? "left" : "right";
    const message = `wrong number of parameters on ${side} side of OVERLAPS expression`;
    throw new AegisError("PARSE_ERROR", message);
  });
  const families = new Set(
    fields
      .filter(({ name }, i) => name !== "unknown" && !(name === "interval" && i % 2 === 1))
      .map(({ name }) => FAMILIES[name]),
  );
  if (!families.has(undefined) && families.size <= 1) return;
  const types = fields.map(typeName).join(", ");
  throw new AegisError(
    "FUNCTION_NOT_FOUND",
    `function pg_catalog.overlaps(${types}) does not exist`,
    {
      hint: "OVERLAPS compares periods of dates and times: two moments, or a moment and an interval.",
    },
  );
}

function overlapsOf([left, right]: readonly SqlType[]): ScalarFunction {
  const [a, b, c, d] = [left?.fields, right?.fields].flatMap((fields) => [
    boundOf(fields?.[0]?.type),
    boundOf(fields?.[1]?.type),
  ]);
  return binary<readonly Datum[]>(
    "overlaps",
    [RECORD, RECORD],
    BOOLEAN,
    (first, second, context) => {
      const s1 = a!(first[0]!, null, context);
      const s2 = c!(second[0]!, null, context);
      const e1 = b!(first[1]!, s1, context);
      const e2 = d!(second[1]!, s2, context);
      return periodsOverlap([s1, e1], [s2, e2]);
    },
  );
}

export const spanFunctions: readonly ScalarFunction[] = [
  binary<Micros>("age", [TIMESTAMP, TIMESTAMP], INTERVAL, age),
  binary<Micros>(
    "age",
    [TIMESTAMPTZ, TIMESTAMPTZ],
    INTERVAL,
    (a, b, context) => {
      const zone = sessionZone(context);
      return age(localOf(a, zone), localOf(b, zone));
    },
    { volatility: "stable" },
  ),
  unary<Micros>("age", TIMESTAMP, INTERVAL, (micros, context) => age(today(context), micros), {
    volatility: "stable",
  }),
  unary<Micros>(
    "age",
    TIMESTAMPTZ,
    INTERVAL,
    (micros, context) => age(today(context), localOf(micros, sessionZone(context))),
    { volatility: "stable" },
  ),
  unary<Interval>("justify_hours", INTERVAL, INTERVAL, justifyHours),
  unary<Interval>("justify_days", INTERVAL, INTERVAL, justifyDays),
  unary<Interval>("justify_interval", INTERVAL, INTERVAL, justifyInterval),
  unary<number>("isfinite", DATE, BOOLEAN, (days) => Number.isFinite(days)),
  unary<Micros>("isfinite", TIMESTAMP, BOOLEAN, isFiniteMicros),
  unary<Micros>("isfinite", TIMESTAMPTZ, BOOLEAN, isFiniteMicros),
  scalar("isfinite", [INTERVAL], BOOLEAN, () => true),
  {
    ...overlapsOf([]),
    forTypes: (types) => {
      checkPeriods(types[0], types[1]);
      return overlapsOf(types);
    },
  },
];
