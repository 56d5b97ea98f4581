import { Buffer } from "node:buffer";
import { Jsonb, storageType } from "@aegisdb/sql";
import type { ColumnType, Interval, SqlType, Value } from "@aegisdb/sql";
import { bytesUnits, uuidUnits } from "../base/keycode-bytes.js";
import { floatUnits, intUnits } from "../base/keycode-units.js";
import { AegisError } from "../errors.js";
import { jsonUnits } from "./key-form-json.js";
import { spanUnits, textUnits, withoutScale } from "./key-form-units.js";

/**
 * How values of a column stand in keys. Values that are equal must be one key, and most stored
 * values are their own key; but 1.0 and 1.00 are two encodings of one number, a month and 30 days
 * are two intervals of one length, and arrays and jsonb have an order of their own. Those stand in
 * keys as bytes made for that, and the value itself is kept beside them.
 */
export interface KeyForm {
  /** Of the key column. */
  readonly type: ColumnType;
  /** Whether the key column holds the value itself. */
  readonly exact: boolean;
  /** The key column's value. */
  readonly encode: (value: Value) => Value;
}

const BYTES: ColumnType = { kind: "bytes" };

/** Throws TYPE_NOT_FOUND for a type whose values have no order. */
export function keyForm(type: SqlType): KeyForm {
  switch (type.name) {
    case "json":
      throw new AegisError(
        "TYPE_NOT_FOUND",
        'data type json has no default operator class for access method "btree"',
        { hint: "Use jsonb, which can be compared." },
      );
    case "jsonb":
      return coded((value) => jsonUnits(Jsonb.fromCanonicalText(value as string).node));
    case "array": {
      const element = type.element ?? { name: "text" };
      return coded((value) => arrayUnits((value as { json: unknown }).json, element));
    }
    default:
  }
  const stored = storageType(type);
  if (stored.kind === "numeric") {
    return { type: BYTES, exact: false, encode: (value) => value && withoutScale(value) };
  }
  if (stored.kind === "interval") return coded((value) => spanUnits(value as Interval));
  return { type: stored, exact: true, encode: (value) => value };
}

function coded(units: (value: Value) => string): KeyForm {
  return {
    type: BYTES,
    exact: false,
    encode: (value) => (value === null ? null : bytesOf(units(value))),
  };
}

function bytesOf(units: string): Uint8Array {
  return new Uint8Array(Buffer.from(units, "latin1"));
}

/**
 * All elements in order, then the end, which is below every element; NULL is above them. The
 * dimensions come last: they only tell arrays of equal elements apart.
 */
function arrayUnits(items: unknown, element: SqlType): string {
  const dimensions: number[] = [];
  for (let part = items; Array.isArray(part); part = part[0]) dimensions.push(part.length);
  return (
    elementsUnits(items, element) + "\0" + [dimensions.length, ...dimensions].map(intUnits).join("")
  );
}

function elementsUnits(items: unknown, element: SqlType): string {
  let units = "";
  for (const item of items as readonly unknown[]) {
    if (item === null) units += "\x02";
    else if (Array.isArray(item)) units += elementsUnits(item, element);
    else units += "\x01" + elementUnits(item, element);
  }
  return units;
}

/** Code of an element in storage form, which says itself where it ends. */
function elementUnits(item: unknown, type: SqlType): string {
  if (type.name === "jsonb") return jsonUnits(Jsonb.fromCanonicalText(item as string).node);
  const { kind } = storageType(type);
  switch (kind) {
    case "float":
      return floatUnits(item as number, 0);
    case "bool":
      return item === true ? "\x01" : "\0";
    case "text":
      return textUnits(item as string);
    case "uuid":
      return uuidUnits(item as string);
    case "bytes": {
      const bytes = item as Uint8Array;
      return bytesUnits(bytes, 0, bytes.length);
    }
    case "numeric":
      return Buffer.from(withoutScale(item as Uint8Array)).toString("latin1");
    case "interval":
      return spanUnits(item as Interval);
    default:
      return intUnits(item as number | bigint);
  }
}
