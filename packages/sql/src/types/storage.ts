import { AegisError, assert, unreachable } from "../contract/errors.js";
import { type ColumnType, type Interval, type Value, Variant } from "../contract/types.js";
import { isFiniteMicros } from "./datetime.js";
import type { Datum } from "./datum.js";
import { toInt64 } from "./calendar.js";
import { decodeDecimal, encodeDecimal } from "./decimal-encoding.js";
import { Decimal } from "./decimal.js";
import { Jsonb } from "./jsonb.js";
import type { SqlType } from "./sql-type.js";

/** numeric(p, s) up to this precision is a scaled 64-bit integer in storage. */
const MAX_SCALED_PRECISION = 18;

/** Infinite instants and days are the ends of the ranges that storage has for them. */
const INSTANT_INFINITY = 2n ** 63n - 1n;
const INSTANT_NEGATIVE_INFINITY: bigint = -(2n ** 63n);
const DATE_INFINITY = 0x7fff_ffff;
const DATE_NEGATIVE_INFINITY = -0x8000_0000;

/** Whether the stored value of every datum of the type is the datum itself. */
export function isStoredAsIs({ name }: SqlType): boolean {
  switch (name) {
    case "numeric":
    case "jsonb":
    case "timestamp":
    case "timestamptz":
    case "date":
    case "array":
    case "record":
    case "void":
      return false;
    default:
      return true;
  }
}

/** How a column of the type is stored. Both kinds of JSON are stored as text, which is exact. */
export function storageType(type: SqlType): ColumnType {
  switch (type.name) {
    case "boolean":
      return { kind: "bool" };
    case "smallint":
    case "integer":
    case "bigint":
      return { kind: "int" };
    case "real":
    case "double precision":
      return { kind: "float" };
    case "numeric":
      return numericStorage(type);
    case "text":
    case "varchar":
    case "char":
    case "unknown":
    case "json":
    case "jsonb":
      return { kind: "text" };
    case "bytea":
      return { kind: "bytes" };
    case "date":
    case "time":
    case "interval":
    case "uuid":
      return { kind: type.name };
    case "timestamp":
    case "timestamptz":
      return { kind: "timestamp" };
    case "array":
      return { kind: "variant" };
    case "record":
    case "void":
      throw new AegisError("INVALID_DEFINITION", `a column cannot have type ${type.name}`);
    default:
      return unreachable(type.name);
  }
}

function numericStorage({ precision, scale = 0 }: SqlType): ColumnType {
  if (precision === undefined || precision > MAX_SCALED_PRECISION) return { kind: "numeric" };
  if (scale < 0 || scale > precision) return { kind: "numeric" };
  return { kind: "decimal", precision, scale };
}

/** The stored form of a datum to which the type's modifiers were applied. */
export function toStorage(datum: Datum, type: SqlType): Value {
  if (datum === null) return null;
  switch (type.name) {
    case "numeric":
      return storeDecimal(datum as Decimal, type);
    case "jsonb":
      return (datum as Jsonb).toString();
    case "timestamp":
    case "timestamptz": {
      const micros = datum as number | bigint;
      if (isFiniteMicros(micros)) return micros;
      return micros > 0 ? INSTANT_INFINITY : INSTANT_NEGATIVE_INFINITY;
    }
    case "date": {
      const days = datum as number;
      if (Number.isFinite(days)) return days;
      return days > 0 ? DATE_INFINITY : DATE_NEGATIVE_INFINITY;
    }
    case "array":
      return new Variant(storeItems(datum as readonly Datum[], type.element ?? TEXT));
    default:
      return datum as Value;
  }
}

/** What `toStorage` stored. */
export function fromStorage(value: Value, type: SqlType): Datum {
  if (value === null) return null;
  switch (type.name) {
    case "numeric":
      return loadDecimal(value, type);
    case "jsonb":
      return Jsonb.fromCanonicalText(value as string);
    case "timestamp":
    case "timestamptz":
      if (value === INSTANT_INFINITY) return Infinity;
      return value === INSTANT_NEGATIVE_INFINITY ? -Infinity : (value as number | bigint);
    case "date":
      if (value === DATE_INFINITY) return Infinity;
      return value === DATE_NEGATIVE_INFINITY ? -Infinity : (value as number);
    case "array":
      assert(value instanceof Variant, "an array is stored as a variant");
      return loadItems(value.json as readonly unknown[], type.element ?? TEXT);
    default:
      return value as Datum;
  }
}

const TEXT: SqlType = { name: "text" };

function storeDecimal(value: Decimal, type: SqlType): Value {
  const form = numericStorage(type);
  if (form.kind !== "decimal") return encodeDecimal(value);
  if (!value.isFinite) {
    throw new AegisError(
      "UNSUPPORTED_VALUE",
      `${value.toString()} cannot be stored with a precision of ${form.precision}`,
      { hint: "Declare the column as NUMERIC without precision and scale." },
    );
  }
  assert(value.scale === form.scale, "a stored numeric has the scale of its column");
  return toInt64(value.unscaled);
}

function loadDecimal(value: Value, type: SqlType): Decimal {
  if (value instanceof Uint8Array) return decodeDecimal(value);
  assert(typeof value === "number" || typeof value === "bigint", "a decimal is an integer");
  return new Decimal(BigInt(value), type.scale ?? 0);
}

function storeItems(items: readonly Datum[], element: SqlType): readonly unknown[] {
  return items.map((item) => {
    if (Array.isArray(item)) return storeItems(item as readonly Datum[], element);
    if (element.name !== "interval" || item === null) return toStorage(item, element);
    const { months, days, micros } = item as Interval;
    return { months, days, micros };
  });
}

function loadItems(items: readonly unknown[], element: SqlType): readonly Datum[] {
  return items.map((item) =>
    Array.isArray(item) ? loadItems(item, element) : fromStorage(item as Value, element),
  );
}
