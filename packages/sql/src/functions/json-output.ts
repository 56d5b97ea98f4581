import type { Datum } from "../types/datum.js";
import { isFiniteMicros, printDate, printTimestamp } from "../types/datetime.js";
import { Decimal } from "../types/decimal.js";
import { parseJson } from "../types/json-parser.js";
import { jsonObject } from "../types/jsonb-text.js";
import type { Jsonb, JsonNode } from "../types/jsonb.js";
import type { SqlType } from "../types/sql-type.js";
import { toText } from "../types/text-output.js";
import { instantToLocal, zoneByName, zoneOffset } from "../types/time-zone.js";

/** The text that to_json makes of a value; the type json keeps it as it is. */
export function jsonText(datum: Datum, type: SqlType, timeZone: string): string {
  if (datum === null) return "null";
  switch (type.name) {
    case "boolean":
      return datum === true ? "true" : "false";
    case "json":
      return datum as string;
    case "jsonb":
      return (datum as Jsonb).toString();
    case "array": {
      const items = (datum as readonly Datum[]).map((item) =>
        jsonText(item, itemType(item, type), timeZone),
      );
      return `[${items.join(",")}]`;
    }
    case "record": {
      const members = (datum as readonly Datum[]).map((value, i) => {
        const field = type.fields?.[i];
        const name = JSON.stringify(field?.name ?? `f${i + 1}`);
        return `${name}:${jsonText(value, field?.type ?? { name: "text" }, timeZone)}`;
      });
      return `{${members.join(",")}}`;
    }
    default: {
      const text = scalarText(datum, type, timeZone);
      return isNumberText(text, type) ? text : JSON.stringify(text);
    }
  }
}

/** The value that to_jsonb makes of a value. */
export function jsonNode(datum: Datum, type: SqlType, timeZone: string): JsonNode {
  if (datum === null) return null;
  switch (type.name) {
    case "boolean":
      return datum as boolean;
    case "json":
      return parseJson(datum as string);
    case "jsonb":
      return (datum as Jsonb).node;
    case "array":
      return (datum as readonly Datum[]).map((item) =>
        jsonNode(item, itemType(item, type), timeZone),
      );
    case "record":
      return jsonObject(
        (datum as readonly Datum[]).map((value, i) => {
          const field = type.fields?.[i];
          const node = jsonNode(value, field?.type ?? { name: "text" }, timeZone);
          return [field?.name ?? `f${i + 1}`, node] as const;
        }),
      );
    default: {
      const text = scalarText(datum, type, timeZone);
      return isNumberText(text, type) ? Decimal.parse(text) : text;
    }
  }
}

/** Arrays of several dimensions have the type of an array, and arrays for items. */
function itemType(item: Datum, type: SqlType): SqlType {
  const element = type.element ?? { name: "text" };
  return Array.isArray(item) && element.name !== "record" ? type : element;
}

const NUMBERS: ReadonlySet<string> = new Set([
  "smallint",
  "integer",
  "bigint",
  "real",
  "double precision",
  "numeric",
]);

/** NaN and the infinities are no numbers of JSON, and become strings. */
function isNumberText(text: string, type: SqlType): boolean {
  return NUMBERS.has(type.name) && /\d$/.test(text);
}

/** Dates and times are written as ISO 8601 has them. */
export function scalarText(datum: Exclude<Datum, null>, type: SqlType, timeZone: string): string {
  switch (type.name) {
    case "date":
      return printDate(datum as number);
    case "timestamp":
      return printTimestamp(datum as number | bigint).replace(" ", "T");
    case "timestamptz":
      return isoInstant(datum as number | bigint, timeZone);
    default:
      return toText(datum, type, timeZone);
  }
}

function isoInstant(micros: number | bigint, timeZone: string): string {
  if (!isFiniteMicros(micros)) return printTimestamp(micros);
  const zone = zoneByName(timeZone);
  const offset = zoneOffset(zone, micros);
  const [local, era = ""] = printTimestamp(instantToLocal(micros, zone))
    .replace(" ", "T")
    .split(" ");
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor((size % 3600) / 60)];
  if (size % 60 > 0) parts.push(size % 60);
  const shown = parts.map((part) => String(part).padStart(2, "0")).join(":");
  return `${local!}${offset < 0 ? "-" : "+"}${shown}${era === "" ? "" : ` ${era}`}`;
}
