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
 *     word 0   compression in bits 0..7: 0 none, 1 lz4 (2 is kept for zstd);
 *              binary logarithm of the frame size in bits 8..15, 0 without compression
 *     word 1   bytes of the payload
 *     none:    the payload
 *     lz4:     for each frame a word with its end, counted from the first frame's start; the frames
 *
 * A compressed payload is cut into frames of one size, each compressed by itself, so that a single
 * value costs one or two frames and not the chunk. A frame as long as its payload is not
 * compressed. Compression is kept only where it saves an eighth of the chunk, so that what does not
 * compress is read fast. The checksum of all of it is in the block index.
 */

/** lz4 finds nothing worth its call in fewer bytes. */
const MIN_COMPRESSED_BYTES = 64;
/** Frame sizes from 1 KB, below which nothing is saved, to a chunk. */
const MIN_FRAME_BITS = 10;
const MAX_FRAME_BITS = 30;

/** Compresses chunks; its memory serves one chunk after the other. */
export class ChunkCompressor {
  readonly #compression: Compression;
  readonly #hashTable = new Uint32Array(1 << 16);
  #out = new Uint8Array(64 * 1024);

  constructor(compression: Compression) {
    this.#compression = compression;
  }

  /** The stored form of a payload in frames of 2^frameBits bytes; valid until the next call. */
  store(payload: Uint8Array, frameBits: number): Uint8Array {
    const size = payload.length;
    assert(size <= MAX_CHUNK_BYTES, "a chunk fits its limit");
    assert(frameBits >= MIN_FRAME_BITS && frameBits <= MAX_FRAME_BITS, "a frame has a usual size");
    const frames = Math.ceil(size / 2 ** frameBits);
    const bound = CHUNK_PREFIX_BYTES + frames * 20 + lz4.compressBound(size);
    if (this.#out.length < bound) this.#out = new Uint8Array(bound * 2);
    const view = new DataView(this.#out.buffer);
    view.setUint32(4, size, true);
    if (this.#compression === "lz4" && size >= MIN_COMPRESSED_BYTES) {
      const end = this.#compress(payload, frameBits, view);
      if (end - CHUNK_PREFIX_BYTES <= size - (size >>> 3)) {
        view.setUint32(0, COMPRESSION_LZ4 | (frameBits << 8), true);
        return this.#out.subarray(0, end);
      }
    }
    view.setUint32(0, COMPRESSION_NONE, true);
    this.#out.set(payload, CHUNK_PREFIX_BYTES);
    return this.#out.subarray(0, CHUNK_PREFIX_BYTES + size);
  }

  /** Writes frames and their ends; returns the end of all. */
  #compress(payload: Uint8Array, frameBits: number, view: DataView): number {
    const frameBytes = 2 ** frameBits;
    const frames = Math.ceil(payload.length / frameBytes);
    const first = CHUNK_PREFIX_BYTES + frames * 4;
    let at = first;
    for (let frame = 0; frame < frames; frame++) {
      const part = payload.subarray(frame * frameBytes, (frame + 1) * frameBytes);
      // A table with entries of an earlier frame makes lz4js refer to bytes that are not there.
      this.#hashTable.fill(0);
      const target = this.#out.subarray(at);
      const length = lz4.compressBlock(part, target, 0, part.length, this.#hashTable);
      if (length > 0 && length < part.length) {
        at += length;
      } else {
        target.set(part);
        at += part.length;
      }
      view.setUint32(CHUNK_PREFIX_BYTES + frame * 4, at - first, true);
    }
    return at;
  }
}

/** A stored chunk, taken apart. Precondition: its checksum is right. */
export class StoredPayload {
  /** Bytes of the payload, a multiple of 4. */
  readonly size: number;
  /** Frames of the payload; 1 where it is not compressed. */
  readonly frames: number;
  readonly frameBits: number;
  readonly #stored: Uint8Array;
  readonly #compressed: boolean;
  readonly #place: Place;

  /** `stored` must stay as it is for as long as frames are loaded. */
  constructor(stored: Uint8Array, place: Place) {
    if (stored.length < CHUNK_PREFIX_BYTES) corrupt(place, "a chunk is shorter than its prefix");
    const form = word(stored, 0);
    const compression = form & 0xff;
    const bits = form >>> 8;
    this.size = word(stored, 4);
    this.#stored = stored;
    this.#place = place;
    this.#compressed = compression === COMPRESSION_LZ4;
    if (compression === COMPRESSION_NONE) {
      if (bits !== 0 || this.size !== stored.length - CHUNK_PREFIX_BYTES) {
        corrupt(place, "a chunk is not as long as its payload");
      }
      this.frameBits = MAX_FRAME_BITS + 1;
      this.frames = 1;
    } else {
      if (compression !== COMPRESSION_LZ4 || bits < MIN_FRAME_BITS || bits > MAX_FRAME_BITS) {
        corrupt(place, `a chunk has unknown compression ${String(form)}`);
      }
      this.frameBits = bits;
      this.frames = Math.ceil(this.size / 2 ** bits);
      this.#checkEnds();
    }
    if (this.size % 4 !== 0) corrupt(place, "a chunk is not whole words");
  }

  #checkEnds(): void {
    const stored = this.#stored;
    const first = CHUNK_PREFIX_BYTES + this.frames * 4;
    if (first > stored.length) corrupt(this.#place, "a chunk's frames are cut off");
    let before = 0;
    for (let frame = 0; frame < this.frames; frame++) {
      const end = this.#end(frame);
      // A frame's length is at most its payload's; a payload is at most 255 times its frame, so a
      // larger size is a lie and nothing is allocated for it.
      const length = end - before;
      const bytes = this.frameBytes(frame);
      if (length <= 0 || length > bytes || bytes > length * 255) {
        corrupt(this.#place, "a frame of a chunk has an impossible length");
      }
      before = end;
    }
    if (before !== stored.length - first) corrupt(this.#place, "a chunk has bytes of no frame");
  }

  #end(frame: number): number {
    return frame < 0 ? 0 : word(this.#stored, CHUNK_PREFIX_BYTES + frame * 4);
  }

  /** Payload bytes of a frame. */
  frameBytes(frame: number): number {
    if (!this.#compressed) return this.size;
    return Math.min(2 ** this.frameBits, this.size - frame * 2 ** this.frameBits);
  }

  /** Fills all of `payload`, which has `size` bytes. */
  load(payload: Uint8Array): void {
    for (let frame = 0; frame < this.frames; frame++) this.loadFrame(frame, payload);
  }

  /** Fills one frame's part of `payload`. */
  loadFrame(frame: number, payload: Uint8Array): void {
    const stored = this.#stored;
    if (!this.#compressed) {
      payload.set(stored.subarray(CHUNK_PREFIX_BYTES));
      return;
    }
    const first = CHUNK_PREFIX_BYTES + this.frames * 4;
    const source = stored.subarray(first + this.#end(frame - 1), first + this.#end(frame));
    const bytes = this.frameBytes(frame);
    const start = frame * 2 ** this.frameBits;
    // On malformed input lz4js writes past the end of its target, which a view of exactly the
    // frame swallows; the end that it reports then differs.
    const target = payload.subarray(start, start + bytes);
    if (source.length === bytes) target.set(source);
    else if (lz4.decompressBlock(source, target, 0, source.length, 0) !== bytes) {
      corrupt(this.#place, "a frame of a chunk does not decompress to its length");
    }
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}
