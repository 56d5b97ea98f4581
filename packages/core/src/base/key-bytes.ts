/**
 * Keys as bytes, for run indexes and the manifest. Not order-preserving: `Key` itself is.
 *
 *   key := 0 int:i64 | 1 length:varint unit:u8* | 2 length:varint unit:u16*
 */
import { AegisError } from "../errors.js";
import { MAX_KEY_UNITS } from "../limits.js";
import type { ByteReader, ByteWriter } from "./bytes.js";
import type { Key } from "./key.js";
import { readLatin1, readUnits } from "./text.js";

const INTEGER = 0;
const ONE_BYTE_UNITS = 1;
const TWO_BYTE_UNITS = 2;

export function writeKey(writer: ByteWriter, key: Key): void {
  if (typeof key !== "string") {
    writer.u8(INTEGER);
    writer.i64(key);
    return;
  }
  const { length } = key;
  let all = 0;
  for (let i = 0; i < length; i++) all |= key.charCodeAt(i);
  const narrow = all < 0x100;
  writer.u8(narrow ? ONE_BYTE_UNITS : TWO_BYTE_UNITS);
  writer.varint(length);
  writer.reserve(narrow ? length : length * 2);
  const { buffer } = writer;
  let at = writer.length;
  for (let i = 0; i < length; i++) {
    const unit = key.charCodeAt(i);
    buffer[at++] = unit;
    if (!narrow) buffer[at++] = unit >>> 8;
  }
  writer.length = at;
}

export function readKey(reader: ByteReader): Key {
  const form = reader.u8();
  if (form === INTEGER) return reader.i64();
  if (form !== ONE_BYTE_UNITS && form !== TWO_BYTE_UNITS) {
    throw new AegisError("CORRUPTION", `a key has unknown form ${form}`);
  }
  const length = reader.varint();
  if (length > MAX_KEY_UNITS) throw new AegisError("CORRUPTION", "a key is longer than any");
  const units = reader.raw(form === ONE_BYTE_UNITS ? length : length * 2);
  return form === ONE_BYTE_UNITS ? readLatin1(units, 0, length) : readUnits(units, 0, length * 2);
}
