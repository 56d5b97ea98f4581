import { AegisError } from "../contract/errors.js";
import { addInt64, MICROS_PER_DAY, MICROS_PER_SECOND } from "./calendar.js";

/** An offset in seconds east of UTC, or the name of a zone whose offset depends on the instant. */
export type Zone = number | string;

/** Abbreviations as PostgreSQL has them by default, in hours east of UTC. */
const ABBREVIATIONS: ReadonlyMap<string, number> = new Map([
  ...["z", "utc", "gmt", "ut", "uct", "zulu", "wet"].map((name) => [name, 0] as const),
  ...([
    ["west", 1],
    ["bst", 1],
    ["cet", 1],
    ["met", 1],
    ["cest", 2],
    ["eet", 2],
    ["eest", 3],
    ["msk", 3],
    ["jst", 9],
    ["kst", 9],
    ["aest", 10],
    ["aedt", 11],
    ["nzst", 12],
    ["nzdt", 13],
    ["ast", -4],
    ["edt", -4],
    ["est", -5],
    ["cdt", -5],
    ["cst", -6],
    ["mdt", -6],
    ["mst", -7],
    ["pdt", -7],
    ["pst", -8],
    ["akst", -9],
    ["hst", -10],
  ] as const),
]);

/** 0001-01-03: a day on which every zone's clocks show a year after Christ. */
const FIRST_MILLIS = -62_135_424_000_000;
const LAST_MILLIS = 8_640_000_000_000_000;

/** One formatter a zone: making one is slow, and there are some hundred zones at most. */
const formatters = new Map<string, Intl.DateTimeFormat>();

/** The zone a name stands for, or undefined if there is none. */
export function findZone(name: string): Zone | undefined {
  const hours = ABBREVIATIONS.get(name.toLowerCase());
  if (hours !== undefined) return hours * 3600;
  const offset = /^([+-]\d{1,2})(?::?(\d{2}))?(?::?(\d{2}))?$/.exec(name);
  if (offset !== null) return offsetSeconds(offset[1]!, offset[2], offset[3]);
  return formatterOf(name) === undefined ? undefined : name;
}

/** Throws INVALID_ARGUMENT where there is no such zone. */
export function zoneByName(name: string): Zone {
  const zone = findZone(name);
  if (zone === undefined) throw unknownZone(name);
  return zone;
}

export function unknownZone(name: string): AegisError {
  return new AegisError("INVALID_ARGUMENT", `time zone "${name.toLowerCase()}" not recognized`);
}

export function offsetSeconds(hours: string, minutes: string = "0", seconds: string = "0"): number {
  const size = Math.abs(Number(hours)) * 3600 + Number(minutes) * 60 + Number(seconds);
  return hours.startsWith("-") ? -size : size;
}

/** Seconds east of UTC at an instant (microseconds since 1970 UTC). */
export function zoneOffset(zone: Zone, micros: number | bigint): number {
  if (typeof zone === "number") return zone;
  // What lies outside of JavaScript's own dates has the offset of the nearest instant inside.
  const millis = Math.floor(Number(micros) / 1000);
  const seconds = Math.floor(Math.min(Math.max(millis, FIRST_MILLIS), LAST_MILLIS - 1) / 1000);
  const day = Math.floor(seconds / SECONDS_PER_DAY);
  return dayOffset(zone, day) ?? askOffset(zone, seconds);
}

const SECONDS_PER_DAY = 86_400;
/** Days whose offsets are kept, of each zone. */
const MAX_CACHED_DAYS = 50_000;
const dayOffsets = new Map<string, Map<number, number | undefined>>();

/** The offset of a whole day (of UTC), or undefined where clocks are set in the course of it. */
function dayOffset(zone: string, day: number): number | undefined {
  const days = dayOffsets.get(zone) ?? new Map<number, number | undefined>();
  if (days.size === 0) dayOffsets.set(zone, days);
  const known = days.get(day);
  if (known !== undefined || days.has(day)) return known;
  const first = askOffset(zone, day * SECONDS_PER_DAY);
  const last = askOffset(zone, (day + 1) * SECONDS_PER_DAY - 1);
  if (days.size >= MAX_CACHED_DAYS) days.clear();
  const offset = first === last ? first : undefined;
  days.set(day, offset);
  return offset;
}

/** Asks Intl, which takes microseconds. */
function askOffset(zone: string, seconds: number): number {
  const formatter = formatterOf(zone);
  if (formatter === undefined) throw unknownZone(zone);
  const part = new Map<string, number>();
  for (const { type, value } of formatter.formatToParts(seconds * 1000)) {
    part.set(type, Number(value));
  }
  const at = (type: string): number => part.get(type) ?? 0;
  const local = new Date(0);
  local.setUTCFullYear(at("year"), at("month") - 1, at("day"));
  local.setUTCHours(at("hour"), at("minute"), at("second"));
  return local.getTime() / 1000 - seconds;
}

/**
 * The instant at which a zone's clocks show `local` (microseconds as if it were UTC). Of an hour
 * that comes twice it is the second; an hour that is skipped counts on from before the gap.
 */
export function localToInstant(local: number | bigint, zone: Zone): number | bigint {
  const before = zoneOffset(zone, addInt64(local, -MICROS_PER_DAY));
  const after = zoneOffset(zone, addInt64(local, MICROS_PER_DAY));
  const byAfter = addInt64(local, -after * MICROS_PER_SECOND);
  if (before === after || zoneOffset(zone, byAfter) === after) return byAfter;
  return addInt64(local, -before * MICROS_PER_SECOND);
}

/** What the clocks of a zone show at an instant. */
export function instantToLocal(instant: number | bigint, zone: Zone): number | bigint {
  return addInt64(instant, zoneOffset(zone, instant) * MICROS_PER_SECOND);
}

function formatterOf(name: string): Intl.DateTimeFormat | undefined {
  const cached = formatters.get(name);
  if (cached !== undefined) return cached;
  try {
    const formatter = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    formatters.set(name, formatter);
    return formatter;
  } catch {
    // Intl has no other way to ask whether it knows a zone.
    return undefined;
  }
}
