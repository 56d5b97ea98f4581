import { AegisError, unreachable } from "../contract/errors.js";
import { parseArray } from "./array-text.js";
import { parseBytea } from "./bytea.js";
import type { TextContext } from "./datetime-parser.js";
import { parseDate, parseTime, parseTimestamp, parseTimestamptz } from "./datetime.js";
import { Decimal } from "./decimal.js";
import { parseInterval } from "./interval-parser.js";
import { validateJson } from "./json-parser.js";
import { Jsonb } from "./jsonb.js";
import { parseBoolean, parseFloat32, parseFloat64, parseInteger } from "./numbers.js";
import type { SqlType } from "./sql-type.js";
import type { NonNullDatum } from "./text-output.js";
import { parseUuid } from "./uuid.js";

/**
 * The value a text stands for, modifiers of the type not yet applied (see `applyModifier`).
 * Throws PostgreSQL's errors for text that is not of the type.
 */
export function fromText(text: string, type: SqlType, context: TextContext): NonNullDatum {
  switch (type.name) {
    case "boolean":
      return parseBoolean(text);
    case "smallint":
    case "integer":
    case "bigint":
      return parseInteger(text, type.name);
    case "real":
      return parseFloat32(text);
    case "double precision":
      return parseFloat64(text);
    case "numeric":
      return Decimal.parse(text);
    case "text":
    case "varchar":
    case "unknown":
    case "void":
      return text;
    case "char":
      return withoutPadding(text);
    case "bytea":
      return parseBytea(text);
    case "date":
      return parseDate(text, context);
    case "time":
      return parseTime(text, context);
    case "timestamp":
      return parseTimestamp(text, context);
    case "timestamptz":
      return parseTimestamptz(text, context);
    case "interval":
      return parseInterval(text);
    case "uuid":
      return parseUuid(text);
    case "json":
      validateJson(text);
      return text;
    case "jsonb":
      return Jsonb.parse(text);
    case "array":
      return parseArray(text, type.element ?? { name: "text" }, (item, element) =>
        fromText(item, element, context),
      );
    case "record":
      throw new AegisError("UNSUPPORTED", "input of anonymous composite types is not implemented");
    default:
      return unreachable(type.name);
  }
}

/** Blanks at the end of a char do not belong to its value. */
export function withoutPadding(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0x20) end--;
  return text.slice(0, end);
}
