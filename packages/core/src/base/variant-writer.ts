import { types } from "node:util";
import { MAX_VARIANT_DEPTH } from "../limits.js";
import type { ByteWriter } from "./bytes.js";
import { utf8ByteLength, writeText } from "./text.js";
import * as format from "./variant-format.js";

/**
 * Writes variants; the forms are in variant.ts. This is the hot half: at the first thing it must
 * refuse it throws `REFUSED`, and variant-problems finds out what and where.
 */
export const REFUSED: Error = new Error("this value cannot be stored");

/** Room for a type byte and any fixed-size number. */
const SCALAR_BYTES = 9;
/** The longest form of a date. */
const DATE_BYTES = 15;
/** Room for a type byte and a 32-bit length. */
const HEADER_BYTES = 5;
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

/** Throws `REFUSED`, or what a getter or toJSON throws; then the writer holds a part of it. */
export function writeVariant(writer: ByteWriter, value: unknown): void {
  if (value === undefined) throw REFUSED;
  writeValue(writer, value, 0);
}

function writeValue(writer: ByteWriter, value: unknown, depth: number): void {
  switch (typeof value) {
    case "string":
      writeString(writer, value);
      return;
    case "number":
      writeNumber(writer, value);
      return;
    case "boolean":
      writer.u8(value ? format.TRUE : format.FALSE);
      return;
    case "undefined":
      writer.u8(format.NIL);
      return;
    case "object":
      if (value === null) writer.u8(format.NIL);
      else writeObject(writer, value, depth + 1);
      return;
    case "bigint":
      writeBigInt(writer, value);
      return;
    default:
      throw REFUSED;
  }
}

function writeString(writer: ByteWriter, text: string): void {
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

function putUint32(buffer: Uint8Array, at: number, value: number): void {
  buffer[at] = value >>> 24;
  buffer[at + 1] = value >>> 16;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value;
}

function writeNumber(writer: ByteWriter, value: number): void {
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

function writeBigInt(writer: ByteWriter, value: bigint): void {
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

function writeExtensionHeader(writer: ByteWriter, size: number, type: number): void {
  writer.u8(format.EXT32);
  writer.reserve(HEADER_BYTES);
  putUint32(writer.buffer, writer.length, size);
  writer.length += 4;
  writer.u8(type);
}

function writeObject(writer: ByteWriter, value: object, depth: number): void {
  if (depth > MAX_VARIANT_DEPTH) throw REFUSED;
  if (Object.getPrototypeOf(value) === Object.prototype) {
    if (typeof (value as Jsonable).toJSON === "function") writeJsonForm(writer, value, depth);
    else writeMembers(writer, value as Record<string, unknown>, depth);
  } else if (Array.isArray(value)) {
    writeArray(writer, value, depth);
  } else {
    writeSpecial(writer, value, depth, true);
  }
}

interface Jsonable {
  readonly toJSON?: unknown;
}

/** As JSON.stringify, it does not call toJSON again on what toJSON gave. */
function writeJsonForm(writer: ByteWriter, value: object, depth: number): void {
  const json = (value as { toJSON(): unknown }).toJSON();
  if (typeof json !== "object" || json === null) writeValue(writer, json, depth);
  else if (Array.isArray(json)) writeArray(writer, json, depth);
  else writeSpecial(writer, json, depth, false);
}

function writeMembers(writer: ByteWriter, value: Record<string, unknown>, depth: number): void {
  const keys = Object.keys(value);
  const header = writer.length;
  const width = keys.length < 16 ? 1 : keys.length < 0x1_0000 ? 3 : HEADER_BYTES;
  writer.reserve(HEADER_BYTES);
  writer.length = header + width;
  let count = 0;
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    const member = value[key];
    if (member === undefined) continue;
    count++;
    writeString(writer, key);
    writeValue(writer, member, depth);
  }
  // The width was chosen before members were left out; a wider header than needed is still right.
  putCount(writer.buffer, header, width, count, format.FIXMAP, format.MAP16);
}

function writeArray(writer: ByteWriter, value: readonly unknown[], depth: number): void {
  const length = value.length;
  const width = length < 16 ? 1 : length < 0x1_0000 ? 3 : HEADER_BYTES;
  writer.reserve(HEADER_BYTES);
  putCount(writer.buffer, writer.length, width, length, format.FIXARRAY, format.ARRAY16);
  writer.length += width;
  for (let i = 0; i < length; i++) writeValue(writer, value[i], depth);
}

/** `wide16` is the type byte with a 16-bit count; the one with 32 bits is next to it. */
function putCount(
  buffer: Uint8Array,
  at: number,
  width: number,
  count: number,
  fix: number,
  wide16: number,
): void {
  if (width === 1) {
    buffer[at] = fix | count;
  } else if (width === 3) {
    buffer[at] = wide16;
    buffer[at + 1] = count >>> 8;
    buffer[at + 2] = count;
  } else {
    buffer[at] = wide16 + 1;
    putUint32(buffer, at + 1, count);
  }
}

/** Whatever is not an array; `asJson`: whether to call its toJSON. */
function writeSpecial(writer: ByteWriter, value: object, depth: number, asJson: boolean): void {
  if (types.isDate(value)) writeDate(writer, value.getTime());
  else if (types.isUint8Array(value)) writeBytes(writer, value);
  else if (types.isMap(value)) writeCollection(writer, [...value].flat(), format.EXT_MAP, depth);
  else if (types.isSet(value)) writeCollection(writer, [...value], format.EXT_SET, depth);
  else if (asJson && typeof (value as Jsonable).toJSON === "function") {
    writeJsonForm(writer, value, depth);
  } else if (types.isBoxedPrimitive(value)) writeValue(writer, value.valueOf(), depth);
  else if (isOpaque(value)) throw REFUSED;
  else writeMembers(writer, value as Record<string, unknown>, depth);
}

/** MessagePack's timestamp: 32 bits of seconds; 30 of nanoseconds and 34; or 32 and 64. */
function writeDate(writer: ByteWriter, ms: number): void {
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

function writeBytes(writer: ByteWriter, bytes: Uint8Array): void {
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

/** The size stands before the members, so it is filled in when they are written. */
function writeCollection(
  writer: ByteWriter,
  items: readonly unknown[],
  type: number,
  depth: number,
): void {
  writeExtensionHeader(writer, 0, type);
  const start = writer.length;
  writeArray(writer, items, depth);
  putUint32(writer.buffer, start - HEADER_BYTES, writer.length - start);
}

/** Objects whose content is not in their members: storing those would lose it without a word. */
export function isOpaque(value: object): boolean {
  return (
    ArrayBuffer.isView(value) ||
    types.isAnyArrayBuffer(value) ||
    types.isRegExp(value) ||
    types.isNativeError(value) ||
    types.isPromise(value) ||
    types.isWeakMap(value) ||
    types.isWeakSet(value) ||
    value instanceof WeakRef
  );
}
