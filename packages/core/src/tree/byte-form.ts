import type { Interval } from "@aegisdb/sql/contract";
import type { ByteWriter } from "../base/bytes.js";

/** Values kept as bytes, on their way in; `run/cell` reads them. The forms are those of `ColumnVector`. */

export const UUID_BYTES = 16;
export const INTERVAL_BYTES = 16;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Where the digits of each byte begin in the text of a UUID. */
const UUID_DIGITS: readonly number[] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Appends the 16 bytes of a UUID. Precondition: `isUuid(text)`. */
export function writeUuid(writer: ByteWriter, text: string): void {
  for (const at of UUID_DIGITS) {
    writer.u8((hexDigit(text, at) << 4) | hexDigit(text, at + 1));
  }
}

function hexDigit(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0x61 ? unit - 0x57 : unit - 0x30;
}

/** Precondition: months and days are int32, micros is int64. */
export function writeInterval(writer: ByteWriter, value: Interval): void {
  writer.i32(value.months);
  writer.i32(value.days);
  writer.i64(value.micros);
}

/** A copy in memory of its own, whatever kind of array `bytes` is. */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}
