import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import { addInt64, MICROS_PER_DAY } from "../types/calendar.js";
import { checkDate, checkTimestamp, dateToTimestamp } from "../types/datetime.js";
import type { Datum } from "../types/datum.js";
import {
  addIntervals,
  addToTimestamp,
  divideInterval,
  makeInterval,
  multiplyInterval,
  negateInterval,
  timestampDifference,
} from "../types/interval.js";
import type { SqlType } from "../types/sql-type.js";
import { binary, type Traits, unary } from "./define.js";
import { DATE, DOUBLE, INTEGER, INTERVAL, TIME, TIMESTAMP, TIMESTAMPTZ } from "./overloads.js";
import type { EvalContext, ScalarFunction } from "./registry.js";
import { addInZone, type Micros, sessionZone } from "./zoned-time.js";

function addDays(date: number, days: number): number {
  return Number.isFinite(date) ? checkDate(date + days) : date;
}

function daysBetween(a: number, b: number): number {
  if (Number.isFinite(a) && Number.isFinite(b)) return a - b;
  throw new AegisError("DATETIME_OUT_OF_RANGE", "cannot subtract infinite dates");
}

function addTime(date: number, time: number): Micros {
  const midnight = dateToTimestamp(date);
  return Number.isFinite(date) ? checkTimestamp(addInt64(midnight, time)) : midnight;
}

/** Only the time of the interval counts, and it goes round the clock. */
function shiftTime(time: number, interval: Interval): number {
  const day = BigInt(MICROS_PER_DAY);
  const sum = (BigInt(time) + BigInt(interval.micros)) % day;
  return Number(sum < 0n ? sum + day : sum);
}

function addLocal(micros: Micros, interval: Interval): Micros {
  return addToTimestamp(micros, interval);
}

function addInstant(micros: Micros, interval: Interval, context: EvalContext): Micros {
  return addInZone(micros, interval, sessionZone(context));
}

/** `a + b`, and `b + a` with the same meaning. */
function plus<A extends Datum, B extends Datum>(
  a: SqlType,
  b: SqlType,
  result: SqlType,
  add: (a: A, b: B, context: EvalContext) => Datum,
  traits?: Traits,
): readonly ScalarFunction[] {
  return [
    binary<A, B>("+", [a, b], result, add, traits),
    binary<B, A>("+", [b, a], result, (y, x, context) => add(x, y, context), traits),
  ];
}

/** An instant moves by the clocks of the session's zone. */
const BY_ZONE: Traits = { volatility: "stable" };

const additions: readonly ScalarFunction[] = [
  ...plus<number, number>(DATE, INTEGER, DATE, addDays),
  ...plus<number, number>(DATE, TIME, TIMESTAMP, addTime),
  ...plus<number, Interval>(DATE, INTERVAL, TIMESTAMP, (date, interval) =>
    addLocal(dateToTimestamp(date), interval),
  ),
  ...plus<number, Interval>(TIME, INTERVAL, TIME, shiftTime),
  ...plus<Micros, Interval>(TIMESTAMP, INTERVAL, TIMESTAMP, addLocal),
  ...plus<Micros, Interval>(TIMESTAMPTZ, INTERVAL, TIMESTAMPTZ, addInstant, BY_ZONE),
  binary<Interval>("+", [INTERVAL, INTERVAL], INTERVAL, addIntervals),
];

const subtractions: readonly ScalarFunction[] = [
  binary<number>("-", [DATE, INTEGER], DATE, (date, days) => addDays(date, -days)),
  binary<number>("-", [DATE, DATE], INTEGER, daysBetween),
  binary<number, Interval>("-", [DATE, INTERVAL], TIMESTAMP, (date, interval) =>
    addLocal(dateToTimestamp(date), negateInterval(interval)),
  ),
  binary<number>("-", [TIME, TIME], INTERVAL, (a, b) => makeInterval(0, 0, a - b)),
  binary<number, Interval>("-", [TIME, INTERVAL], TIME, (time, interval) =>
    shiftTime(time, negateInterval(interval)),
  ),
  binary<Micros>("-", [TIMESTAMP, TIMESTAMP], INTERVAL, timestampDifference),
  binary<Micros>("-", [TIMESTAMPTZ, TIMESTAMPTZ], INTERVAL, timestampDifference),
  binary<Micros, Interval>("-", [TIMESTAMP, INTERVAL], TIMESTAMP, (micros, interval) =>
    addLocal(micros, negateInterval(interval)),
  ),
  binary<Micros, Interval>(
    "-",
    [TIMESTAMPTZ, INTERVAL],
    TIMESTAMPTZ,
    (micros, interval, context) => addInstant(micros, negateInterval(interval), context),
    BY_ZONE,
  ),
  binary<Interval>("-", [INTERVAL, INTERVAL], INTERVAL, (a, b) =>
    addIntervals(a, negateInterval(b)),
  ),
  unary<Interval>("unary -", INTERVAL, INTERVAL, negateInterval),
];

export const datetimeOperators: readonly ScalarFunction[] = [
  ...additions,
  ...subtractions,
  binary<Interval, number>("*", [INTERVAL, DOUBLE], INTERVAL, multiplyInterval),
  binary<number, Interval>("*", [DOUBLE, INTERVAL], INTERVAL, (factor, interval) =>
    multiplyInterval(interval, factor),
  ),
  binary<Interval, number>("/", [INTERVAL, DOUBLE], INTERVAL, divideInterval),
];
