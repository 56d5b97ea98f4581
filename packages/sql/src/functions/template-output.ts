import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import { isFiniteMicros } from "../types/datetime.js";
import { type Zone, zoneOffset } from "../types/time-zone.js";
import {
  dayOfWeek,
  dayOfYear,
  hourOf,
  isoWeek,
  isoYearStart,
  JULIAN_EPOCH,
  localTime,
  type LocalTime,
  minuteOf,
  periodOf,
} from "./datetime-fields.js";
import { binary } from "./define.js";
import { INTERVAL, TEXT, TIMESTAMP, TIMESTAMPTZ } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";
import {
  DAY_NAMES,
  MONTH_NAMES,
  parseTemplate,
  ROMAN_MONTHS,
  type TemplateField,
} from "./template.js";
import { cased, name, number, ordinalEnding } from "./template-text.js";
import { offsetText, zoneAbbreviation } from "./zone-names.js";
import { localOf, type Micros, sessionZone } from "./zoned-time.js";

/** What fields are read from, of a time or of an interval. */
interface Shown extends LocalTime {
  readonly hour: number;
  readonly interval: boolean;
  readonly zone: { readonly offset: number; readonly name: string } | undefined;
}

/** `instant` is there where the time has a zone, which then shows. */
export function formatTimestamp(
  template: string,
  local: Micros,
  instant: { readonly zone: Zone; readonly micros: Micros } | undefined,
): string {
  const time = localTime(local);
  const zone =
    instant === undefined
      ? undefined
      : {
          offset: zoneOffset(instant.zone, instant.micros),
          name: zoneAbbreviation(instant.zone, instant.micros),
        };
  const { days, micros, year, month, day } = time;
  const hour = hourOf(micros);
  return format(template, { days, micros, year, month, day, hour, interval: false, zone });
}

function formatInterval(template: string, { months, days, micros }: Interval): string {
  const hour = Number(BigInt(micros) / 3_600_000_000n);
  const rest = Number(BigInt(micros) % 3_600_000_000n);
  const year = Math.trunc(months / 12);
  const month = months % 12;
  const zone = undefined;
  return format(template, {
    days,
    micros: rest,
    year,
    month,
    day: days,
    hour,
    interval: true,
    zone,
  });
}

function format(template: string, time: Shown): string {
  let text = "";
  for (const part of parseTemplate(template).parts) {
    text += part.kind === "text" ? part.text : fieldText(part, time);
  }
  return text;
}

function refuseInterval(time: Shown): void {
  if (!time.interval) return;
  const message = "invalid format specification for an interval value";
  throw new AegisError("INVALID_DATETIME", message, {
    hint: "Intervals are not tied to specific calendar dates.",
  });
}

function fieldText(field: TemplateField, time: Shown): string {
  return (
    clockText(field, time) ?? yearText(field, time) ?? dayText(field, time) ?? zoneText(field, time)
  );
}

function halfDay(field: TemplateField, hour: number): string {
  const letter = hour % 24 >= 12 ? "P" : "A";
  return cased(field, field.key.includes(".") ? `${letter}.M.` : `${letter}M`);
}

function clockText(field: TemplateField, time: Shown): string | undefined {
  const { hour, micros } = time;
  const fraction = Math.abs(micros) % 1_000_000;
  switch (field.key) {
    case "A.M.":
    case "P.M.":
    case "AM":
    case "PM":
      return halfDay(field, hour);
    case "HH":
    case "HH12":
      return number(field, hour % 12 === 0 ? 12 : hour % 12, 2);
    case "HH24":
      return number(field, hour, 2);
    case "MI":
      return number(field, signed(micros, minuteOf(Math.abs(micros))), 2);
    case "SS":
      return number(
        field,
        signed(micros, Math.floor((Math.abs(micros) % 60_000_000) / 1_000_000)),
        2,
      );
    case "MS":
      return number(field, signed(micros, Math.floor(fraction / 1000)), 3);
    case "US":
      return number(field, signed(micros, fraction), 6);
    case "SSSS":
    case "SSSSS": {
      const ofHour = signed(micros, Math.floor((Math.abs(micros) % 3_600_000_000) / 1_000_000));
      return number(field, hour * 3600 + ofHour, 1);
    }
    default:
      break;
  }
  if (!/^FF\d$/.test(field.key)) return undefined;
  const digits = Number(field.key[2]);
  return number(field, Math.floor(fraction / 10 ** (6 - digits)), digits);
}

function signed(by: number, value: number): number {
  return by < 0 ? 0 - value : value;
}

function yearText(field: TemplateField, time: Shown): string | undefined {
  const iso = (field.key.startsWith("I") && field.key.includes("Y")) || field.key === "I";
  const exact = iso && !time.interval ? isoWeek(time.days).year : time.year;
  const year = time.interval || exact > 0 ? exact : 1 - exact;
  switch (field.key) {
    case "A.D.":
    case "B.C.":
    case "AD":
    case "BC": {
      refuseInterval(time);
      const text = time.year > 0 ? "A.D." : "B.C.";
      return cased(field, field.key.includes(".") ? text : text.replaceAll(".", ""));
    }
    case "Y,YYY": {
      const text = `${Math.trunc(year / 1000)},${String(Math.abs(year % 1000)).padStart(3, "0")}`;
      return field.ordinal === undefined ? text : text + ordinalEnding(field.ordinal, text);
    }
    case "YYYY":
    case "IYYY":
      return number(field, year, 4);
    case "YYY":
    case "IYY":
      return number(field, year % 1000, 3);
    case "YY":
    case "IY":
      return number(field, year % 100, 2);
    case "Y":
    case "I":
      return number(field, year % 10, 1);
    case "CC":
      if (time.interval) return number(field, Math.trunc(time.year / 100), 2);
      return number(field, periodOf(time.year, 100), 2);
    default:
      return undefined;
  }
}

function dayText(field: TemplateField, time: Shown): string | undefined {
  const { days, month } = time;
  switch (field.key) {
    case "MONTH":
    case "MON": {
      refuseInterval(time);
      const full = MONTH_NAMES[month - 1]!;
      return field.key === "MON" ? name(field, full.slice(0, 3), 3) : name(field, full, 9);
    }
    case "MM":
      return number(field, month, 2);
    case "Q":
      if (time.interval && month === 0) return "";
      return number(field, Math.trunc((month - 1) / 3) + 1, 1);
    case "RM":
      return romanMonth(field, time);
    case "DAY":
    case "DY": {
      refuseInterval(time);
      const full = DAY_NAMES[dayOfWeek(days)]!;
      return field.key === "DY" ? name(field, full.slice(0, 3), 3) : name(field, full, 9);
    }
    case "DDD":
      return number(
        field,
        time.interval ? days + 30 * month + 360 * time.year : dayOfYear(time),
        3,
      );
    case "IDDD":
      return number(field, days - isoYearStart(isoWeek(days).year) + 1, 3);
    case "DD":
      return number(field, time.day, 2);
    case "D":
      refuseInterval(time);
      return number(field, dayOfWeek(days) + 1, 1);
    case "ID":
      refuseInterval(time);
      return number(field, dayOfWeek(days) || 7, 1);
    case "WW":
      return number(field, Math.floor((dayOfYear(time) - 1) / 7) + 1, 2);
    case "IW":
      return number(field, isoWeek(days).week, 2);
    case "W":
      return number(field, Math.floor((time.day - 1) / 7) + 1, 1);
    case "J":
      return number(field, days + JULIAN_EPOCH, 1);
    default:
      return undefined;
  }
}

function romanMonth(field: TemplateField, { month, interval }: Shown): string {
  if (interval && month === 0) return "";
  const roman = ROMAN_MONTHS[month < 0 ? 12 + month : month - 1]!;
  const text = cased(field, roman);
  return field.fill ? text : text.padEnd(4);
}

function zoneText(field: TemplateField, time: Shown): string {
  if (field.key === "TZ" || field.key === "OF") refuseInterval(time);
  const offset = time.zone?.offset ?? 0;
  const size = Math.abs(offset);
  switch (field.key) {
    case "TZ":
      return cased(field, time.zone?.name ?? "");
    case "TZH":
      return `${offset < 0 ? "-" : "+"}${String(Math.floor(size / 3600)).padStart(2, "0")}`;
    case "TZM":
      return String(Math.floor((size % 3600) / 60)).padStart(2, "0");
    case "OF":
      return offsetText(offset);
    default:
      return "";
  }
}

export const templateOutputFunctions: readonly ScalarFunction[] = [
  binary<Micros, string>("to_char", [TIMESTAMP, TEXT], TEXT, (micros, template) =>
    template === "" || !isFiniteMicros(micros)
      ? null
      : formatTimestamp(template, micros, undefined),
  ),
  binary<Micros, string>(
    "to_char",
    [TIMESTAMPTZ, TEXT],
    TEXT,
    (micros, template, context) => {
      if (template === "" || !isFiniteMicros(micros)) return null;
      const zone = sessionZone(context);
      return formatTimestamp(template, localOf(micros, zone), { zone, micros });
    },
    { volatility: "stable" },
  ),
  binary<Interval, string>("to_char", [INTERVAL, TEXT], TEXT, (interval, template) =>
    template === "" ? null : formatInterval(template, interval),
  ),
];
