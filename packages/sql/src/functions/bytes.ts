import { createHash } from "node:crypto";
import { AegisError } from "../contract/errors.js";
import { toInt64 } from "../types/calendar.js";
import { parseBytea } from "../types/bytea.js";
import { binary, ternary, unary } from "./define.js";
import type { Int } from "./integers.js";
import { BIGINT, BYTEA, INTEGER, SMALLINT, TEXT } from "./overloads.js";
import type { ScalarFunction } from "./registry.js";

/** Base64 lines as PostgreSQL breaks them. */
const BASE64_LINE = 76;

function encodingOf(name: string): "hex" | "base64" | "escape" {
  const lower = name.toLowerCase();
  if (lower === "hex" || lower === "base64" || lower === "escape") return lower;
  throw new AegisError("INVALID_ARGUMENT", `unrecognized encoding: "${name}"`);
}

function encode(bytes: Uint8Array, encoding: string): string {
  const buffer = Buffer.from(bytes);
  switch (encodingOf(encoding)) {
    case "hex":
      return buffer.toString("hex");
    case "base64":
      return buffer.toString("base64").match(LINES)?.join("\n") ?? "";
    case "escape":
      return Array.from(bytes, escapeByte).join("");
  }
}

const LINES = new RegExp(`.{1,${BASE64_LINE}}`, "g");

function escapeByte(byte: number): string {
  if (byte === 0 || byte > 127) return `\\${byte.toString(8).padStart(3, "0")}`;
  return byte === 0x5c ? "\\\\" : String.fromCharCode(byte);
}

function decode(text: string, encoding: string): Uint8Array {
  switch (encodingOf(encoding)) {
    case "hex":
      return parseBytea(`\\x${text}`);
    case "base64":
      return decodeBase64(text);
    case "escape":
      return text.startsWith("\\x") ? parseBytea(`\\\\${text.slice(1)}`) : parseBytea(text);
  }
}

function decodeBase64(text: string): Uint8Array {
  const packed = text.replaceAll(/\s+/g, "");
  const bad = /[^A-Za-z0-9+/=]/u.exec(packed);
  if (bad !== null) {
    const message = `invalid symbol "${bad[0]}" found while decoding base64 sequence`;
    throw new AegisError("INVALID_ARGUMENT", message);
  }
  if (packed.length % 4 !== 0) {
    throw new AegisError("INVALID_ARGUMENT", "invalid base64 end sequence", {
      hint: "Input data is missing padding, is truncated, or is otherwise corrupted.",
    });
  }
  return Uint8Array.from(Buffer.from(packed, "base64"));
}

function digest(algorithm: string, data: string | Uint8Array): Buffer {
  return createHash(algorithm).update(data).digest();
}

function checkIndex(index: Int, length: number): void {
  if (index >= 0 && index < length) return;
  const message = `index ${index} out of valid range, 0..${length - 1}`;
  throw new AegisError("INVALID_ARGUMENT", message, { sqlState: "2202E" });
}

function byteAt(bytes: Uint8Array, index: number): number {
  checkIndex(index, bytes.length);
  return bytes[index]!;
}

function withByte(bytes: Uint8Array, index: number, value: number): Uint8Array {
  checkIndex(index, bytes.length);
  const changed = Uint8Array.from(bytes);
  changed[index] = value & 255;
  return changed;
}

function bitAt(bytes: Uint8Array, index: Int): number {
  checkIndex(index, bytes.length * 8);
  const at = Number(index);
  return (bytes[at >> 3]! >> (at & 7)) & 1;
}

function withBit(bytes: Uint8Array, index: Int, value: number): Uint8Array {
  checkIndex(index, bytes.length * 8);
  if (value !== 0 && value !== 1) {
    throw new AegisError("INVALID_ARGUMENT", "new bit must be 0 or 1");
  }
  const at = Number(index);
  const mask = 1 << (at & 7);
  const byte = bytes[at >> 3]!;
  return withByte(bytes, at >> 3, value === 1 ? byte | mask : byte & ~mask);
}

function countBits(bytes: Uint8Array): Int {
  let count = 0;
  for (const byte of bytes) {
    for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  }
  return toInt64(BigInt(count));
}

/** Takes away any of the bytes in `set` from the chosen ends. */
function trimBytes(bytes: Uint8Array, set: Uint8Array, left: boolean, right: boolean): Uint8Array {
  let start = 0;
  let end = bytes.length;
  if (left) while (start < end && set.includes(bytes[start]!)) start++;
  if (right) while (end > start && set.includes(bytes[end - 1]!)) end--;
  return bytes.slice(start, end);
}

function checkUtf8(encoding: string): void {
  if (/^(utf-?8|unicode|sql_ascii)$/i.test(encoding)) return;
  const message = `the encoding "${encoding}" is not supported; text is UTF-8`;
  throw new AegisError("UNSUPPORTED", message);
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function fromUtf8(bytes: Uint8Array): string {
  try {
    const text = strictUtf8.decode(bytes);
    if (!text.includes("\0")) return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new AegisError("INVALID_TEXT", 'invalid byte sequence for encoding "UTF8"', {
    detail: "Text is UTF-8 without NUL.",
  });
}

/** The bytes of an integer, the highest first, as the protocol of PostgreSQL sends them. */
function integerBytes(value: Int, width: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return Uint8Array.from(bytes.subarray(8 - width));
}

const sends = (
  [
    ["int2send", SMALLINT, 2],
    ["int4send", INTEGER, 4],
    ["int8send", BIGINT, 8],
  ] as const
).map(([name, type, width]) =>
  unary<Int>(name, type, BYTEA, (value) => integerBytes(value, width)),
);

const hashes = ["sha224", "sha256", "sha384", "sha512"].map((name) =>
  unary<Uint8Array>(name, BYTEA, BYTEA, (bytes) => Uint8Array.from(digest(name, bytes))),
);

/** PostgreSQL's section 9.5, and text to bytes and back. */
export const byteFunctions: readonly ScalarFunction[] = [
  binary<Uint8Array, string>("encode", [BYTEA, TEXT], TEXT, encode),
  binary<string>("decode", [TEXT, TEXT], BYTEA, decode),
  unary<string>("md5", TEXT, TEXT, (text) => digest("md5", text).toString("hex")),
  unary<Uint8Array>("md5", BYTEA, TEXT, (bytes) => digest("md5", bytes).toString("hex")),
  ...hashes,
  ...sends,
  ...["length", "octet_length"].map((name) =>
    unary<Uint8Array>(name, BYTEA, INTEGER, (bytes) => bytes.length),
  ),
  unary<Uint8Array>("bit_length", BYTEA, INTEGER, (bytes) => bytes.length * 8),
  unary<Uint8Array>("bit_count", BYTEA, BIGINT, countBits),
  binary<Uint8Array, number>("get_byte", [BYTEA, INTEGER], INTEGER, byteAt),
  ternary<Uint8Array, number, number>("set_byte", [BYTEA, INTEGER, INTEGER], BYTEA, withByte),
  binary<Uint8Array, Int>("get_bit", [BYTEA, BIGINT], INTEGER, bitAt),
  ternary<Uint8Array, Int, number>("set_bit", [BYTEA, BIGINT, INTEGER], BYTEA, withBit),
  binary<Uint8Array>("btrim", [BYTEA, BYTEA], BYTEA, (a, set) => trimBytes(a, set, true, true)),
  binary<Uint8Array>("ltrim", [BYTEA, BYTEA], BYTEA, (a, set) => trimBytes(a, set, true, false)),
  binary<Uint8Array>("rtrim", [BYTEA, BYTEA], BYTEA, (a, set) => trimBytes(a, set, false, true)),
  binary<Uint8Array>(
    "position",
    [BYTEA, BYTEA],
    INTEGER,
    (bytes, part) => Buffer.from(bytes).indexOf(part) + 1,
  ),
  binary<Uint8Array, string>("convert_from", [BYTEA, TEXT], TEXT, (bytes, encoding) => {
    checkUtf8(encoding);
    return fromUtf8(bytes);
  }),
  binary<string>("convert_to", [TEXT, TEXT], BYTEA, (text, encoding) => {
    checkUtf8(encoding);
    return Uint8Array.from(Buffer.from(text));
  }),
];
