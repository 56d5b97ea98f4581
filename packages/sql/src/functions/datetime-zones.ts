import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import type { SqlType } from "../types/sql-type.js";
import { type Zone, findZone } from "../types/time-zone.js";
import { isFiniteMicros } from "../types/datetime.js";
import { printInterval } from "../types/interval.js";
import { binary } from "./define.js";
import { INTERVAL, TEXT, TIMESTAMP, TIMESTAMPTZ } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";
import { instantOf, localOf, type Micros } from "./zoned-time.js";

/** A zone's name; a bare offset counts west of Greenwich, as POSIX has it. */
export function namedZone(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined) {
    throw new AegisError("INVALID_ARGUMENT", `time zone "${name}" not recognized`);
  }
  return typeof zone === "number" && /^[+-]\d/.test(name) ? 0 - zone : zone;
}

/** An offset counts east. */
function intervalZone(interval: Interval): Zone {
  if (interval.months !== 0 || interval.days !== 0) {
    const message = `interval time zone "${printInterval(interval)}" must not include months or days`;
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  return Number(BigInt(interval.micros) / 1_000_000n);
}

function inZone<Z extends string | Interval>(
  param: SqlType,
  zoneOf: (zone: Z) => Zone,
): readonly ScalarFunction[] {
  return [
    binary<Z, Micros>("timezone", [param, TIMESTAMP], TIMESTAMPTZ, (zone, local) =>
      isFiniteMicros(local) ? instantOf(local, zoneOf(zone)) : local,
    ),
    binary<Z, Micros>("timezone", [param, TIMESTAMPTZ], TIMESTAMP, (zone, instant) =>
      isFiniteMicros(instant) ? localOf(instant, zoneOf(zone)) : instant,
    ),
  ];
}

/** AT TIME ZONE is a call of timezone(). */
export const zoneFunctions: readonly ScalarFunction[] = [
  ...inZone<string>(TEXT, namedZone),
  ...inZone<Interval>(INTERVAL, intervalZone),
];
