import { AegisError, unreachable } from "../contract/errors.js";
import type { Interval } from "../contract/types.js";
import type { Datum } from "./datum.js";
import { Decimal } from "./decimal.js";
import { compareIntervals, intervalSpan } from "./interval.js";
import { compareJson } from "./jsonb-compare.js";
import type { Jsonb, JsonNode } from "./jsonb.js";
import { isJsonArray, isJsonObject } from "./jsonb-text.js";
import type { SqlType } from "./sql-type.js";
import { compareText } from "./text-order.js";
import type { NonNullDatum } from "./text-output.js";

/** Negative, zero or positive; both arguments are of the type and not NULL. */
export type Comparator = (a: NonNullDatum, b: NonNullDatum) => number;

/**
 * The order of a type's values. NaN equals itself and is above every number. Inside of arrays and
 * records NULL equals itself and is above every value. Throws FUNCTION_NOT_FOUND for json.
 */
export function comparatorOf(type: SqlType): Comparator {
  switch (type.name) {
    case "boolean":
    case "smallint":
    case "integer":
    case "bigint":
    case "real":
    case "double precision":
    case "date":
    case "time":
    case "timestamp":
    case "timestamptz":
      return compareNumbers as Comparator;
    case "numeric":
      return compareDecimals as Comparator;
    case "text":
    case "varchar":
    case "char":
    case "uuid":
    case "unknown":
      return compareText as Comparator;
    case "bytea":
      return compareBytes as Comparator;
    case "interval":
      return compareIntervals as Comparator;
    case "jsonb":
      return compareJsonb as Comparator;
    case "array":
      return arrayComparator(type.element ?? { name: "text" });
    case "record":
      return recordComparator((type.fields ?? []).map((field) => comparatorOf(field.type)));
    case "json":
    case "void":
      throw new AegisError(
        "FUNCTION_NOT_FOUND",
        `could not identify an ordering operator for type ${type.name}`,
        { hint: "Cast json to jsonb, which has an order." },
      );
    default:
      return unreachable(type.name);
  }
}

/** Numbers and bigints may be mixed; -0 equals 0. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  // Only NaN is neither below, above nor equal, where `==` compares a number with a bigint.
  if (a === b) return 0;
  const aNaN = typeof a === "number" && Number.isNaN(a);
  const bNaN = typeof b === "number" && Number.isNaN(b);
  return Number(aNaN) - Number(bNaN);
}

function compareDecimals(a: Decimal, b: Decimal): number {
  return a.compare(b);
}

function compareJsonb(a: Jsonb, b: Jsonb): number {
  return compareJson(a.node, b.node);
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

function compareNullable(a: Datum, b: Datum, compare: Comparator): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a, b);
}

/** Element by element, whatever the dimensions; these only tell arrays of equal elements apart. */
function arrayComparator(element: SqlType): Comparator {
  const compare = comparatorOf(element);
  return (a, b) => {
    const left = elementsOf(a as readonly Datum[], element);
    const right = elementsOf(b as readonly Datum[], element);
    const length = Math.min(left.length, right.length);
    for (let i = 0; i < length; i++) {
      const order = compareNullable(left[i]!, right[i]!, compare);
      if (order !== 0) return order;
    }
    if (left.length !== right.length) return left.length - right.length;
    return compareDimensions(a as readonly Datum[], b as readonly Datum[], element);
  };
}

/** The elements of an array of any dimensions, in their order. A record is an element, too. */
function elementsOf(items: readonly Datum[], element: SqlType): readonly Datum[] {
  if (element.name === "record" || !items.some(Array.isArray)) return items;
  return items.flatMap((item) =>
    Array.isArray(item) ? elementsOf(item as readonly Datum[], element) : [item],
  );
}

/** Fewer dimensions first, then by the length of each. */
function compareDimensions(a: readonly Datum[], b: readonly Datum[], element: SqlType): number {
  const left = dimensionsOf(a, element);
  const right = dimensionsOf(b, element);
  if (left.length !== right.length) return left.length - right.length;
  const different = left.findIndex((size, i) => size !== right[i]);
  return different < 0 ? 0 : left[different]! - right[different]!;
}

function dimensionsOf(items: readonly Datum[], element: SqlType): readonly number[] {
  const first = element.name === "record" ? undefined : items[0];
  if (!Array.isArray(first)) return [items.length];
  return [items.length, ...dimensionsOf(first as readonly Datum[], element)];
}

function recordComparator(fields: readonly Comparator[]): Comparator {
  return (a, b) => {
    const left = a as readonly Datum[];
    const right = b as readonly Datum[];
    for (let i = 0; i < fields.length; i++) {
      const order = compareNullable(left[i] ?? null, right[i] ?? null, fields[i]!);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/**
 * A key for hash tables: equal for exactly the values the type's comparator finds equal, so that
 * grouping, joins and DISTINCT can use a Map. NULL is for the caller.
 */
export function hashKey(datum: NonNullDatum, type: SqlType): string | number | bigint | boolean {
  switch (type.name) {
    case "numeric":
      return (datum as Decimal).isFinite
        ? trimmedText(datum as Decimal)
        : (datum as Decimal).toString();
    case "interval":
      return intervalSpan(datum as Interval);
    case "bytea":
      return Buffer.from(datum as Uint8Array).toString("latin1");
    case "jsonb":
      return jsonKey(datum as Jsonb);
    case "array":
      return arrayKey(datum as readonly Datum[], type.element ?? { name: "text" });
    case "record":
      return listKey(datum as readonly Datum[], (item, i) =>
        hashKey(item, type.fields?.[i]?.type ?? { name: "text" }),
      );
    default:
      // A Map takes -0 for 0 and NaN for itself, and an int64 is a bigint only where no number is.
      return datum as string | number | bigint | boolean;
  }
}

/** The lists inside of an array are its further dimensions, or records. */
function arrayKey(items: readonly Datum[], element: SqlType): string {
  const nested = element.name !== "record";
  return listKey(items, (item) =>
    nested && Array.isArray(item)
      ? arrayKey(item as readonly Datum[], element)
      : hashKey(item, element),
  );
}

function listKey(
  items: readonly Datum[],
  keyOf: (item: NonNullDatum, index: number) => string | number | bigint | boolean,
): string {
  const keys = items.map((item, i) => {
    if (item === null) return "n";
    const key = String(keyOf(item, i));
    return `${key.length}:${key}`;
  });
  return `${items.length}(${keys.join("")})`;
}

/** The digits without zeros at the end of the fraction: 1.0 and 1.00 are one key. */
function trimmedText(value: Decimal): string {
  return value.scale === 0 ? value.toString() : value.toString().replace(/\.?0+$/, "");
}

function jsonKey(value: Jsonb): string {
  const write = (part: JsonNode): string => {
    if (part instanceof Decimal) return trimmedText(part);
    if (isJsonArray(part)) return `[${part.map(write).join(",")}]`;
    if (!isJsonObject(part)) return JSON.stringify(part);
    const members = Array.from(part, ([key, item]) => `${JSON.stringify(key)}:${write(item)}`);
    return `{${members.join(",")}}`;
  };
  return write(value.node);
}
