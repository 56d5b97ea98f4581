import { crc32 } from "../base/checksum.js";
import { assert } from "../errors.js";
import {
  FRAME_ALIGNMENT,
  FRAME_CLOSE,
  FRAME_FULL,
  FRAME_HEADER_BYTES,
  MAX_FRAME_BYTES,
  MAX_FRAME_PAYLOAD,
  claimedDurable,
  frameBytes,
  headerCheck,
  logSeed,
  padded,
  placeHash,
} from "./format.js";

/** The bytes of the log, wherever they are now: in a file, or still in memory. */
export interface LogBytes {
  /**
   * Fills `into` from `position` on and returns the bytes filled: fewer only where the segment's
   * file ends. Precondition: the range lies within one segment.
   */
  read(into: Uint8Array, position: number): number;
}

/** A frame whose checksum is right. */
export const VALID = 0;
/** Nothing: only zeros where the frame's header would be. */
export const EMPTY = 1;
/** Bytes that are not a frame of this place. */
const BAD = 2;

const MAX_WINDOW_BYTES = 4 * MAX_FRAME_BYTES;

/**
 * Reads and verifies frames through a buffer of bounded size. After `frame` returned VALID its
 * fields describe the frame until the next call; the payload is `bytes.subarray(payloadStart,
 * payloadEnd)`.
 */
export class FrameWindow {
  readonly bytes: Uint8Array;
  type = 0;
  payloadStart = 0;
  payloadEnd = 0;
  /** Position after the frame. */
  next = 0;
  /** The log was durable up to here when the frame was written; -1 where it does not say. */
  durable = -1;

  readonly #source: LogBytes;
  readonly #view: DataView;
  /** The same bytes, for skipping zeros quickly. */
  readonly #words: Int32Array;
  readonly #seed: number;
  #start = 0;
  #length = 0;

  /** `wanted` is how much will be read, if that is known to be little. */
  constructor(source: LogBytes, logId: number, wanted: number = MAX_WINDOW_BYTES) {
    const size = Math.max(MAX_FRAME_BYTES, Math.min(padded(wanted), MAX_WINDOW_BYTES));
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
    this.#words = new Int32Array(this.bytes.buffer);
    this.#source = source;
    this.#seed = logSeed(logId);
  }

  /** What is at `position`. `limit` is the position where its segment ends. */
  frame(position: number, limit: number): number {
    if (!this.#load(position, FRAME_HEADER_BYTES, limit)) {
      return this.#firstNonZero(position) === -1 ? EMPTY : BAD;
    }
    let at = position - this.#start;
    const view = this.#view;
    const crc = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    const lag = view.getUint32(at + 8, true);
    const typeAndCheck = view.getUint32(at + 12, true);
    if ((crc | length | lag | typeAndCheck) === 0) return EMPTY;
    const type = typeAndCheck & 0xff;
    if (type < FRAME_FULL || type > FRAME_CLOSE || length > MAX_FRAME_PAYLOAD) return BAD;
    const next = position + frameBytes(length);
    if (next > limit) return BAD;
    const place = placeHash(this.#seed, position);
    if (typeAndCheck >>> 8 !== headerCheck(place, length, lag, type)) return BAD;
    if (!this.#load(position, next - position, limit)) return BAD;
    at = position - this.#start;
    const sum = crc32(this.bytes, at + 4, at + (next - position));
    if ((sum ^ place) >>> 0 !== this.#view.getUint32(at, true)) return BAD;
    this.type = type;
    this.payloadStart = at + FRAME_HEADER_BYTES;
    this.payloadEnd = this.payloadStart + length;
    this.next = next;
    this.durable = claimedDurable(position, lag);
    return VALID;
  }

  /**
   * The first place from `position` on, in steps of the frame alignment, that is not zero; -1 if
   * everything up to `limit` or the end of the file is zero.
   */
  nextNonZero(position: number, limit: number): number {
    let from = position;
    while (from < limit) {
      // At the end of the file there may be fewer bytes; the ones that are there are looked at.
      this.#load(from, FRAME_ALIGNMENT, limit);
      const found = this.#firstNonZero(from);
      if (found !== -1) return from + found;
      const end = this.#start + this.#length;
      if (end <= from) return -1;
      from = end;
    }
    return -1;
  }

  /** Brings `need` bytes from `position` into the buffer; false if the file ends before. */
  #load(position: number, need: number, limit: number): boolean {
    assert(need <= this.bytes.length, `a log frame of ${need} bytes`);
    const end = this.#start + this.#length;
    if (position >= this.#start && position + need <= end) return true;
    const size = Math.min(this.bytes.length, limit - position);
    this.#start = position;
    this.#length = size <= 0 ? 0 : this.#source.read(this.bytes.subarray(0, size), position);
    return this.#length >= need;
  }

  /**
   * Offset from `position` of the first aligned place in the buffer that is not zero; -1 if there
   * is none. Precondition: `position` is aligned and in the buffer.
   */
  #firstNonZero(position: number): number {
    const from = position - this.#start;
    const wholeWords = this.#length >>> 2;
    for (let i = from >>> 2; i < wholeWords; i++) {
      if (this.#words[i] !== 0) return alignDown(i * 4 - from);
    }
    for (let i = Math.max(from, wholeWords * 4); i < this.#length; i++) {
      if (this.bytes[i] !== 0) return alignDown(i - from);
    }
    return -1;
  }
}

function alignDown(offset: number): number {
  return offset - (offset % FRAME_ALIGNMENT);
}
