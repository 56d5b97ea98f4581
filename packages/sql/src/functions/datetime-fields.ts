import { AegisError } from "../contract/errors.js";
import {
  civilFromDays,
  daysFromCivil,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  splitMicros,
} from "../types/calendar.js";

/** A point in local time, taken apart. */
export interface LocalTime {
  readonly days: number;
  /** Microseconds of the day. */
  readonly micros: number;
  /** Year 0 is 1 BC. */
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

export function localTime(micros: number | bigint): LocalTime {
  const { days, micros: ofDay } = splitMicros(micros);
  const { year, month, day } = civilFromDays(days);
  return { days, micros: ofDay, year, month, day };
}

export function localDate(days: number): LocalTime {
  const { year, month, day } = civilFromDays(days);
  return { days, micros: 0, year, month, day };
}

/** 0 is Sunday. 1970-01-01 was a Thursday. */
export function dayOfWeek(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}

export function dayOfYear(time: LocalTime): number {
  return time.days - daysFromCivil(time.year, 1, 1) + 1;
}

/** ISO weeks start on Mondays; the first one of a year has its first Thursday. */
export function isoWeek(days: number): { readonly year: number; readonly week: number } {
  const thursday = days - ((dayOfWeek(days) + 6) % 7) + 3;
  const { year } = civilFromDays(thursday);
  return { year, week: Math.floor((thursday - daysFromCivil(year, 1, 1)) / 7) + 1 };
}

/** The Monday of the first ISO week of a year. */
export function isoYearStart(year: number): number {
  const fourth = daysFromCivil(year, 1, 4);
  return fourth - ((dayOfWeek(fourth) + 6) % 7);
}

export function hourOf(micros: number): number {
  return Math.floor(micros / MICROS_PER_HOUR);
}

export function minuteOf(micros: number): number {
  return Math.floor((micros % MICROS_PER_HOUR) / MICROS_PER_MINUTE);
}

/** Days from the start of Julian day 0 to 1970-01-01. */
export const JULIAN_EPOCH = 2_440_588;

const NAMES: ReadonlyMap<string, string> = new Map(
  [
    "century centuries cent c",
    "day days d",
    "decade decades dec decs",
    "dow",
    "doy",
    "epoch",
    "hour hours hr hrs h",
    "isodow",
    "isoyear",
    "julian jd j",
    "microsecond microseconds usec usecs us usecond useconds",
    "millennium millennia mil mils",
    "millisecond milliseconds msec msecs ms msecond mseconds",
    "minute minutes min mins m",
    "month months mon mons",
    "quarter qtr",
    "second seconds sec secs s",
    "timezone",
    "timezone_hour",
    "timezone_minute",
    "week weeks w",
    "year years yr yrs y",
  ].flatMap((line) => {
    const [name, ...aliases] = line.split(" ");
    return [name!, ...aliases].map((alias) => [alias, name!] as const);
  }),
);

/** Units that a field can be of and that nothing can be cut to. */
const FIELDS_ONLY: ReadonlySet<string> = new Set("dow doy epoch isodow isoyear julian".split(" "));

/** A unit, and the word that stood for it, in lower case. */
export interface Unit {
  readonly name: string;
  readonly word: string;
}

/** Throws INVALID_ARGUMENT for a word that is no unit. */
export function unitByName(text: string, typeName: string): Unit {
  const word = text.toLowerCase();
  const name = NAMES.get(word);
  if (name !== undefined) return { name, word };
  throw new AegisError("INVALID_ARGUMENT", `unit "${word}" not recognized for type ${typeName}`);
}

/** The same for a unit that times are cut to. */
export function truncationUnit(text: string, typeName: string): Unit {
  const unit = unitByName(text, typeName);
  if (!FIELDS_ONLY.has(unit.name)) return unit;
  const message = `unit "${unit.word}" not recognized for type ${typeName}`;
  throw new AegisError("INVALID_ARGUMENT", message);
}

export function unitUnsupported({ word }: Unit, typeName: string): AegisError {
  return new AegisError("UNSUPPORTED", `unit "${word}" not supported for type ${typeName}`);
}

/** Centuries and the like count from 1; there is no year 0. */
export function shownYear(year: number): number {
  return year > 0 ? year : year - 1;
}

/** The period of `length` years that a year is in: the 20th century has 1901 to 2000. */
export function periodOf(year: number, length: number): number {
  if (year > 0) return Math.floor((year + length - 1) / length);
  return -Math.floor((length - 1 - (year - 1)) / length);
}

export function decadeOf(year: number): number {
  return Math.floor(year / 10);
}
