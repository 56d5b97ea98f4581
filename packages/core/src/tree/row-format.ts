/**
 * The encoding of a row in commit records, which memtables read straight into their vectors.
 *
 *   row   := key value
 *   key   := nulls? column*       nulls: a bit per key column, only where one may be null
 *   value := nulls column*        nulls: a bit per value column
 *
 *   int, timestamp, decimal, time   int64, little-endian
 *   float                           double, little-endian
 *   date                            int32, little-endian
 *   bool                            one byte, 0 or 1
 *   the byte forms                  length as varint, bytes
 *
 * Bit c of the nulls is bit c % 8 of byte c / 8; a column that is null has no bytes. The encoded
 * key alone, a prefix of the row, stands for a deletion. See docs/format/commit-record.md.
 */
import { isByteForm, isIntForm, type ColumnKind } from "@aegisdb/sql/contract";
import type { Layout } from "./layout.js";

const TWO_32 = 2 ** 32;

/** Bytes of the nulls of the key; 0 where no key column may be null. */
export function keyNullBytes(layout: Layout): number {
  return layout.key.some((column) => column.nullable === true) ? nullBytes(layout.key.length) : 0;
}

/** Bytes of a bit per column. */
export function nullBytes(columns: number): number {
  return (columns + 7) >>> 3;
}

/** Bytes a column takes where it is not null; 0 for the byte forms, which say it themselves. */
export function fixedWidth(kind: ColumnKind): number {
  if (isByteForm(kind)) return 0;
  if (isIntForm(kind) || kind === "float") return 8;
  return kind === "date" ? 4 : 1;
}

export function readInt32(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** A number where it is safe, else a bigint. */
export function readInt64(bytes: Uint8Array, at: number): number | bigint {
  const low = readInt32(bytes, at) >>> 0;
  const high = readInt32(bytes, at + 4);
  const value = high * TWO_32 + low;
  // Rounding never brings an unsafe integer back into the safe range.
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low);
}

const floatWords: Int32Array = new Int32Array(2);
const floatValue: Float64Array = new Float64Array(floatWords.buffer);

export function readFloat64(bytes: Uint8Array, at: number): number {
  floatWords[0] = readInt32(bytes, at);
  floatWords[1] = readInt32(bytes, at + 4);
  return floatValue[0]!;
}

/** The length before the bytes of a byte form; they begin at `at + varintBytes(length)`. */
export function readLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return first;
  let length = first & 0x7f;
  let factor = 0x80;
  for (let next = at + 1; ; next++) {
    const part = bytes[next]!;
    length += (part & 0x7f) * factor;
    if (part < 0x80) return length;
    factor *= 0x80;
  }
}

export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes++;
  return bytes;
}
