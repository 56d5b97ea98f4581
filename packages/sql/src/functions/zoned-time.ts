import type { Interval } from "../contract/types.js";
import { isFiniteMicros } from "../types/datetime.js";
import { addToTimestamp } from "../types/interval.js";
import { instantToLocal, localToInstant, type Zone, zoneByName } from "../types/time-zone.js";
import { sessionTimeZone } from "./overloads.js";
import type { EvalContext } from "./registry.js";

/** Microseconds since 1970, or an infinity. */
export type Micros = number | bigint;

export function sessionZone(context: EvalContext): Zone {
  return zoneByName(sessionTimeZone(context));
}

/** Months and days are those of the zone's clocks; the time of the interval is absolute. */
export function addInZone(micros: Micros, interval: Interval, zone: Zone): Micros {
  const { months, days, micros: time } = interval;
  if (!isFiniteMicros(micros) || (months === 0 && days === 0)) {
    return addToTimestamp(micros, interval);
  }
  const local = addToTimestamp(instantToLocal(micros, zone), { months, days, micros: 0 });
  return addToTimestamp(localToInstant(local, zone), { months: 0, days: 0, micros: time });
}

/** What the zone's clocks show; infinities stay. */
export function localOf(micros: Micros, zone: Zone): Micros {
  return isFiniteMicros(micros) ? instantToLocal(micros, zone) : micros;
}

export function instantOf(local: Micros, zone: Zone): Micros {
  return isFiniteMicros(local) ? localToInstant(local, zone) : local;
}
