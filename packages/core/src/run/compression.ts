import lz4 from "lz4js";
import { assert } from "../errors.js";
import { corrupt, type Place } from "./corruption.js";
import {
  CHUNK_PREFIX_BYTES,
  COMPRESSION_LZ4,
  COMPRESSION_NONE,
  MAX_CHUNK_BYTES,
  type Compression,
} from "./format.js";

/**
 * How a chunk's payload lies in the file:
 *
 *     word 0   compression: 0 none, 1 lz4 (2 is kept for zstd)
 *     word 1   bytes of the payload
 *     the payload, as it is or compressed
 *
 * Compression is kept only where it saves an eighth, so that what does not compress is read fast.
 * The checksum of all of it is in the block index.
 */

/** lz4 finds nothing worth its call in fewer bytes. */
const MIN_COMPRESSED_BYTES = 64;

/** Compresses chunks; its memory serves one chunk after the other. */
export class ChunkCompressor {
  readonly #compression: Compression;
  readonly #hashTable = new Uint32Array(1 << 16);
  #out = new Uint8Array(64 * 1024);

  constructor(compression: Compression) {
    this.#compression = compression;
  }

  /** The stored form of a payload; valid until the next call. */
  store(payload: Uint8Array): Uint8Array {
    const size = payload.length;
    assert(size <= MAX_CHUNK_BYTES, "a chunk fits its limit");
    const bound = CHUNK_PREFIX_BYTES + lz4.compressBound(size);
    if (this.#out.length < bound) this.#out = new Uint8Array(bound * 2);
    const out = this.#out;
    let length = 0;
    if (this.#compression === "lz4" && size >= MIN_COMPRESSED_BYTES) {
      // A table with entries of an earlier chunk makes lz4js refer to bytes that are not there.
      this.#hashTable.fill(0);
      const target = out.subarray(CHUNK_PREFIX_BYTES);
      length = lz4.compressBlock(payload, target, 0, size, this.#hashTable);
    }
    const compressed = length > 0 && length <= size - (size >>> 3);
    if (!compressed) {
      out.set(payload, CHUNK_PREFIX_BYTES);
      length = size;
    }
    const prefix = new DataView(out.buffer);
    prefix.setUint32(0, compressed ? COMPRESSION_LZ4 : COMPRESSION_NONE, true);
    prefix.setUint32(4, size, true);
    return out.subarray(0, CHUNK_PREFIX_BYTES + length);
  }
}

/** Bytes of the payload in a stored chunk. Precondition: the chunk's checksum is right. */
export function payloadBytes(stored: Uint8Array, place: Place): number {
  if (stored.length < CHUNK_PREFIX_BYTES) corrupt(place, "a chunk is shorter than its prefix");
  const size = word(stored, 4);
  const length = stored.length - CHUNK_PREFIX_BYTES;
  const compression = word(stored, 0);
  if (compression === COMPRESSION_NONE ? size !== length : compression !== COMPRESSION_LZ4) {
    corrupt(place, `a chunk has unknown compression ${String(compression)} or a wrong length`);
  }
  // Each byte of lz4 gives at most 255, so a larger size is a lie and is not allocated.
  if (size > length * 255 || size % 4 !== 0) corrupt(place, "a chunk has an impossible length");
  return size;
}

/** Fills `payload`, whose length is what `payloadBytes` said. */
export function loadPayload(stored: Uint8Array, payload: Uint8Array, place: Place): void {
  if (word(stored, 0) === COMPRESSION_NONE) {
    payload.set(stored.subarray(CHUNK_PREFIX_BYTES));
    return;
  }
  // lz4js writes past the payload's end on malformed input, which a view of exactly its length
  // swallows; the end it reports then differs.
  const source = stored.subarray(CHUNK_PREFIX_BYTES);
  const end = lz4.decompressBlock(source, payload, 0, source.length, 0);
  if (end !== payload.length) corrupt(place, "a chunk does not decompress to its length");
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}
