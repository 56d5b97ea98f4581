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

/** How a message names what it is about. */
const VALUE = "a value";
/** Dimensions of an array, as in PostgreSQL. */
const MAX_DIMENSIONS = 6;
/** Characters of a value that a message shows. */
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
    case "double precision":
      return (value, context) =>
        typeof value === "number" ? value : datumOf(value, type, context);
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
  const datum =
    typeof value === "object" ? ofObject(value, type, context) : convert(value, type, context);
  return datum === null ? null : applyModifier(datum, type, false);
}

/** An object may be a proxy, or have code of its own, and throw whatever it likes. */
function ofObject(value: object, type: SqlType, context: TextContext): Exclude<Datum, null> {
  try {
    return convert(value, type, context);
  } catch (cause) {
    if (cause instanceof AegisError) throw cause;
    throw new AegisError("TYPE_MISMATCH", `the object cannot be read as ${typeText(type)}`, {
      detail: cause instanceof Error ? cause.message : undefined,
      cause,
    });
  }
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
      if (typeof value === "number") return inRange(Math.fround(value), value, type);
      if (typeof value === "bigint") return inRange(Math.fround(Number(value)), value, type);
      break;
    case "double precision":
      if (typeof value === "number") return value;
      if (typeof value === "bigint") return inRange(Number(value), value, type);
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

/** What a number became: infinite, or zero, only if it was. */
function inRange(rounded: number, value: number | bigint, type: SqlType): number {
  const grew = !Number.isFinite(rounded) && !Object.is(rounded, value) && !Number.isNaN(rounded);
  if (!grew && (rounded !== 0 || Number(value) === 0)) return rounded;
  const message = `${shown(value)} is out of range for type ${typeText(type)}`;
  throw new AegisError("NUMERIC_OUT_OF_RANGE", message);
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
  const exact =
    Number.isSafeInteger(micros) || !Number.isFinite(micros)
      ? micros
      : BigInt(Math.round(millis)) * 1000n;
  const message = `the time is out of range for type ${typeText(type)}`;
  if (type.name !== "date") return datetime.checkTimestamp(exact, message);
  const days = datetime.timestampToDate(exact);
  return Number.isFinite(days) ? datetime.checkDate(days, message) : days;
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

function arrayDatum(
  values: readonly unknown[],
  type: SqlType,
  context: TextContext,
  depth: number = 1,
): Datum[] {
  if (depth > MAX_DIMENSIONS) {
    const message = `number of array dimensions exceeds the maximum allowed (${MAX_DIMENSIONS})`;
    throw new AegisError("LIMIT_EXCEEDED", message);
  }
  const element = type.element ?? { name: "text" };
  const items = values.map((value) =>
    Array.isArray(value) && element.name !== "json" && element.name !== "jsonb"
      ? arrayDatum(value, type, context, depth + 1)
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
