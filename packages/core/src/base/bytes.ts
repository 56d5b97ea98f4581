import { AegisError } from "../errors.js";
import { readText, utf8ByteLength, writeText } from "./text.js";

const TWO_32 = 2 ** 32;
const SAFE_HIGH = 2 ** 21;
const BIT_LIMIT = 2 ** 31;

/** Where bytes are copied to. */
export interface ByteSink {
  /** The bytes [start, end). */
  rawOf(bytes: Uint8Array, start: number, end: number): void;
}

/**
 * A growing buffer that little-endian values are appended to. `view()` and `buffer` alias it and
 * are valid only until the next append.
 */
export class ByteWriter implements ByteSink {
  buffer: Uint8Array;
  length = 0;
  private data: DataView;

  constructor(capacity = 256) {
    this.buffer = new Uint8Array(capacity);
    this.data = new DataView(this.buffer.buffer);
  }

  get capacity(): number {
    return this.buffer.length;
  }

  reset(): void {
    this.length = 0;
  }

  /** Forgets everything from `length` on. */
  truncate(length: number): void {
    this.length = length;
  }

  view(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  u8(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  u32(value: number): void {
    this.reserve(4);
    this.data.setUint32(this.length, value, true);
    this.length += 4;
  }

  i32(value: number): void {
    this.reserve(4);
    this.data.setInt32(this.length, value, true);
    this.length += 4;
  }

  f64(value: number): void {
    this.reserve(8);
    this.data.setFloat64(this.length, value, true);
    this.length += 8;
  }

  /** Precondition: an integer in the range of int64. */
  i64(value: number | bigint): void {
    this.reserve(8);
    setInt64(this.data, this.length, value);
    this.length += 8;
  }

  /** An integer from 0 to 2^53 - 1 in 1 to 8 bytes, 7 bits a byte, low bits first. */
  varint(value: number): void {
    this.reserve(8);
    let rest = value;
    // Bit operations are right, and several times faster, below 2^31.
    while (rest >= BIT_LIMIT) {
      this.buffer[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    while (rest >= 0x80) {
      this.buffer[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** The bytes [start, end). */
  rawOf(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.reserve(size);
    copyBytes(bytes, start, this.buffer, this.length, size);
    this.length += size;
  }

  /** UTF-8 behind its byte length. Precondition: the text is well formed. */
  text(value: string): void {
    // Three bytes a unit is the most UTF-8 needs; most text is short, so it is reserved at once.
    if (value.length < 0x80 / 3) {
      this.reserve(1 + value.length * 3);
      const written = writeText(this.buffer, this.length + 1, value);
      this.buffer[this.length] = written;
      this.length += 1 + written;
      return;
    }
    const size = utf8ByteLength(value);
    this.varint(size);
    this.reserve(size);
    writeText(this.buffer, this.length, value);
    this.length += size;
  }

  /** Bytes behind their length. */
  blob(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** The bytes [start, end) behind their length. */
  blobOf(bytes: Uint8Array, start: number, end: number): void {
    this.varint(end - start);
    this.rawOf(bytes, start, end);
  }

  patchU32(at: number, value: number): void {
    this.data.setUint32(at, value, true);
  }

  patchI64(at: number, value: number | bigint): void {
    setInt64(this.data, at, value);
  }

  /** Makes room for `bytes` more, so that a caller may write to `buffer` at `length` itself. */
  reserve(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.view());
    this.buffer = grown;
    this.data = new DataView(grown.buffer);
  }
}

/** Reads what `ByteWriter` wrote; reading past the end is CORRUPTION, never garbage. */
export class ByteReader {
  position: number;
  readonly bytes: Uint8Array;
  readonly end: number;
  private readonly data: DataView;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
    this.data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.end - this.position;
  }

  u8(): number {
    return this.bytes[this.take(1)]!;
  }

  u32(): number {
    return this.data.getUint32(this.take(4), true);
  }

  i32(): number {
    return this.data.getInt32(this.take(4), true);
  }

  f64(): number {
    return this.data.getFloat64(this.take(8), true);
  }

  /** A number where it is safe, else a bigint. */
  i64(): number | bigint {
    return getInt64(this.data, this.take(8));
  }

  varint(): number {
    const first = this.u8();
    if (first < 0x80) return first;
    let value = first & 0x7f;
    let factor = 0x80;
    for (let i = 1; i < 8; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
      factor *= 0x80;
    }
    throw new AegisError("CORRUPTION", "a variable-length integer is longer than any we write");
  }

  /** Aliases the reader's bytes. */
  raw(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  text(): string {
    const length = this.varint();
    const start = this.take(length);
    return readText(this.bytes, start, start + length);
  }

  /** Aliases the reader's bytes. */
  blob(): Uint8Array {
    return this.raw(this.varint());
  }

  private take(bytes: number): number {
    const start = this.position;
    if (start + bytes > this.end) {
      throw new AegisError("CORRUPTION", "data ends in the middle of a value");
    }
    this.position = start + bytes;
    return start;
  }
}

/** Up to this many bytes a loop beats the call of `set` with a fresh view, which costs 40 ns. */
const SHORT_COPY = 20;

export function copyBytes(
  from: Uint8Array,
  start: number,
  to: Uint8Array,
  at: number,
  count: number,
): void {
  if (count <= SHORT_COPY) for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
  else to.set(from.subarray(start, start + count), at);
}

/** Writes an int64 without making a bigint of a safe number. */
function setInt64(data: DataView, at: number, value: number | bigint): void {
  if (typeof value === "bigint") {
    data.setBigInt64(at, value, true);
    return;
  }
  // setUint32 takes its argument modulo 2^32, which is the low word in two's complement.
  data.setUint32(at, value, true);
  data.setInt32(at + 4, Math.floor(value / TWO_32), true);
}

/** Reads an int64: a number where it is safe, else a bigint. */
export function getInt64(data: DataView, at: number): number | bigint {
  const high = data.getInt32(at + 4, true);
  if (high >= -SAFE_HIGH && high < SAFE_HIGH) {
    const value = high * TWO_32 + data.getUint32(at, true);
    // -2^53 is a number but not a safe one; it is a bigint everywhere.
    if (value !== -(2 ** 53)) return value;
  }
  return data.getBigInt64(at, true);
}
