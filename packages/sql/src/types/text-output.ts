import { AegisError, unreachable } from "../contract/errors.js";
import type { Decimal } from "./decimal.js";
import type { Datum } from "./datum.js";
import { printBytea } from "./bytea.js";
import { printDate, printTime, printTimestamp, printTimestamptz } from "./datetime.js";
import { printInterval } from "./interval.js";
import type { Jsonb } from "./jsonb.js";
import { printFloat32, printFloat64 } from "./numbers.js";
import type { Interval } from "../contract/types.js";
import type { SqlType } from "./sql-type.js";

/** A datum that is not NULL. */
export type NonNullDatum = Exclude<Datum, null>;

/**
 * The text psql shows for a value; `timeZone` is the session's, for timestamptz, and `floatDigits`
 * its extra_float_digits: without, floats are the shortest text that reads back as the same.
 */
export function toText(
  datum: NonNullDatum,
  type: SqlType,
  timeZone: string,
  floatDigits?: number,
): string {
  switch (type.name) {
    case "boolean":
      return datum === true ? "t" : "f";
    case "smallint":
    case "integer":
    case "bigint":
      return (datum as number | bigint).toString();
    case "real":
      return printFloat32(datum as number, floatDigits);
    case "double precision":
      return printFloat64(datum as number, floatDigits);
    case "char":
      return padded(datum as string, type.length);
    case "text":
    case "varchar":
    case "uuid":
    case "json":
    case "unknown":
      return datum as string;
    case "numeric":
      return (datum as Decimal).toString();
    case "jsonb":
      return (datum as Jsonb).toString();
    case "bytea":
      return printBytea(datum as Uint8Array);
    case "date":
      return printDate(datum as number);
    case "time":
      return printTime(datum as number);
    case "timestamp":
      return printTimestamp(datum as number | bigint);
    case "timestamptz":
      return printTimestamptz(datum as number | bigint, timeZone);
    case "interval":
      return printInterval(datum as Interval);
    case "array":
      return printArray(
        datum as readonly Datum[],
        type.element ?? { name: "text" },
        timeZone,
        floatDigits,
      );
    case "record":
      return printRecord(datum as readonly Datum[], type, timeZone, floatDigits);
    case "void":
      return "";
    default:
      return unreachable(type.name);
  }
}

/** A char(n) shows with the blanks that its datum leaves out. */
function padded(text: string, length: number | undefined): string {
  if (length === undefined || text.length >= length * 2) return text;
  // Only code points count; a pair of surrogates is one character.
  const missing = length - countCharacters(text);
  return missing > 0 ? text + " ".repeat(missing) : text;
}

export function countCharacters(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff) {
      count--;
      i++;
    }
  }
  return count;
}

function printArray(
  items: readonly Datum[],
  element: SqlType,
  timeZone: string,
  floatDigits: number | undefined,
): string {
  const texts = items.map((item) => {
    if (item === null) return "NULL";
    if (Array.isArray(item) && element.name !== "record") {
      return printArray(item as readonly Datum[], element, timeZone, floatDigits);
    }
    return quoteArrayItem(toText(item, element, timeZone, floatDigits));
  });
  return `{${texts.join(",")}}`;
}

function quoteArrayItem(text: string): string {
  if (text !== "" && !/[{}",\\\s]/.test(text) && text.toLowerCase() !== "null") return text;
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function printRecord(
  values: readonly Datum[],
  type: SqlType,
  timeZone: string,
  floatDigits: number | undefined,
): string {
  const fields = type.fields ?? [];
  const texts = values.map((value, i) => {
    if (value === null) return "";
    const field = fields[i];
    if (field === undefined) {
      throw new AegisError("INTERNAL", "a record has a value without a field");
    }
    const text = toText(value, field.type, timeZone, floatDigits);
    if (text !== "" && !/[(),"\\\s]/.test(text)) return text;
    return `"${text.replaceAll(/["\\]/g, "$&$&")}"`;
  });
  return `(${texts.join(",")})`;
}
