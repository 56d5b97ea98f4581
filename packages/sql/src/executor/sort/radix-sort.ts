import { SORT_RUN_ROWS } from "../limits.js";
import { radixWords, type RadixWord } from "./radix-words.js";
import type { SortKeyData } from "./sort-keys.js";

/** Buckets of a pass: their counters stay in the nearest cache. */
const DIGIT_BITS = 11;
const BUCKETS: number = 1 << DIGIT_BITS;
/** Below this many rows a merge sort is faster. */
const LEAST_ROWS = 2048;
/** Above this many keys a merge sort mostly is, too. */
const MOST_KEYS = 4;

/** Whether rows can be sorted by the digits of their keys. */
export function sortsByDigits(keys: readonly SortKeyData[], rows: number): boolean {
  if (rows < LEAST_ROWS || keys.length === 0 || keys.length > MOST_KEYS) return false;
  return keys.every(({ form }) => form === "number" || form === "float");
}

/**
 * Sorts row numbers by keys of numbers without comparing any: from the last key to the first and
 * from the lowest digit to the highest, each pass puts the rows into buckets by one digit and keeps
 * their order within it. Passes go over rows and codes side by side, so that they read in order:
 *
 *     rows  [0 1 2 3]   codes [7 2 7 0]   →   rows [3 1 0 2]   codes [0 2 7 7]
 */
export function* radixSort(
  keys: readonly SortKeyData[],
  rows: number,
): Generator<void, Int32Array> {
  const sort = new DigitSort(rows);
  for (let i = keys.length - 1; i >= 0; i--) {
    const words = yield* radixWords(keys[i]!, rows);
    for (const word of words) yield* sort.byWord(word);
  }
  return sort.order;
}

class DigitSort {
  order: Int32Array;
  private target: Int32Array;
  private codes: Uint32Array;
  private targetCodes: Uint32Array;
  private readonly rows: number;
  private readonly places = new Int32Array(BUCKETS);

  constructor(rows: number) {
    this.rows = rows;
    this.order = new Int32Array(rows);
    for (let row = 0; row < rows; row++) this.order[row] = row;
    this.target = new Int32Array(rows);
    this.codes = new Uint32Array(rows);
    this.targetCodes = new Uint32Array(rows);
  }

  *byWord({ codes, bits }: RadixWord): Generator<void, void> {
    for (let start = 0; start < this.rows; start += SORT_RUN_ROWS) {
      const end = Math.min(start + SORT_RUN_ROWS, this.rows);
      for (let i = start; i < end; i++) this.codes[i] = codes[this.order[i]!]!;
      yield;
    }
    for (let shift = 0; shift < bits; shift += DIGIT_BITS) yield* this.pass(shift);
  }

  private *pass(shift: number): Generator<void, void> {
    const { rows, places } = this;
    places.fill(0);
    for (let start = 0; start < rows; start += SORT_RUN_ROWS) {
      this.count(shift, start, Math.min(start + SORT_RUN_ROWS, rows));
      yield;
    }
    let place = 0;
    for (let digit = 0; digit < BUCKETS; digit++) {
      const count = places[digit]!;
      places[digit] = place;
      place += count;
    }
    for (let start = 0; start < rows; start += SORT_RUN_ROWS) {
      this.scatter(shift, start, Math.min(start + SORT_RUN_ROWS, rows));
      yield;
    }
    [this.order, this.target] = [this.target, this.order];
    [this.codes, this.targetCodes] = [this.targetCodes, this.codes];
  }

  private count(shift: number, start: number, end: number): void {
    const { codes, places } = this;
    for (let i = start; i < end; i++) places[(codes[i]! >>> shift) & (BUCKETS - 1)]!++;
  }

  private scatter(shift: number, start: number, end: number): void {
    const { order, target, codes, targetCodes, places } = this;
    for (let i = start; i < end; i++) {
      const code = codes[i]!;
      const place = places[(code >>> shift) & (BUCKETS - 1)]!++;
      target[place] = order[i]!;
      targetCodes[place] = code;
    }
  }
}
