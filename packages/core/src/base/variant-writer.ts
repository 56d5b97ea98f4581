import { types } from "node:util";
import { MAX_VARIANT_DEPTH } from "../limits.js";
import type { ByteWriter } from "./bytes.js";
import * as format from "./variant-format.js";
import {
  HEADER_BYTES,
  putUint32,
  REFUSED,
  writeBigInt,
  writeBytes,
  writeDate,
  writeExtensionHeader,
  writeNumber,
  writeString,
} from "./variant-write-scalars.js";

/** Writes variants; the forms are in variant.ts. */

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
