import { Buffer } from "node:buffer";
import type { ColumnType, ColumnVector, Value } from "@aegisdb/sql/contract";
import { readText } from "../base/text.js";
import { readUuidBytes } from "./cell.js";

/**
 * Zone maps: the bounds of a chunk's values, as they lie in the block index. Integers (and dates)
 * are int64, floats doubles, bools a byte; the rest are the value's bytes, whose order is the
 * kind's order. A missing bound says nothing.
 */
export interface ZoneBounds {
  nullCount: number;
  min: Uint8Array | null;
  max: Uint8Array | null;
}

/** Longest bound of text and bytes; enough to tell blocks apart, and the index stays small. */
export const ZONE_BOUND_BYTES = 32;

/** Bounds of a flat vector's values. */
export function zoneOf(vector: ColumnVector): ZoneBounds {
  const zone: ZoneBounds = { nullCount: 0, min: null, max: null };
  const { nulls, length } = vector;
  if (nulls !== null) for (let row = 0; row < length; row++) zone.nullCount += nulls[row]!;
  if (zone.nullCount === length) return zone;
  const { kind } = vector.type;
  switch (kind) {
    case "variant":
    case "interval":
      break;
    case "text":
    case "bytes":
    case "numeric":
    case "uuid":
      byteBounds(vector, zone);
      break;
    case "float":
      floatBounds(vector, zone);
      break;
    default:
      intBounds(vector, zone);
  }
  return zone;
}

function intBounds(vector: ColumnVector, zone: ZoneBounds): void {
  const { nulls, length } = vector;
  const values = vector.values!;
  let row = 0;
  if (nulls !== null) while (nulls[row] === 1) row++;
  let min = values[row]!;
  let max = min;
  for (row++; row < length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const value = values[row]!;
    if (value < min) min = value;
    else if (value > max) max = value;
  }
  if (vector.type.kind === "bool") {
    zone.min = Uint8Array.of(Number(min));
    zone.max = Uint8Array.of(Number(max));
    return;
  }
  zone.min = new Uint8Array(BigInt64Array.of(BigInt(min)).buffer);
  zone.max = new Uint8Array(BigInt64Array.of(BigInt(max)).buffer);
}

/** NaN is the largest. */
function floatBounds(vector: ColumnVector, zone: ZoneBounds): void {
  const { nulls, length } = vector;
  const values = vector.values as Float64Array;
  let min = NaN;
  let max = -Infinity;
  for (let row = 0; row < length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const value = values[row]!;
    if (value < min || Number.isNaN(min)) min = value;
    if (value > max || Number.isNaN(value)) max = value;
  }
  zone.min = new Uint8Array(Float64Array.of(min).buffer);
  zone.max = new Uint8Array(Float64Array.of(max).buffer);
}

function byteBounds(vector: ColumnVector, zone: ZoneBounds): void {
  const { nulls, length } = vector;
  const bytes = vector.bytes!;
  const starts = vector.starts!;
  const ends = vector.ends!;
  let min = -1;
  let max = -1;
  for (let row = 0; row < length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const start = starts[row]!;
    const end = ends[row]!;
    if (min < 0) {
      min = row;
      max = row;
    } else if (compareRanges(bytes, start, end, starts[min]!, ends[min]!) < 0) min = row;
    else if (compareRanges(bytes, start, end, starts[max]!, ends[max]!) > 0) max = row;
  }
  const { kind } = vector.type;
  const low = bytes.subarray(starts[min], ends[min]);
  const high = bytes.subarray(starts[max], ends[max]);
  if (kind === "numeric") {
    // A cut encoding is no number; one that is too long is left out.
    zone.min = low.length <= ZONE_BOUND_BYTES ? low.slice() : null;
    zone.max = high.length <= ZONE_BOUND_BYTES ? high.slice() : null;
    return;
  }
  zone.min = low.slice(0, cutLength(low, kind === "text"));
  zone.max = high.length <= ZONE_BOUND_BYTES ? high.slice() : cutUp(high, kind === "text");
}

function compareRanges(
  bytes: Uint8Array,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  for (let i = 0; i < length; i++) {
    const difference = bytes[aStart + i]! - bytes[bStart + i]!;
    if (difference !== 0) return difference;
  }
  return aEnd - aStart - (bEnd - bStart);
}

/** How much of a bound is kept: for text, whole characters. */
function cutLength(bytes: Uint8Array, isText: boolean): number {
  if (bytes.length <= ZONE_BOUND_BYTES) return bytes.length;
  let length = ZONE_BOUND_BYTES;
  if (isText) while ((bytes[length]! & 0xc0) === 0x80) length--;
  return length;
}

/** The smallest value of limited length above everything that begins as `bytes`; null if none. */
function cutUp(bytes: Uint8Array, isText: boolean): Uint8Array | null {
  let length = cutLength(bytes, isText);
  while (length > 0) {
    if (!isText) {
      const last = bytes[length - 1]!;
      if (last < 0xff) return bumped(bytes.subarray(0, length - 1), Uint8Array.of(last + 1));
      length--;
      continue;
    }
    let start = length - 1;
    while ((bytes[start]! & 0xc0) === 0x80) start--;
    const point = readText(bytes, start, length).codePointAt(0)!;
    if (point < 0x10ffff) {
      const next = point === 0xd7ff ? 0xe000 : point + 1;
      return bumped(bytes.subarray(0, start), Buffer.from(String.fromCodePoint(next)));
    }
    length = start;
  }
  return null;
}

function bumped(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const out = new Uint8Array(head.length + tail.length);
  out.set(head);
  out.set(tail, head.length);
  return out;
}

/** A bound as a value of its column. Precondition: `boundFits`. */
export function boundValue(type: ColumnType, bytes: Uint8Array, start: number, end: number): Value {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  switch (type.kind) {
    case "int":
    case "timestamp":
    case "decimal":
    case "time":
    case "date": {
      const value = view.getBigInt64(0, true);
      const asNumber = Number(value);
      return Number.isSafeInteger(asNumber) ? asNumber : value;
    }
    case "float":
      return view.getFloat64(0, true);
    case "bool":
      return bytes[start] === 1;
    case "text":
      return readText(bytes, start, end);
    case "bytes":
    case "numeric":
      return bytes.slice(start, end);
    case "uuid":
      return readUuidBytes(bytes, start);
    default:
      return null;
  }
}

/** Whether a bound of `length` bytes can be one of a column of this type. */
export function boundFits(type: ColumnType, length: number): boolean {
  switch (type.kind) {
    case "bool":
      return length === 1;
    case "text":
    case "bytes":
    case "numeric":
      return true;
    case "uuid":
      return length === 16;
    case "variant":
    case "interval":
      return false;
    default:
      return length === 8;
  }
}
