import type { Datum } from "./datum.js";
import { isFiniteMicros } from "./datetime.js";
import type { Decimal } from "./decimal.js";
import type { Jsonb, JsonNode } from "./jsonb.js";
import { isJsonArray, isJsonObject } from "./jsonb-text.js";
import { shortestFloat32 } from "./numbers.js";
import type { SqlType } from "./sql-type.js";
import { toText } from "./text-output.js";

/** How values of the wider types reach JavaScript. */
export interface ResultOptions {
  /** `mixed`: number where it is safe, else bigint. */
  readonly bigints: "mixed" | "bigint" | "string";
  /** `string` applies to what `number` could round; DECIMAL(p <= 15) is a number in any case. */
  readonly decimals: "string" | "number";
  /** `date` cuts microseconds to milliseconds. */
  readonly timestamps: "date" | "string" | "micros";
  /** The session's, for timestamptz as text. */
  readonly timeZone: string;
}

/** Decimal digits that every double keeps. */
export const EXACT_DIGITS = 15;
const MAX_DATE_MILLIS = 8.64e15;

/** What a user gets for a value of a result column. It follows the type, never the value. */
export function toJavaScript(datum: Datum, type: SqlType, options: ResultOptions): unknown {
  if (datum === null) return null;
  switch (type.name) {
    case "real":
      return shortestFloat32(datum as number);
    case "bigint":
      return integerResult(datum as number | bigint, options);
    case "numeric":
      return decimalResult(datum as Decimal, type, options);
    case "timestamp":
    case "timestamptz":
      return timestampResult(datum as number | bigint, type, options);
    case "date":
    case "time":
    case "interval":
    case "char":
      return toText(datum, type, options.timeZone);
    case "json":
      return JSON.parse(datum as string);
    case "jsonb":
      return jsonResult((datum as Jsonb).node);
    case "bytea":
      // A copy: what a user holds must not alias what the database recycles.
      return Uint8Array.from(datum as Uint8Array);
    case "array":
      return arrayResult(datum as readonly Datum[], type.element ?? { name: "text" }, options);
    case "record":
      return recordResult(datum as readonly Datum[], type, options);
    default:
      return datum;
  }
}

function integerResult(value: number | bigint, { bigints }: ResultOptions): unknown {
  if (bigints === "mixed") return value;
  return bigints === "bigint" ? BigInt(value) : value.toString();
}

function decimalResult(value: Decimal, type: SqlType, { decimals }: ResultOptions): unknown {
  const exact = type.precision !== undefined && type.precision <= EXACT_DIGITS;
  return exact || decimals === "number" ? value.toNumber() : value.toString();
}

function timestampResult(
  micros: number | bigint,
  type: SqlType,
  { timestamps, timeZone }: ResultOptions,
): unknown {
  if (timestamps === "micros") return micros;
  if (timestamps === "string") return toText(micros, type, timeZone);
  if (!isFiniteMicros(micros)) return micros;
  const millis = Math.floor(Number(micros) / 1000);
  // JavaScript's dates end before timestamps do; the text still says what it is.
  return Math.abs(millis) > MAX_DATE_MILLIS ? toText(micros, type, timeZone) : new Date(millis);
}

function arrayResult(items: readonly Datum[], element: SqlType, options: ResultOptions): unknown[] {
  return items.map((item) =>
    Array.isArray(item) && element.name !== "record"
      ? arrayResult(item as readonly Datum[], element, options)
      : toJavaScript(item, element, options),
  );
}

function recordResult(values: readonly Datum[], type: SqlType, options: ResultOptions): unknown {
  const fields = type.fields ?? [];
  return Object.fromEntries(
    fields.map((field, i) => [field.name, toJavaScript(values[i] ?? null, field.type, options)]),
  );
}

function jsonResult(node: JsonNode): unknown {
  if (node === null || typeof node === "string" || typeof node === "boolean") return node;
  if (isJsonArray(node)) return node.map(jsonResult);
  if (!isJsonObject(node)) return node.toNumber();
  // fromEntries defines properties, so that a key "__proto__" is one like any other.
  return Object.fromEntries(Array.from(node, ([key, value]) => [key, jsonResult(value)]));
}
