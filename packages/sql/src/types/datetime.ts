import { AegisError } from "../contract/errors.js";
import {
  addInt64,
  civilFromDays,
  joinMicros,
  MAX_DAYS,
  MICROS_PER_DAY,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
  MIN_DAYS,
  splitMicros,
  TIMESTAMP_END_DAYS,
} from "./calendar.js";
import { datetimeOutOfRange, invalidDatetime } from "./data-errors.js";
import {
  type DatetimeFields,
  type DatetimeWord,
  daysOf,
  parseDatetime,
  type TextContext,
} from "./datetime-parser.js";
import { instantToLocal, localToInstant, zoneByName, zoneOffset } from "./time-zone.js";

const FIRST_MICROS = BigInt(MIN_DAYS) * BigInt(MICROS_PER_DAY);
const END_MICROS = BigInt(TIMESTAMP_END_DAYS) * BigInt(MICROS_PER_DAY);

/** Days since 1970-01-01, or an infinity. */
export function parseDate(text: string, context: TextContext): number {
  const { word, date } = parseDatetime(text, "date");
  if (word !== undefined) {
    const instant = wordInstant(word, context);
    if (typeof instant === "number" && !Number.isFinite(instant)) return instant;
    if (word === "epoch") return 0;
    return splitMicros(instantToLocal(instant, zoneByName(context.timeZone))).days;
  }
  if (date === undefined) throw invalidDatetime("date", text);
  return checkDate(daysOf(date), `date out of range: "${text}"`);
}

/** Microseconds since midnight. */
export function parseTime(text: string, context: TextContext): number {
  const { word, micros } = parseDatetime(text, "time");
  if (word === "now") {
    return splitMicros(instantToLocal(context.now, zoneByName(context.timeZone))).micros;
  }
  if (micros === undefined) throw invalidDatetime("time", text);
  return micros;
}

/** A zone in the text is read and has no effect, as in PostgreSQL. */
export function parseTimestamp(text: string, context: TextContext): number | bigint {
  const fields = parseDatetime(text, "timestamp");
  if (fields.word === undefined) return civilMicros(fields, text, "timestamp");
  const instant = wordInstant(fields.word, context);
  if (fields.word === "epoch" || !isFiniteMicros(instant)) return instant;
  return addInt64(instantToLocal(instant, zoneByName(context.timeZone)), fields.micros ?? 0);
}

/** Microseconds UTC; where the text names no zone, the session's holds. */
export function parseTimestamptz(text: string, context: TextContext): number | bigint {
  const fields = parseDatetime(text, "timestamp with time zone");
  if (fields.word !== undefined) {
    const instant = wordInstant(fields.word, context);
    return isFiniteMicros(instant) ? addInt64(instant, fields.micros ?? 0) : instant;
  }
  const local = civilMicros(fields, text, "timestamp with time zone");
  const zone = fields.zone ?? zoneByName(context.timeZone);
  return checkTimestamp(localToInstant(local, zone), `timestamp out of range: "${text}"`);
}

export function printDate(days: number): string {
  if (!Number.isFinite(days)) return days > 0 ? "infinity" : "-infinity";
  const { body, suffix } = civilText(days);
  return body + suffix;
}

export function printTime(micros: number): string {
  const hours = Math.floor(micros / MICROS_PER_HOUR);
  const minutes = Math.floor((micros % MICROS_PER_HOUR) / MICROS_PER_MINUTE);
  return `${pad2(hours)}:${pad2(minutes)}:${printSeconds(micros % MICROS_PER_MINUTE)}`;
}

/** Two digits of seconds, and as many digits of the fraction as it needs. */
export function printSeconds(micros: number): string {
  const seconds = pad2(Math.floor(micros / MICROS_PER_SECOND));
  const fraction = micros % MICROS_PER_SECOND;
  if (fraction === 0) return seconds;
  return `${seconds}.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
}

export function printTimestamp(micros: number | bigint): string {
  if (!isFiniteMicros(micros)) return micros > 0 ? "infinity" : "-infinity";
  const { days, micros: ofDay } = splitMicros(micros);
  const { body, suffix } = civilText(days);
  return `${body} ${printTime(ofDay)}${suffix}`;
}

export function printTimestamptz(micros: number | bigint, timeZone: string): string {
  if (!isFiniteMicros(micros)) return micros > 0 ? "infinity" : "-infinity";
  const offset = zoneOffset(zoneByName(timeZone), micros);
  const { days, micros: ofDay } = splitMicros(addInt64(micros, offset * MICROS_PER_SECOND));
  const { body, suffix } = civilText(days);
  return `${body} ${printTime(ofDay)}${printOffset(offset)}${suffix}`;
}

export function isFiniteMicros(micros: number | bigint): boolean {
  return typeof micros === "bigint" || Number.isFinite(micros);
}

/** A finite day number within the range of date. */
export function checkDate(days: number, message: string = "date out of range"): number {
  if (days >= MIN_DAYS && days <= MAX_DAYS) return days;
  throw new AegisError("DATETIME_OUT_OF_RANGE", message);
}

/** Microseconds within the range of timestamp, or an infinity. */
export function checkTimestamp(
  micros: number | bigint,
  message: string = "timestamp out of range",
): number | bigint {
  if (!isFiniteMicros(micros) || (micros >= FIRST_MICROS && micros < END_MICROS)) return micros;
  throw new AegisError("DATETIME_OUT_OF_RANGE", message);
}

/** Midnight of a day. */
export function dateToTimestamp(days: number): number | bigint {
  if (!Number.isFinite(days)) return days;
  if (days >= TIMESTAMP_END_DAYS) {
    throw new AegisError("DATETIME_OUT_OF_RANGE", "date out of range for timestamp");
  }
  return joinMicros(days, 0);
}

export function timestampToDate(micros: number | bigint): number {
  return isFiniteMicros(micros) ? splitMicros(micros).days : Number(micros);
}

/** Rounds to `digits` of a second's fraction. */
export function roundMicros(micros: number | bigint, digits: number): number | bigint {
  if (!isFiniteMicros(micros) || digits >= 6) return micros;
  const unit = 10 ** (6 - digits);
  const { days, micros: ofDay } = splitMicros(micros);
  return joinMicros(days, Math.round(ofDay / unit) * unit);
}

function civilMicros(fields: DatetimeFields, text: string, typeName: string): number | bigint {
  if (fields.date === undefined) throw invalidDatetime(typeName, text);
  const days = daysOf(fields.date);
  if (days < MIN_DAYS || days >= TIMESTAMP_END_DAYS) {
    throw datetimeOutOfRangeText(text);
  }
  return joinMicros(days, fields.micros ?? 0);
}

function datetimeOutOfRangeText(text: string): AegisError {
  return new AegisError("DATETIME_OUT_OF_RANGE", `timestamp out of range: "${text}"`);
}

function wordInstant(word: DatetimeWord, context: TextContext): number | bigint {
  switch (word) {
    case "infinity":
      return Infinity;
    case "-infinity":
      return -Infinity;
    case "epoch":
      return 0;
    case "now":
      return context.now;
    case "today":
      return midnight(context, 0);
    case "tomorrow":
      return midnight(context, 1);
    case "yesterday":
      return midnight(context, -1);
    default:
      throw datetimeOutOfRange("date/time word");
  }
}

function midnight(context: TextContext, daysLater: number): number | bigint {
  const zone = zoneByName(context.timeZone);
  const { days } = splitMicros(instantToLocal(context.now, zone));
  return localToInstant(joinMicros(days + daysLater, 0), zone);
}

function civilText(days: number): { readonly body: string; readonly suffix: string } {
  const { year, month, day } = civilFromDays(days);
  const shown = String(year > 0 ? year : 1 - year).padStart(4, "0");
  return { body: `${shown}-${pad2(month)}-${pad2(day)}`, suffix: year > 0 ? "" : " BC" };
}

function printOffset(seconds: number): string {
  const size = Math.abs(seconds);
  const minutes = Math.floor((size % 3600) / 60);
  const rest = size % 60;
  const tail =
    rest > 0 ? `:${pad2(minutes)}:${pad2(rest)}` : minutes > 0 ? `:${pad2(minutes)}` : "";
  return `${seconds < 0 ? "-" : "+"}${pad2(Math.floor(size / 3600))}${tail}`;
}

function pad2(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}
