import type { Datum } from "./datum.js";
import { AegisError } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import { MICROS_PER_DAY, splitMicros, toInt64 } from "./calendar.js";
import { numberOutOfRange } from "./data-errors.js";
import type { TextContext } from "./datetime-parser.js";
import { dateToTimestamp, isFiniteMicros, timestampToDate } from "./datetime.js";
import { round } from "./decimal-arithmetic.js";
import { Decimal } from "./decimal.js";
import { makeInterval } from "./interval.js";
import { Jsonb } from "./jsonb.js";
import { integerFits, type IntegerTypeName, toFloat32 } from "./numbers.js";
import type { SqlType, SqlTypeName } from "./sql-type.js";
import type { NonNullDatum } from "./text-output.js";
import { instantToLocal, localToInstant, zoneByName } from "./time-zone.js";

/** A value as another type, modifiers not applied; NULL where it has no counterpart there. */
export type Conversion = (datum: NonNullDatum, to: SqlType, context: TextContext) => Datum;

type NumberName = IntegerTypeName | "real" | "double precision" | "numeric";

/** The conversion between two types that does not go through text, or undefined. */
export function conversionOf(from: SqlTypeName, to: SqlTypeName): Conversion | undefined {
  if (from === "jsonb" && (isNumberName(to) || to === "boolean")) {
    return (datum) => fromJson(datum as Jsonb, to);
  }
  if (isNumberName(from) && isNumberName(to)) return numberConversion(from, to);
  switch (`${from}>${to}`) {
    case "integer>boolean":
      return (datum) => datum !== 0;
    case "boolean>integer":
      return Number;
    case "text>varchar":
    case "varchar>text":
    case "unknown>text":
    case "unknown>varchar":
    case "char>text":
    case "char>varchar":
      return (datum) => datum;
    case "date>timestamp":
      return (datum) => dateToTimestamp(datum as number);
    case "date>timestamptz":
      return (datum, _to, context) => toInstant(dateToTimestamp(datum as number), context);
    case "timestamp>timestamptz":
      return (datum, _to, context) => toInstant(datum as number | bigint, context);
    case "timestamptz>timestamp":
      return (datum, _to, context) => toLocal(datum as number | bigint, context);
    case "timestamp>date":
      return (datum) => timestampToDate(datum as number | bigint);
    case "timestamptz>date":
      return (datum, _to, context) => timestampToDate(toLocal(datum as number | bigint, context));
    case "timestamp>time":
      return (datum) => timeOf(datum as number | bigint);
    case "timestamptz>time":
      return (datum, _to, context) => timeOf(toLocal(datum as number | bigint, context));
    case "time>interval":
      return (datum) => makeInterval(0, 0, datum as number);
    case "interval>time":
      return (datum) => intervalTime(datum as Interval);
    case "jsonb>json":
      return (datum) => (datum as Jsonb).toString();
    case "json>jsonb":
      return (datum) => Jsonb.parse(datum as string);
    default:
      return undefined;
  }
}

function isNumberName(name: SqlTypeName): name is NumberName {
  return (
    isIntegerName(name) || name === "real" || name === "double precision" || name === "numeric"
  );
}

function isIntegerName(name: SqlTypeName): name is IntegerTypeName {
  return name === "smallint" || name === "integer" || name === "bigint";
}

function numberConversion(from: NumberName, to: NumberName): Conversion {
  if (isIntegerName(to)) {
    if (from === "numeric") return (datum) => decimalToInteger(datum as Decimal, to);
    if (isIntegerName(from)) return (datum) => checkInteger(datum as number | bigint, to);
    return (datum) => floatToInteger(datum as number, to);
  }
  if (to === "numeric") {
    if (isIntegerName(from)) return (datum) => Decimal.fromInteger(datum as number | bigint);
    return (datum) => Decimal.fromFloat(datum as number, from === "real" ? 6 : 15);
  }
  const wide: (datum: NonNullDatum) => number =
    from === "numeric" ? (datum) => (datum as Decimal).toNumber() : Number;
  return to === "real" ? (datum) => toFloat32(wide(datum)) : wide;
}

/** Half away from zero, as numeric rounds. */
function decimalToInteger(value: Decimal, to: IntegerTypeName): number | bigint {
  if (!value.isFinite) {
    const what = value.isNaN ? "NaN" : "infinity";
    throw new AegisError("UNSUPPORTED", `cannot convert ${what} to ${to}`);
  }
  return checkInteger(toInt64(round(value, 0).unscaled), to);
}

/** Half to even, as floats round. */
function floatToInteger(value: number, to: IntegerTypeName): number | bigint {
  if (!Number.isFinite(value)) throw numberOutOfRange(to);
  const floor = Math.floor(value);
  const rest = value - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  // The sum makes a zero of a negative zero.
  const whole = (up ? floor + 1 : floor) + 0;
  return checkInteger(Number.isSafeInteger(whole) ? whole : toInt64(BigInt(whole)), to);
}

function checkInteger(value: number | bigint, to: IntegerTypeName): number | bigint {
  if (!integerFits(value, to)) throw numberOutOfRange(to);
  return value;
}

function fromJson(value: Jsonb, to: NumberName | "boolean"): Datum {
  const node = value.node;
  if (to === "boolean" && typeof node === "boolean") return node;
  if (to !== "boolean" && node instanceof Decimal) {
    return to === "numeric"
      ? node
      : numberConversion("numeric", to)(node, { name: to }, NO_CONTEXT);
  }
  throw new AegisError("INVALID_ARGUMENT", `cannot cast jsonb ${jsonKind(value)} to type ${to}`);
}

/** Conversions between numbers depend on no session. */
const NO_CONTEXT: TextContext = { now: 0, timeZone: "UTC" };

function jsonKind(value: Jsonb): string {
  const node = value.node;
  if (node === null) return "null";
  if (typeof node === "string") return "string";
  if (typeof node === "boolean") return "boolean";
  if (node instanceof Decimal) return "numeric";
  return Array.isArray(node) ? "array" : "object";
}

function toInstant(local: number | bigint, { timeZone }: TextContext): number | bigint {
  return isFiniteMicros(local) ? localToInstant(local, zoneByName(timeZone)) : local;
}

function toLocal(instant: number | bigint, { timeZone }: TextContext): number | bigint {
  return isFiniteMicros(instant) ? instantToLocal(instant, zoneByName(timeZone)) : instant;
}

function timeOf(micros: number | bigint): number | null {
  return isFiniteMicros(micros) ? splitMicros(micros).micros : null;
}

function intervalTime(interval: Interval): number {
  const day = BigInt(MICROS_PER_DAY);
  const rest = BigInt(interval.micros) % day;
  return Number(rest < 0n ? rest + day : rest);
}
