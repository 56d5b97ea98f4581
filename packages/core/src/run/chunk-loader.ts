import type { ColumnType, ColumnVector } from "@aegisdb/sql/contract";
import type { BufferPool, Region } from "./buffer-pool.js";
import { StoredPayload } from "./compression.js";
import type { Place } from "./corruption.js";
import { aligned, decodeChunk, decodedBytes } from "./encodings/decode.js";
import { EncodedChunk } from "./encodings/encoded-chunk.js";
import { LazyFrames } from "./lazy-frames.js";
import { Scratch } from "./scratch.js";

/** Stored chunks into the pool's memory, decoded or still encoded. */

const payloads = new Scratch();

export interface Loaded<Content> {
  readonly content: Content;
  readonly region: Region;
}

/** Decodes a whole chunk. Precondition here and below: the checksum of `stored` is right. */
export function loadVector(
  stored: Uint8Array,
  type: ColumnType,
  rows: number,
  place: Place,
  pool: BufferPool,
): Loaded<ColumnVector> {
  const source = new StoredPayload(stored, place);
  const payload = payloads.take(source.size);
  source.load(payload);
  const chunk = new EncodedChunk(type, wordsOf(payload), rows, place);
  return intoPool(decodedBytes(chunk), pool, ({ buffer, offset }) =>
    decodeChunk(chunk, buffer, offset),
  );
}

/**
 * Keeps a chunk encoded, for single values. If it is compressed it stays so too, and frames are
 * loaded as values need them.
 */
export function loadEncoded(
  stored: Uint8Array,
  type: ColumnType,
  rows: number,
  place: Place,
  pool: BufferPool,
): Loaded<EncodedChunk> {
  const { size, frames } = new StoredPayload(stored, place);
  const isLazy = frames > 1;
  const room = aligned(size) + (isLazy ? stored.length : 0);
  return intoPool(room, pool, ({ buffer, offset }) => {
    const payload = new Uint8Array(buffer, offset, size);
    if (!isLazy) {
      new StoredPayload(stored, place).load(payload);
      return new EncodedChunk(type, wordsOf(payload), rows, place);
    }
    const kept = new Uint8Array(buffer, offset + aligned(size), stored.length);
    kept.set(stored);
    const lazy = new LazyFrames(new StoredPayload(kept, place), payload);
    return new EncodedChunk(type, wordsOf(payload), rows, place, lazy);
  });
}

/** A chunk of a block that is decoded as a whole; its checksum is right. */
export interface StoredChunk {
  readonly type: ColumnType;
  readonly stored: Uint8Array;
  readonly place: Place;
}

/**
 * Decodes all chunks of a block into one region, whose first `head` bytes are the caller's.
 */
export function loadBlock(
  chunks: readonly (StoredChunk | null)[],
  rows: number,
  head: number,
  pool: BufferPool,
): Loaded<(ColumnVector | null)[]> {
  const sources = chunks.map((chunk) =>
    chunk === null ? null : new StoredPayload(chunk.stored, chunk.place),
  );
  let room = 0;
  for (const source of sources) room += aligned(source?.size ?? 0);
  const payload = payloads.take(room);
  let at = 0;
  let size = aligned(head);
  const encoded = chunks.map((chunk, i) => {
    if (chunk === null) return null;
    const source = sources[i]!;
    const here = new Uint8Array(payload.buffer, payload.byteOffset + at, source.size);
    at += aligned(source.size);
    source.load(here);
    const parsed = new EncodedChunk(chunk.type, wordsOf(here), rows, chunk.place);
    size += aligned(decodedBytes(parsed));
    return parsed;
  });
  return intoPool(size, pool, ({ buffer, offset: start }) => {
    let offset = start + aligned(head);
    return encoded.map((chunk) => {
      if (chunk === null) return null;
      const vector = decodeChunk(chunk, buffer, offset);
      offset += aligned(decodedBytes(chunk));
      return vector;
    });
  });
}

function wordsOf(payload: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  return new Uint32Array(payload.buffer, payload.byteOffset, payload.length >>> 2);
}

/** Fills memory of the pool's, which gets it back if that fails. */
export function intoPool<Content>(
  size: number,
  pool: BufferPool,
  fill: (region: Region) => Content,
): Loaded<Content> {
  const region = pool.allocate(size);
  try {
    return { content: fill(region), region };
  } catch (error) {
    pool.recycle(region);
    throw error;
  }
}
