import { AegisError } from "../errors.js";
import type { KeyReader } from "./keycode-units.js";
import { readLatin1 } from "./text.js";

/** Codes of byte strings and UUIDs; the grammar is in keycode-units. */

const ESCAPE = 0x01;
// eslint-disable-next-line no-control-regex -- the control characters are what is escaped.
const ESCAPED = /[\0\x01]/g;

/** The bytes as units, neither escaped nor terminated: for the last column of a key. */
export function rawBytesUnits(bytes: Uint8Array, start: number, end: number): string {
  return readLatin1(bytes, start, end);
}

/** Code of a byte string in the middle of a key. */
export function bytesUnits(bytes: Uint8Array, start: number, end: number): string {
  const raw = readLatin1(bytes, start, end);
  return raw.replace(ESCAPED, (unit) => (unit === "\0" ? "\x01\x01" : "\x01\x02")) + "\0";
}

/** Reads a terminated byte string whose units were complemented by `mask`. */
export function readBytes(reader: KeyReader, mask: number): Uint8Array {
  const { key } = reader;
  const start = reader.at;
  const stop = key.indexOf(String.fromCharCode(mask), start);
  reader.at = stop + 1;
  const out = new Uint8Array(stop - start);
  let length = 0;
  for (let i = start; i < stop; i++) {
    let unit = key.charCodeAt(i) ^ mask;
    if (unit === ESCAPE) unit = (key.charCodeAt(++i) ^ mask) - 1;
    out[length++] = unit;
  }
  return length === out.length ? out : out.slice(0, length);
}

/** Reads the rest of the key as unescaped bytes. */
export function readRawBytes(reader: KeyReader): Uint8Array {
  const { key } = reader;
  const out = new Uint8Array(key.length - reader.at);
  for (let i = 0; i < out.length; i++) out[i] = key.charCodeAt(reader.at + i);
  reader.at = key.length;
  return out;
}

const UUID_UNITS = 16;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const UUID_DASH_AFTER = [4, 6, 8, 10];
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

/** Code of a UUID given as its 36 lower-case characters. */
export function uuidUnits(text: string): string {
  if (!UUID.test(text)) {
    throw new AegisError(
      "INVALID_TEXT_REPRESENTATION",
      `a key column of type uuid cannot take a string that is not a UUID in lower case`,
    );
  }
  return String.fromCharCode(
    hexByte(text, 0),
    hexByte(text, 2),
    hexByte(text, 4),
    hexByte(text, 6),
    hexByte(text, 9),
    hexByte(text, 11),
    hexByte(text, 14),
    hexByte(text, 16),
    hexByte(text, 19),
    hexByte(text, 21),
    hexByte(text, 24),
    hexByte(text, 26),
    hexByte(text, 28),
    hexByte(text, 30),
    hexByte(text, 32),
    hexByte(text, 34),
  );
}

function hexByte(text: string, at: number): number {
  return (hexDigit(text.charCodeAt(at)) << 4) | hexDigit(text.charCodeAt(at + 1));
}

/** Precondition: the unit is one of 0-9a-f. */
function hexDigit(unit: number): number {
  return unit >= 0x61 ? unit - 0x57 : unit - 0x30;
}

export function readUuid(reader: KeyReader, mask: number): string {
  let out = "";
  for (let i = 0; i < UUID_UNITS; i++) {
    if (UUID_DASH_AFTER.includes(i)) out += "-";
    out += HEX[reader.unit() ^ mask]!;
  }
  return out;
}
