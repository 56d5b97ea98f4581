import { AegisError } from "../contract/errors.js";
import {
  daysFromCivil,
  daysInMonth,
  joinMicros,
  MICROS_PER_HOUR,
  MICROS_PER_MINUTE,
  MICROS_PER_SECOND,
} from "../types/calendar.js";
import { datetimeFieldOverflow } from "../types/data-errors.js";
import { checkDate, checkTimestamp } from "../types/datetime.js";
import { isoYearStart, JULIAN_EPOCH } from "./datetime-fields.js";
import { binary } from "./define.js";
import { DATE, TEXT, TIMESTAMPTZ } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";
import type { ReadFields } from "./template-fields.js";
import { readByTemplate } from "./template-reader.js";
import { instantOf, type Micros, sessionZone } from "./zoned-time.js";

/** The day that the fields name; what they leave out is the first of its kind. */
function dayOf(fields: ReadFields, text: string): number {
  const { julian, week, isoYear, isoDay, dayOfYear } = fields;
  if (julian !== undefined) return julian - JULIAN_EPOCH;
  if (isoYear !== undefined) {
    const weekDay = isoDay ?? 1;
    if (fields.isoDayOfYear !== undefined) return isoYearStart(isoYear) + fields.isoDayOfYear - 1;
    return isoYearStart(isoYear) + ((fields.isoWeek ?? 1) - 1) * 7 + weekDay - 1;
  }
  const year = yearOf(fields);
  if (dayOfYear !== undefined && fields.month === undefined && fields.day === undefined) {
    return daysFromCivil(year, 1, dayOfYear);
  }
  if (week !== undefined && fields.month === undefined && fields.day === undefined) {
    return daysFromCivil(year, 1, (week - 1) * 7 + 1);
  }
  const month = fields.month ?? 1;
  const weekStart = fields.weekOfMonth === undefined ? 1 : (fields.weekOfMonth - 1) * 7 + 1;
  const day = fields.day ?? weekStart;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) {
    throw datetimeFieldOverflow(text);
  }
  return daysFromCivil(year, month, day);
}

/** With year 0 for 1 BC, which is also the year of a text that names none. */
function yearOf({ year, century, beforeChrist }: ReadFields): number {
  if (century !== undefined) {
    const count = beforeChrist ? -century : century;
    if (year === undefined) return count > 0 ? count * 100 - 99 : (count + 1) * 100 - 99;
    const part = year % 100;
    if (count < 0) return count * 100 - part + 101;
    return part === 0 ? count * 100 : (count - 1) * 100 + part;
  }
  if (year === undefined) return 0;
  return beforeChrist && year > 0 ? 1 - year : year < 0 ? year + 1 : year;
}

function microsOf(fields: ReadFields, text: string): number {
  let { hour = 0, minute = 0, second = 0 } = fields;
  if (fields.secondsOfDay !== undefined) {
    hour = Math.floor(fields.secondsOfDay / 3600);
    minute = Math.floor((fields.secondsOfDay % 3600) / 60);
    second = fields.secondsOfDay % 60;
  }
  if (fields.twelveHours) {
    if (hour < 1 || hour > 12) {
      throw new AegisError("INVALID_DATETIME", `hour "${hour}" is invalid for the 12-hour clock`, {
        hint: "Use the 24-hour clock, or give an hour between 1 and 12.",
      });
    }
    if (fields.afternoon && hour < 12) hour += 12;
    else if (!fields.afternoon && hour === 12) hour = 0;
  }
  if (hour > 24 || minute > 59 || second > 59 || hour < 0 || minute < 0 || second < 0) {
    throw datetimeFieldOverflow(text);
  }
  const clock = hour * MICROS_PER_HOUR + minute * MICROS_PER_MINUTE + second * MICROS_PER_SECOND;
  return clock + (fields.millis ?? 0) * 1000 + (fields.micros ?? 0);
}

function toDate(text: string, template: string): number {
  return checkDate(dayOf(readByTemplate(text, template), text), `date out of range: "${text}"`);
}

function toInstant(text: string, template: string, zone: (local: Micros) => Micros): Micros {
  const fields = readByTemplate(text, template);
  const local = joinMicros(dayOf(fields, text), microsOf(fields, text));
  const message = `timestamp out of range: "${text}"`;
  if (fields.offset === undefined) return checkTimestamp(zone(local), message);
  return checkTimestamp(instantOf(local, fields.offset), message);
}

export const templateInputFunctions: readonly ScalarFunction[] = [
  binary<string>("to_date", [TEXT, TEXT], DATE, toDate),
  binary<string>(
    "to_timestamp",
    [TEXT, TEXT],
    TIMESTAMPTZ,
    (text, template, context) =>
      toInstant(text, template, (local) => instantOf(local, sessionZone(context))),
    { volatility: "stable" },
  ),
];
