import { SCAN_BLOCK_ROWS } from "../../limits.js";

/** Slots of the hash table: a power of two, at least twice the rows, so that probes stay short. */
const SLOTS = SCAN_BLOCK_ROWS * 2;
/** After this many rows, a column with hardly any repetition is given up. */
const SAMPLE_ROWS = 64;
/** A dictionary that holds more than this share of the rows saves too little to be worth codes. */
const MAX_SHARE = 0.5;

/**
 * Finds the distinct values of a byte-form column. One builder is reused for every chunk; its
 * arrays hold the result of the last `build`.
 */
export class DictionaryBuilder {
  /** Code of each row. */
  readonly codes: Float64Array = new Float64Array(SCAN_BLOCK_ROWS);
  /** Row where each entry was first seen. */
  readonly firstRow: Int32Array = new Int32Array(SCAN_BLOCK_ROWS);
  entries = 0;
  /** Bytes of all entries. */
  bytes = 0;

  readonly #slots = new Int32Array(SLOTS);
  readonly #hashes = new Int32Array(SCAN_BLOCK_ROWS);

  /**
   * Row i is `bytes[starts[i], ends[i])`; null rows get code 0. Returns false, leaving no result,
   * where the values repeat too little. Precondition: `rows` is at least 1.
   */
  build(
    bytes: Uint8Array,
    starts: Uint32Array,
    ends: Uint32Array,
    nulls: Uint8Array | null,
    rows: number,
  ): boolean {
    this.#slots.fill(0);
    this.entries = 0;
    this.bytes = 0;
    const limit = Math.max(1, rows * MAX_SHARE);
    for (let row = 0; row < rows; row++) {
      if (nulls !== null && nulls[row] === 1) {
        this.codes[row] = 0;
        continue;
      }
      this.codes[row] = this.#code(bytes, starts, ends, row);
      if (this.entries > limit) return false;
      if (row === SAMPLE_ROWS && this.entries > SAMPLE_ROWS * 0.9) return false;
    }
    return this.entries > 0;
  }

  #code(bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array, row: number): number {
    const start = starts[row]!;
    const end = ends[row]!;
    const hash = hashBytes(bytes, start, end);
    let slot = hash & (SLOTS - 1);
    for (;;) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) break;
      if (this.#hashes[entry] === hash) {
        const first = this.firstRow[entry]!;
        if (equalRanges(bytes, starts[first]!, ends[first]!, start, end)) return entry;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    const entry = this.entries++;
    this.#slots[slot] = entry + 1;
    this.#hashes[entry] = hash;
    this.firstRow[entry] = row;
    this.bytes += end - start;
    return entry;
  }
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

function equalRanges(
  bytes: Uint8Array,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
): boolean {
  const length = aEnd - aStart;
  if (length !== bEnd - bStart) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[aStart + i] !== bytes[bStart + i]) return false;
  }
  return true;
}
