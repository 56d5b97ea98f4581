import { checkText } from "../types/text-check.js";
import { AegisError } from "../contract/index.js";
import {
  applyModifier,
  datetime,
  type Datum,
  Decimal,
  fromText,
  Jsonb,
  type SqlType,
  type TextContext,
  typeText,
} from "../types/index.js";

/** Characters of a value that a message shows. */
/** How a message names what it is about. */
const VALUE = "a value";
const SHOWN_CHARACTERS = 60;
const MICROS_PER_MS = 1000;

/** Reads one parameter's values. */
export type ParameterReader = (value: unknown, context: TextContext) => Datum;

/** A reader for a type, which takes the values that nearly all calls give the short way. */
export function parameterReader(type: SqlType): ParameterReader {
  switch (type.name) {
    case "integer":
      // What passes has no fraction, no sign on zero and 32 bits.
      return (value, context) =>
        typeof value === "number" && (value | 0) === value
          ? value | 0
          : datumOf(value, type, context);
    case "text":
      return (value, context) => {
        if (typeof value !== "string") return datumOf(value, type, context);
        checkText(value, VALUE, false);
        return value;
      };
    case "bigint":
      return (value, context) =>
        Number.isSafeInteger(value) ? (value as number) + 0 : datumOf(value, type, context);
    default:
      return (value, context) => datumOf(value, type, context);
  }
}

/**
 * A JavaScript value as a datum of the type. Text is read as the type's literal would be. Throws
 * TYPE_MISMATCH, or the type's own error, for what does not fit.
 */
function datumOf(value: unknown, type: SqlType, context: TextContext): Datum {
  if (value === null) return null;
  if (value === undefined) {
    throw new AegisError("TYPE_MISMATCH", "undefined is not a value", {
      hint: "Give null for NULL.",
    });
  }
  const datum = convert(value, type, context);
  return datum === null ? null : applyModifier(datum, type, false);
}

function convert(value: unknown, type: SqlType, context: TextContext): Exclude<Datum, null> {
  if (typeof value === "string") {
    checkText(value, VALUE, false);
    return fromText(value, type, context);
  }
  switch (type.name) {
    case "boolean":
      if (typeof value === "boolean") return value;
      break;
    case "smallint":
    case "integer":
    case "bigint":
      // The text of a number is checked for its range as a literal is.
      if (isWhole(value)) return fromText(value.toString(), type, context);
      break;
    case "real":
      if (typeof value === "number") return Math.fround(value);
      if (typeof value === "bigint") return Math.fround(Number(value));
      break;
    case "double precision":
      if (typeof value === "number") return value;
      if (typeof value === "bigint") return Number(value);
      break;
    case "numeric":
      if (typeof value === "number") return Decimal.parse(String(value));
      if (typeof value === "bigint") return Decimal.fromInteger(value);
      break;
    case "text":
    case "varchar":
    case "char":
    case "unknown":
      if (isScalar(value)) return fromText(String(value), type, context);
      break;
    case "timestamp":
    case "timestamptz":
    case "date":
      return instantDatum(value, type);
    case "bytea":
      if (value instanceof Uint8Array) return value;
      break;
    case "json":
      return jsonText(value, type);
    case "jsonb":
      return Jsonb.parse(jsonText(value, type));
    case "array":
      if (Array.isArray(value)) return arrayDatum(value, type, context);
      break;
    default:
  }
  throw unfit(value, type);
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

function isScalar(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

/** Dates and epoch milliseconds; both are instants, which a date or timestamp has in UTC. */
function instantDatum(value: unknown, type: SqlType): number | bigint {
  const millis = value instanceof Date ? value.getTime() : value;
  if (typeof millis !== "number" || Number.isNaN(millis)) throw unfit(value, type);
  const micros = Math.round(millis * MICROS_PER_MS);
  const exact = Number.isSafeInteger(micros) ? micros : BigInt(Math.round(millis)) * 1000n;
  return type.name === "date" ? datetime.timestampToDate(exact) : exact;
}

function jsonText(value: unknown, type: SqlType): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new AegisError("TYPE_MISMATCH", `the value cannot be written as ${typeText(type)}`, {
      detail: cause instanceof Error ? cause.message : undefined,
      cause,
    });
  }
  if (text === undefined) throw unfit(value, type);
  return text;
}

function arrayDatum(values: readonly unknown[], type: SqlType, context: TextContext): Datum[] {
  const element = type.element ?? { name: "text" };
  const items = values.map((value) =>
    Array.isArray(value) && element.name !== "json" && element.name !== "jsonb"
      ? arrayDatum(value, type, context)
      : datumOf(value, element, context),
  );
  const widths = new Set(items.map((item) => (Array.isArray(item) ? item.length : -1)));
  if (widths.size > 1) {
    throw new AegisError("TYPE_MISMATCH", "the arrays inside an array differ in length", {
      sqlState: "2202E",
    });
  }
  return items;
}

function unfit(value: unknown, type: SqlType): AegisError {
  return new AegisError(
    "TYPE_MISMATCH",
    `${shown(value)} is not a value of type ${typeText(type)}`,
  );
}

/** The value for a message: short, and never a call into an object of the caller's. */
function shown(value: unknown): string {
  if (value instanceof Uint8Array) return "a Uint8Array";
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "an invalid Date" : "a Date";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  return isScalar(value) ? String(value).slice(0, SHOWN_CHARACTERS) : `a ${typeof value}`;
}
