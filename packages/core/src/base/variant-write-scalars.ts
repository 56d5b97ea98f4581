import type { ByteWriter } from "./bytes.js";
import { utf8ByteLength, writeText } from "./text.js";
import * as format from "./variant-format.js";

/** Writes the values of variants that hold no others; the forms are in variant.ts. */

/** Thrown at the first thing that must be refused; variant-problems finds out what and where. */
export const REFUSED: Error = new Error("this value cannot be stored");

/** Room for a type byte and any fixed-size number. */
const SCALAR_BYTES = 9;
/** The longest form of a date. */
const DATE_BYTES = 15;
/** Room for a type byte and a 32-bit length. */
export const HEADER_BYTES = 5;
/** UTF-8 of one UTF-16 unit. */
const MAX_UNIT_BYTES = 3;
/** Text of up to this many units is written by a loop, while it is ASCII. */
const SHORT_TEXT = 31;
/** Text of up to this many units reserves what it may need at most; longer text is measured. */
const MEASURED_TEXT = 4096;

const MS_PER_SECOND = 1000;
const NANOS_PER_MS = 1_000_000;
const TWO_32 = 2 ** 32;
const TWO_34 = 2 ** 34;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

export function writeString(writer: ByteWriter, text: string): void {
  const length = text.length;
  if (length > SHORT_TEXT) {
    writeLongString(writer, text);
    return;
  }
  writer.reserve(HEADER_BYTES + length * MAX_UNIT_BYTES);
  const { buffer } = writer;
  const start = writer.length;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    // One comparison for NUL and for everything that is not ASCII.
    if ((unit - 1) >>> 0 >= 0x7f) {
      writeLongString(writer, text);
      return;
    }
    buffer[start + 1 + i] = unit;
  }
  buffer[start] = format.FIXSTR | length;
  writer.length = start + 1 + length;
}

function writeLongString(writer: ByteWriter, text: string): void {
  if (text.includes("\0") || !text.isWellFormed()) throw REFUSED;
  const length = text.length;
  const most = length > MEASURED_TEXT ? utf8ByteLength(text) : length * MAX_UNIT_BYTES;
  writer.reserve(HEADER_BYTES + most);
  const { buffer } = writer;
  const start = writer.length;
  // The header's width is guessed from the length in units and corrected where that was too small.
  const guess = stringHeader(length);
  const size = writeText(buffer, start + guess, text);
  const header = stringHeader(size);
  if (header !== guess) buffer.copyWithin(start + header, start + guess, start + guess + size);
  if (header === 1) {
    buffer[start] = format.FIXSTR | size;
  } else if (header === 2) {
    buffer[start] = format.STR8;
    buffer[start + 1] = size;
  } else if (header === 3) {
    buffer[start] = format.STR16;
    buffer[start + 1] = size >>> 8;
    buffer[start + 2] = size;
  } else {
    buffer[start] = format.STR32;
    putUint32(buffer, start + 1, size);
  }
  writer.length = start + header + size;
}

function stringHeader(size: number): number {
  return size < 32 ? 1 : size < 0x100 ? 2 : size < 0x1_0000 ? 3 : HEADER_BYTES;
}

export function putUint32(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}

export function writeNumber(writer: ByteWriter, value: number): void {
  if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
    writeInt(writer, value);
  } else if (value >>> 0 === value && value !== 0) {
    writer.reserve(SCALAR_BYTES);
    writer.buffer[writer.length] = format.UINT32;
    putUint32(writer.buffer, writer.length + 1, value);
    writer.length += 5;
  } else {
    writeFloat(writer, value);
  }
}

/** Precondition: an integer of 32 bits with sign. */
function writeInt(writer: ByteWriter, value: number): void {
  writer.reserve(SCALAR_BYTES);
  const { buffer } = writer;
  const at = writer.length;
  if (value >= -32 && value < 0x80) {
    buffer[at] = value;
    writer.length = at + 1;
  } else if (value >= -0x80 && value < 0x100) {
    buffer[at] = value >= 0 ? format.UINT8 : format.INT8;
    buffer[at + 1] = value;
    writer.length = at + 2;
  } else if (value >= -0x8000 && value < 0x1_0000) {
    buffer[at] = value >= 0 ? format.UINT16 : format.INT16;
    buffer[at + 1] = value >>> 8;
    buffer[at + 2] = value;
    writer.length = at + 3;
  } else {
    buffer[at] = value >= 0 ? format.UINT32 : format.INT32;
    putUint32(buffer, at + 1, value);
    writer.length = at + 5;
  }
}

function writeFloat(writer: ByteWriter, value: number): void {
  writer.reserve(SCALAR_BYTES);
  const narrow = Math.fround(value) === value || value !== value;
  const bytes = narrow ? 4 : 8;
  if (narrow) format.scratch32[0] = value;
  else format.scratch64[0] = value;
  const { buffer } = writer;
  const at = writer.length;
  buffer[at] = narrow ? format.FLOAT32 : format.FLOAT64;
  if (format.LITTLE_ENDIAN) {
    for (let i = 0; i < bytes; i++) buffer[at + bytes - i] = format.scratchBytes[i]!;
  } else {
    for (let i = 0; i < bytes; i++) buffer[at + 1 + i] = format.scratchBytes[i]!;
  }
  writer.length = at + 1 + bytes;
}

export function writeBigInt(writer: ByteWriter, value: bigint): void {
  if (value < INT64_MIN || value > UINT64_MAX) {
    writeWideBigInt(writer, value);
    return;
  }
  writer.reserve(SCALAR_BYTES);
  const bits = BigInt.asUintN(64, value);
  const at = writer.length;
  writer.buffer[at] = value <= INT64_MAX ? format.INT64 : format.UINT64;
  putUint32(writer.buffer, at + 1, Number(bits >> 32n));
  putUint32(writer.buffer, at + 5, Number(bits & 0xffff_ffffn));
  writer.length = at + 9;
}

function writeWideBigInt(writer: ByteWriter, value: bigint): void {
  // One bit more than the magnitude, for the sign.
  const magnitude = value < 0n ? -1n - value : value;
  const size = Math.floor((magnitude.toString(16).length * 4) / 8) + 1;
  const hex = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, "0");
  writeExtensionHeader(writer, size, format.EXT_BIGINT);
  for (let i = 0; i < hex.length; i += 2) writer.u8(Number.parseInt(hex.slice(i, i + 2), 16));
}

export function writeExtensionHeader(writer: ByteWriter, size: number, type: number): void {
  writer.u8(format.EXT32);
  writer.reserve(HEADER_BYTES);
  putUint32(writer.buffer, writer.length, size);
  writer.length += 4;
  writer.u8(type);
}

/** MessagePack's timestamp: 32 bits of seconds; 30 of nanoseconds and 34; or 32 and 64. */
export function writeDate(writer: ByteWriter, ms: number): void {
  if (Number.isNaN(ms)) throw REFUSED;
  const seconds = Math.floor(ms / MS_PER_SECOND);
  const nanos = (ms - seconds * MS_PER_SECOND) * NANOS_PER_MS;
  const high = Math.floor(seconds / TWO_32);
  writer.reserve(DATE_BYTES);
  const { buffer } = writer;
  const at = writer.length;
  if (nanos === 0 && high === 0) {
    buffer[at] = format.FIXEXT4;
    buffer[at + 1] = format.EXT_TIMESTAMP;
    putUint32(buffer, at + 2, seconds);
    writer.length = at + 6;
  } else if (high >= 0 && seconds < TWO_34) {
    buffer[at] = format.FIXEXT8;
    buffer[at + 1] = format.EXT_TIMESTAMP;
    putUint32(buffer, at + 2, nanos * 4 + high);
    putUint32(buffer, at + 6, seconds);
    writer.length = at + 10;
  } else {
    buffer[at] = format.EXT8;
    buffer[at + 1] = 12;
    buffer[at + 2] = format.EXT_TIMESTAMP;
    putUint32(buffer, at + 3, nanos);
    putUint32(buffer, at + 7, high);
    putUint32(buffer, at + 11, seconds);
    writer.length = at + DATE_BYTES;
  }
}

export function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
  const size = bytes.length;
  writer.reserve(HEADER_BYTES);
  const { buffer } = writer;
  const at = writer.length;
  if (size < 0x100) {
    buffer[at] = format.BIN8;
    buffer[at + 1] = size;
    writer.length = at + 2;
  } else {
    buffer[at] = format.BIN32;
    putUint32(buffer, at + 1, size);
    writer.length = at + HEADER_BYTES;
  }
  writer.raw(bytes);
}
