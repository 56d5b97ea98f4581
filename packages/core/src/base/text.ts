/// <reference lib="es2024.string" />
import { Buffer } from "node:buffer";
import { AegisError } from "../errors.js";

/**
 * Text at the boundary: what may be stored, and the way between strings and UTF-8.
 *
 * NUL and lone surrogates are refused wherever text enters: keys use NUL as a terminator, and a
 * lone surrogate has no UTF-8 form, so storing it would change it silently.
 */

/** A unit that makes a string's unit order differ from its code point order, or a NUL. */
const UNUSUAL_UNIT = /[\0\ud800-\uffff]/;

/** Whether `s` has a NUL or any unit at or above U+D800; false for nearly all text. */
export function hasUnusualUnit(s: string): boolean {
  return UNUSUAL_UNIT.test(s);
}

/** Throws INVALID_TEXT if `s` holds a NUL or a lone surrogate; `what` names it in the message. */
export function checkText(s: string, what: string): void {
  if (s.includes("\0")) {
    throw new AegisError("INVALID_TEXT", `${what} holds a NUL character (U+0000)`, {
      detail: `The NUL is at index ${s.indexOf("\0")}.`,
      hint: "Store binary data as a Uint8Array; text cannot hold NUL.",
    });
  }
  if (!s.isWellFormed()) {
    throw new AegisError("INVALID_TEXT", `${what} holds a lone surrogate`, {
      detail: "Half of a surrogate pair has no UTF-8 form.",
      hint: "Cut strings between characters, or call s.toWellFormed() first.",
    });
  }
}

/** Length of well-formed text in UTF-8. */
export function utf8ByteLength(s: string): number {
  return Buffer.byteLength(s, "utf8");
}

/** Buffer's own methods, which work on any Uint8Array, shared memory included. */
interface NativeText {
  utf8Slice(this: Uint8Array, start: number, end: number): string;
  latin1Slice(this: Uint8Array, start: number, end: number): string;
  ucs2Slice(this: Uint8Array, start: number, end: number): string;
  utf8Write(this: Uint8Array, s: string, offset: number, length: number): number;
}

const native = Buffer.prototype as unknown as NativeText;

/** Up to this many units a loop in JavaScript beats the call into native code. */
const SHORT_WRITE = 24;
const SHORT_READ = 12;

/**
 * Writes `s` as UTF-8 at `offset` and returns the bytes written.
 * Precondition: `buf` has room for `3 * s.length` bytes, or for exactly the text's length.
 */
export function writeText(buf: Uint8Array, offset: number, s: string): number {
  const length = s.length;
  if (length <= SHORT_WRITE) {
    let i = 0;
    for (; i < length; i++) {
      const unit = s.charCodeAt(i);
      if (unit >= 0x80) break;
      buf[offset + i] = unit;
    }
    if (i === length) return length;
  }
  return native.utf8Write.call(buf, s, offset, buf.length - offset);
}

/**
 * Reads UTF-8 in [start, end). The bytes were checked as text when they were stored.
 *
 * A call into native code costs 60 ns whatever the length; `fromCharCode` with several arguments
 * makes a short string for 15 to 35 ns. Beyond 12 units joining two would make a rope.
 */
export function readText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_READ) return native.utf8Slice.call(bytes, start, end);
  let all = 0;
  for (let at = start; at < end; at++) all |= bytes[at]!;
  return all < 0x80 ? shortLatin1(bytes, start, end) : native.utf8Slice.call(bytes, start, end);
}

/** Reads bytes in [start, end) as one unit each (Latin-1). */
export function readLatin1(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > SHORT_READ) return native.latin1Slice.call(bytes, start, end);
  return shortLatin1(bytes, start, end);
}

/** Precondition: there are no more than SHORT_READ bytes. */
function shortLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  let at = start;
  if (at + 8 <= end) {
    text = String.fromCharCode(
      bytes[at]!,
      bytes[at + 1]!,
      bytes[at + 2]!,
      bytes[at + 3]!,
      bytes[at + 4]!,
      bytes[at + 5]!,
      bytes[at + 6]!,
      bytes[at + 7]!,
    );
    at += 8;
  }
  if (at + 4 <= end) {
    text += String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
    at += 4;
  }
  if (at + 2 <= end) {
    text += String.fromCharCode(bytes[at]!, bytes[at + 1]!);
    at += 2;
  }
  if (at < end) text += String.fromCharCode(bytes[at]!);
  return text;
}

/** Reads bytes in [start, end) as UTF-16 units, little-endian, whether they are well formed or not. */
export function readUnits(bytes: Uint8Array, start: number, end: number): string {
  return native.ucs2Slice.call(bytes, start, end);
}
