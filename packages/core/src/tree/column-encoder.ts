import { Variant, type Interval, type Value } from "@aegisdb/sql/contract";
import type { ByteWriter } from "../base/bytes.js";
import { checkText } from "../base/text.js";
import { PackedVariant, packVariantInto } from "../base/variant.js";
import { AegisError } from "../errors.js";
import { INTERVAL_BYTES, isUuid, UUID_BYTES, writeInterval, writeUuid } from "./byte-form.js";
import type { LayoutColumn } from "./layout.js";
import { varintBytes } from "./row-format.js";

/**
 * What a row to be stored may hold. A variant may come packed, so that it is packed once and its
 * size can be checked before.
 */
export type StoredValue = Value | PackedVariant;

/** Appends a value that is not null to a row, or throws, having appended whatever. */
export type ColumnEncoder = (writer: ByteWriter, value: StoredValue) => void;

/** Up to this many units one loop checks and copies faster than native code does both. */
const SHORT_TEXT = 24;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

export function createColumnEncoder(column: LayoutColumn): ColumnEncoder {
  switch (column.type.kind) {
    case "int":
    case "timestamp":
    case "decimal":
    case "time":
      return (writer, value) => writer.i64(int64(column, value));
    case "float":
      return (writer, value) => {
        if (typeof value !== "number") throw typeMismatch(column, value);
        writer.f64(value);
      };
    case "bool":
      return (writer, value) => {
        if (typeof value !== "boolean") throw typeMismatch(column, value);
        writer.u8(value ? 1 : 0);
      };
    case "date":
      return (writer, value) => writer.i32(int32(column, value));
    case "text":
      return (writer, value) => {
        if (typeof value !== "string") throw typeMismatch(column, value);
        writeCheckedText(writer, value, column);
      };
    case "bytes":
    case "numeric":
      return (writer, value) => {
        if (!(value instanceof Uint8Array)) throw typeMismatch(column, value);
        writer.blob(value);
      };
    case "uuid":
      return (writer, value) => encodeUuid(writer, value, column);
    case "interval":
      return (writer, value) => encodeInterval(writer, value, column);
    case "variant":
      return (writer, value) => encodeVariant(writer, value, column);
  }
}

function int64(column: LayoutColumn, value: StoredValue): number | bigint {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return value;
    if (!Number.isInteger(value)) throw typeMismatch(column, value);
    if (value < -(2 ** 63) || value >= 2 ** 63) throw outOfRange(column, value);
    return value;
  }
  if (typeof value !== "bigint") throw typeMismatch(column, value);
  if (value < INT64_MIN || value > INT64_MAX) throw outOfRange(column, value);
  return value;
}

function int32(column: LayoutColumn, value: StoredValue): number {
  if (typeof value !== "number" || !Number.isInteger(value)) throw typeMismatch(column, value);
  if (value !== (value | 0)) throw outOfRange(column, value);
  return value;
}

function writeCheckedText(writer: ByteWriter, text: string, column: LayoutColumn): void {
  const { length } = text;
  if (length <= SHORT_TEXT) {
    writer.reserve(1 + length);
    const { buffer } = writer;
    const start = writer.length + 1;
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80 || unit === 0) break;
      buffer[start + i] = unit;
    }
    if (i === length) {
      buffer[start - 1] = length;
      writer.length = start + length;
      return;
    }
  }
  checkText(text, `column "${column.name}"`);
  writer.text(text);
}

function encodeUuid(writer: ByteWriter, value: StoredValue, column: LayoutColumn): void {
  if (typeof value !== "string") throw typeMismatch(column, value);
  if (!isUuid(value)) {
    throw new AegisError(
      "INVALID_TEXT_REPRESENTATION",
      `column "${column.name}" of type uuid cannot take a text that is not a UUID in lower case`,
      { column: column.name },
    );
  }
  writer.u8(UUID_BYTES);
  writeUuid(writer, value);
}

function encodeInterval(writer: ByteWriter, value: StoredValue, column: LayoutColumn): void {
  if (typeof value !== "object" || value === null || !("months" in value)) {
    throw typeMismatch(column, value);
  }
  const interval: Interval = {
    months: int32(column, value.months),
    days: int32(column, value.days),
    micros: int64(column, value.micros),
  };
  writer.u8(INTERVAL_BYTES);
  writeInterval(writer, interval);
}

function encodeVariant(writer: ByteWriter, value: StoredValue, column: LayoutColumn): void {
  if (value instanceof PackedVariant) {
    writer.blobOf(value.bytes, value.start, value.end);
    return;
  }
  if (!(value instanceof Variant)) throw typeMismatch(column, value);
  const start = writer.length;
  // Most variants are short, so one byte is left for the length; a longer one is moved.
  writer.u8(0);
  packVariantInto(writer, value.json);
  const size = writer.length - start - 1;
  if (size < 0x80) {
    writer.buffer[start] = size;
    return;
  }
  const lengthBytes = varintBytes(size);
  writer.reserve(lengthBytes);
  writer.buffer.copyWithin(start + lengthBytes, start + 1, writer.length);
  writer.truncate(start);
  writer.varint(size);
  writer.length += size;
}

/** Types are checked here, last before the log, whatever the layers above have let through. */
function typeMismatch(column: LayoutColumn, value: unknown): AegisError {
  return new AegisError(
    "TYPE_MISMATCH",
    `column "${column.name}" of type ${column.type.kind} cannot take ${describe(value)}`,
    { column: column.name },
  );
}

function outOfRange(column: LayoutColumn, value: number | bigint): AegisError {
  return new AegisError(
    "NUMERIC_OUT_OF_RANGE",
    `${String(value)} is outside the range of column "${column.name}" of type ${column.type.kind}`,
    { column: column.name },
  );
}

function describe(value: unknown): string {
  if (value === undefined) return "a missing value";
  if (typeof value === "object" && value !== null) {
    return `a value of class ${value.constructor.name}`;
  }
  if (typeof value === "string") return `a text of ${value.length} units`;
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") {
    return `the ${typeof value} ${String(value)}`;
  }
  return `a ${typeof value}`;
}
