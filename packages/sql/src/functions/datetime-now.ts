import { splitMicros } from "../types/calendar.js";
import { roundMicros } from "../types/datetime.js";
import type { SqlType } from "../types/sql-type.js";
import { scalar } from "./define.js";
import { DATE, INTEGER, TEXT, TIME, TIMESTAMP, TIMESTAMPTZ } from "./overloads.js";
import type { EvalContext, ScalarFunction } from "./registry.js";
import { localOf, type Micros, sessionZone } from "./zoned-time.js";
import { zoneAbbreviation } from "./zone-names.js";
import { formatTimestamp } from "./template-output.js";

type Read = (context: EvalContext) => Micros;

function localNow(context: EvalContext): Micros {
  return localOf(context.now, sessionZone(context));
}

function clockNow(context: EvalContext): number {
  return splitMicros(localNow(context)).micros;
}

/** Without an argument, and with the digits of the seconds' fraction. */
function rounded(name: string, type: SqlType, read: Read): readonly ScalarFunction[] {
  return [
    scalar(name, [], type, (_args, context) => read(context), { volatility: "stable" }),
    scalar(
      name,
      [INTEGER],
      type,
      ([digits], context) => roundMicros(read(context), Math.max(0, digits as number)),
      { volatility: "stable" },
    ),
  ];
}

function timeOfDay(context: EvalContext): string {
  const zone = sessionZone(context);
  const micros = context.clock();
  const local = localOf(micros, zone);
  const shown = formatTimestamp("Dy Mon DD HH24:MI:SS.US YYYY", local, undefined);
  return `${shown} ${zoneAbbreviation(zone, micros)}`;
}

const STABLE = { volatility: "stable" } as const;
const VOLATILE = { volatility: "volatile" } as const;

export const clockFunctions: readonly ScalarFunction[] = [
  ...["now", "transaction_timestamp", "statement_timestamp"].map((name) =>
    scalar(name, [], TIMESTAMPTZ, (_args, { now }) => now, STABLE),
  ),
  scalar("clock_timestamp", [], TIMESTAMPTZ, (_args, { clock }) => clock(), VOLATILE),
  scalar("timeofday", [], TEXT, (_args, context) => timeOfDay(context), VOLATILE),
  scalar("current_date", [], DATE, (_args, context) => splitMicros(localNow(context)).days, STABLE),
  ...rounded("current_timestamp", TIMESTAMPTZ, ({ now }) => now),
  ...rounded("localtimestamp", TIMESTAMP, localNow),
  ...rounded("localtime", TIME, clockNow),
  // There is no type of times with a zone; the time is that of the session's zone.
  ...rounded("current_time", TIME, clockNow),
];
