import { ColumnVector, isByteForm, isIntForm } from "@aegisdb/sql/contract";
import { corrupt } from "../corruption.js";
import type { EncodedChunk } from "./encoded-chunk.js";
import { ENCODING_CONSTANT_FLOAT, ENCODING_DICTIONARY, ENCODING_NULL } from "./format.js";
import { unpackBools, unpackInt32, unpackNumbers, unpackOffsets, unpackWide } from "./unpack.js";

/** All arrays of a decoded vector lie in one buffer, one after the other, each at a multiple of 8. */
export function aligned(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** Bytes a decoded vector needs. */
export function decodedBytes(chunk: EncodedChunk): number {
  const { rows } = chunk;
  const nulls = chunk.nullsAt >= 0 || chunk.encoding === ENCODING_NULL ? aligned(rows) : 0;
  if (!isByteForm(chunk.type.kind)) return nulls + rows * 8;
  if (chunk.encoding === ENCODING_DICTIONARY) {
    return nulls + aligned(rows * 4) + aligned((chunk.entries + 1) * 4) + chunk.bytes!.length;
  }
  return nulls + aligned((rows + 1) * 4) + (chunk.bytes?.length ?? 0);
}

/**
 * Decodes a whole chunk into `buffer`, of which the vector then uses `decodedBytes(chunk)` bytes
 * from `offset` on; whatever was there is overwritten. The vector keeps nothing of the chunk. The
 * ends of a byte form's ranges stand right after their starts' first, so that `starts[i + 1]` is
 * `ends[i]` in memory. Precondition: `offset` is a multiple of 8.
 */
export function decodeChunk(chunk: EncodedChunk, buffer: ArrayBuffer, offset = 0): ColumnVector {
  const { rows } = chunk;
  let nulls: Uint8Array | null = null;
  let at = offset;
  if (chunk.nullsAt >= 0 || chunk.encoding === ENCODING_NULL) {
    nulls = new Uint8Array(buffer, at, rows);
    decodeNulls(chunk, nulls);
    at += aligned(rows);
  }
  const { kind } = chunk.type;
  if (isByteForm(kind)) {
    const vector = new ColumnVector(chunk.type, rows, null, nulls);
    if (chunk.encoding === ENCODING_DICTIONARY) decodeDictionary(chunk, vector, buffer, at);
    else decodeRanges(chunk, vector, buffer, at, rows);
    return vector;
  }
  return new ColumnVector(chunk.type, rows, decodeValues(chunk, buffer, at), nulls);
}

function decodeValues(
  chunk: EncodedChunk,
  buffer: ArrayBuffer,
  at: number,
): NonNullable<ColumnVector["values"]> {
  const { rows } = chunk;
  const { kind } = chunk.type;
  if (kind === "date") return decodeInt32(chunk, new Int32Array(buffer, at, rows));
  if (kind === "bool") return decodeBools(chunk, new Uint8Array(buffer, at, rows));
  if (isIntForm(kind) && chunk.ints?.wide === true) return decodeWide(chunk, buffer, at);
  return decodeNumbers(chunk, new Float64Array(buffer, at, rows));
}

function decodeNulls(chunk: EncodedChunk, out: Uint8Array): void {
  if (chunk.nullsAt < 0) {
    out.fill(1);
    return;
  }
  const { words, nullsAt, rows } = chunk;
  for (let row = 0; row < rows; row++) {
    out[row] = (words[nullsAt + (row >>> 5)]! >>> (row & 31)) & 1;
  }
}

function decodeInt32(chunk: EncodedChunk, out: Int32Array): Int32Array {
  if (chunk.ints === null) out.fill(0);
  else if (!unpackInt32(chunk.ints, out)) corrupt(chunk.place, "a date has more than 32 bits");
  return out;
}

function decodeBools(chunk: EncodedChunk, out: Uint8Array): Uint8Array {
  if (chunk.ints === null) out.fill(0);
  else if (!unpackBools(chunk.ints, out)) corrupt(chunk.place, "a bool is neither 0 nor 1");
  return out;
}

function decodeWide(chunk: EncodedChunk, buffer: ArrayBuffer, at: number): BigInt64Array {
  unpackWide(chunk.ints!, new Uint32Array(buffer, at, chunk.rows * 2));
  return new BigInt64Array(buffer, at, chunk.rows);
}

function decodeNumbers(chunk: EncodedChunk, out: Float64Array): Float64Array {
  if (chunk.ints !== null) unpackNumbers(chunk.ints, out);
  else if (chunk.floats === null) out.fill(0);
  else if (chunk.encoding === ENCODING_CONSTANT_FLOAT) out.fill(chunk.floats[0]!);
  else out.set(chunk.floats);
  return out;
}

/** Ranges of `count` rows or dictionary entries, and their bytes. */
function decodeRanges(
  chunk: EncodedChunk,
  vector: ColumnVector,
  buffer: ArrayBuffer,
  at: number,
  count: number,
): void {
  const offsets = new Uint32Array(buffer, at, count + 1);
  const source = chunk.bytes;
  const size = source?.length ?? 0;
  if (chunk.ends === null) offsets.fill(0);
  else if (!unpackOffsets(chunk.ends, offsets, size)) {
    corrupt(chunk.place, "the ranges of a chunk's values do not ascend to its end");
  }
  if (chunk.fixedBytes > 0) checkLengths(chunk, offsets, count, vector.nulls);
  const bytes = new Uint8Array(buffer, at + aligned((count + 1) * 4), size);
  if (source !== null) bytes.set(source);
  vector.starts = offsets.subarray(0, count);
  vector.ends = offsets.subarray(1, count + 1);
  vector.bytes = bytes;
}

/** Every value of a kind of one length has it; null rows of a plain chunk are empty. */
function checkLengths(
  chunk: EncodedChunk,
  offsets: Uint32Array,
  count: number,
  nulls: Uint8Array | null,
): void {
  for (let i = 0; i < count; i++) {
    const length = offsets[i + 1]! - offsets[i]!;
    if (length === chunk.fixedBytes) continue;
    if (length > 0 || chunk.encoding === ENCODING_DICTIONARY || nulls?.[i] !== 1) {
      corrupt(chunk.place, "a value has not the length of its kind");
    }
  }
}

function decodeDictionary(
  chunk: EncodedChunk,
  vector: ColumnVector,
  buffer: ArrayBuffer,
  at: number,
): void {
  const { rows, entries } = chunk;
  const codes = new Int32Array(buffer, at, rows);
  let outside = unpackInt32(chunk.ints!, codes) ? 0 : 1;
  for (let row = 0; row < rows; row++) {
    // A negative code is a large one when read as unsigned.
    if (codes[row]! >>> 0 >= entries) outside++;
  }
  if (outside > 0) corrupt(chunk.place, "a code is not in its dictionary");
  vector.codes = codes;
  decodeRanges(chunk, vector, buffer, at + aligned(rows * 4), entries);
}
