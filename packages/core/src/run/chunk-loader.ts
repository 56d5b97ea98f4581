import type { ColumnType, ColumnVector } from "@aegisdb/sql/contract";
import type { BufferPool } from "./buffer-pool.js";
import { loadPayload, payloadBytes } from "./compression.js";
import type { Place } from "./corruption.js";
import { decodeChunk, decodedBytes } from "./encodings/decode.js";
import { EncodedChunk } from "./encodings/encoded-chunk.js";
import { Scratch } from "./scratch.js";

/** Stored chunks into the pool's memory, decoded or still encoded. */

const payloads = new Scratch();

export interface Loaded<Content> {
  readonly content: Content;
  readonly buffer: ArrayBuffer;
}

/** Decodes a whole chunk. Precondition here and below: the checksum of `stored` is right. */
export function loadVector(
  stored: Uint8Array,
  type: ColumnType,
  rows: number,
  place: Place,
  pool: BufferPool,
): Loaded<ColumnVector> {
  const payload = payloads.take(payloadBytes(stored, place));
  loadPayload(stored, payload, place);
  const chunk = new EncodedChunk(type, wordsOf(payload), rows, place);
  return intoPool(decodedBytes(chunk), pool, (buffer) => decodeChunk(chunk, buffer));
}

/** Keeps a chunk encoded, for single values. */
export function loadEncoded(
  stored: Uint8Array,
  type: ColumnType,
  rows: number,
  place: Place,
  pool: BufferPool,
): Loaded<EncodedChunk> {
  const size = payloadBytes(stored, place);
  return intoPool(size, pool, (buffer) => {
    const payload = new Uint8Array(buffer, 0, size);
    loadPayload(stored, payload, place);
    return new EncodedChunk(type, wordsOf(payload), rows, place);
  });
}

function wordsOf(payload: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return new Uint32Array(payload.buffer, payload.byteOffset, payload.length >>> 2);
}

/** Fills memory of the pool's, which gets it back if that fails. */
export function intoPool<Content>(
  size: number,
  pool: BufferPool,
  fill: (buffer: ArrayBuffer) => Content,
): Loaded<Content> {
  const buffer = pool.allocate(size);
  try {
    return { content: fill(buffer), buffer };
  } catch (error) {
    pool.recycle(buffer);
    throw error;
  }
}
