/**
 * The hash index of a memtable: from a key to the row id of its newest version, by open addressing
 * with linear probing. Nothing is ever removed.
 *
 *   numbers:  table[slot] = row + 1          keys[row] = the number
 *   strings:  table[2 slot] = row + 1        keys: the `RowKeys` of the rows
 *             table[2 slot + 1] = hash       (compared before the key is touched)
 *
 * Measured on 300,000 random keys: see docs/adr/0010-memtables-and-scans.md.
 */
import type { Key } from "../base/key.js";

export interface KeyIndex {
  /** Distinct keys held. */
  readonly size: number;
  /** Bytes held, but for those that are taken of the memtable's memory. */
  readonly bytes: number;
  /** Row of the newest version of `key`, or -1. */
  find(key: Key): number;
  /**
   * Makes `row` the newest version of `key` and returns the row that was, or -1 for a new key.
   * Precondition: `row` is one more than the row of the call before (0 at first).
   */
  insert(key: Key, row: number): number;
  /** The newest row of the key of `row`. */
  newest(row: number): number;
  /** Makes a string where keys are strings: where the order is all that counts, there is `isBelow`. */
  keyOf(row: number): Key;
  /** Whether the key of `row` is below `key`. */
  isBelow(row: number, key: Key): boolean;
  /** Whether the key of row `a` is below that of row `b`. */
  isBefore(a: number, b: number): boolean;
  /** Rows of distinct keys, sorted by key. Overwrites the order of `rows` in place. */
  sort(rows: Int32Array): void;
}

export const FIRST_SLOTS = 64;
/** So many keys show that a memtable may become as large as the one before it. */
const GROWING_KEYS = 1024;

/**
 * Slots of the next table, of `slots` that are too few for `keys`; a share of `load` of them may be
 * taken. Where it can be expected to come to more, it grows as far at once: moving 200,000 keys takes
 * 5 ms.
 */
export function nextSlots(slots: number, keys: number, load: number, expected: number): number {
  let next = slots * 2;
  if (keys >= GROWING_KEYS) while (next * load < expected) next *= 2;
  return next;
}

/** Doubles an array of row ids or keys when `length` does not fit any more. */
export function nextCapacity(length: number): number {
  return Math.max(FIRST_SLOTS, length * 2);
}
