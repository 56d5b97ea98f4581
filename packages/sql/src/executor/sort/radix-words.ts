import { SORT_RUN_ROWS } from "../limits.js";
import type { SortKeyData } from "./sort-keys.js";

/** A part of a sort key as whole numbers whose order is the one that is asked for. */
export interface RadixWord {
  readonly codes: Uint32Array;
  /** Bits that are used, from the lowest. */
  readonly bits: number;
}

const WORD: number = 2 ** 32;
/** Codes of NULL where the others are floats: no float's upper word is one of these. */
const FIRST = 0;
const LAST = 0xffff_ffff;

/** A sort key of numbers as one or two words, the less significant first; made in bounded steps. */
export function* radixWords(key: SortKeyData, rows: number): Generator<void, readonly RadixWord[]> {
  const { min, max, isWhole } = yield* rangeOf(key, rows);
  // Where all rows are NULL, all are equal.
  if (min > max) return [];
  const range = max - min;
  if (!isWhole || range >= Number.MAX_SAFE_INTEGER) return yield* floatWords(key, rows);
  // NULL takes a code of its own.
  return yield* range + 1 < WORD ? oneWord(key, rows, min, max) : twoWords(key, rows, min, max);
}

interface Range {
  readonly min: number;
  readonly max: number;
  readonly isWhole: boolean;
}

function* rangeOf({ values, nulls }: SortKeyData, rows: number): Generator<void, Range> {
  let min = Infinity;
  let max = -Infinity;
  let isWhole = true;
  for (let start = 0; start < rows; start += SORT_RUN_ROWS) {
    const end = Math.min(start + SORT_RUN_ROWS, rows);
    for (let row = start; row < end; row++) {
      if (nulls !== null && nulls[row] === 1) continue;
      const value = values[row] as number;
      if (value < min) min = value;
      if (value > max) max = value;
      // NaN differs from everything, and an infinity from its own remainder.
      if (value % 1 !== 0) isWhole = false;
    }
    yield;
  }
  // A column of NaN alone has no least value.
  return isWhole || min <= max ? { min, max, isWhole } : { min: 0, max: 0, isWhole };
}

function* oneWord(
  { values, nulls, descending, nullsFirst }: SortKeyData,
  rows: number,
  min: number,
  max: number,
): Generator<void, readonly RadixWord[]> {
  const codes = new Uint32Array(rows);
  const range = max - min;
  const shift = nulls !== null && nullsFirst ? 1 : 0;
  const nullCode = nullsFirst ? 0 : range + 1;
  const sign = descending ? -1 : 1;
  const base = (descending ? max : -min) + shift;
  for (let start = 0; start < rows; start += SORT_RUN_ROWS) {
    const end = Math.min(start + SORT_RUN_ROWS, rows);
    for (let row = start; row < end; row++) {
      if (nulls !== null && nulls[row] === 1) codes[row] = nullCode;
      else codes[row] = sign * (values[row] as number) + base;
    }
    yield;
  }
  return [{ codes, bits: bitsOf(range + (nulls === null ? 0 : 1)) }];
}

function* twoWords(
  { values, nulls, descending, nullsFirst }: SortKeyData,
  rows: number,
  min: number,
  max: number,
): Generator<void, readonly RadixWord[]> {
  const low = new Uint32Array(rows);
  const high = new Uint32Array(rows);
  // The upper words begin at 1, and NULL is below or above all of them.
  const most = Math.floor((max - min) / WORD) + 2;
  for (let start = 0; start < rows; start += SORT_RUN_ROWS) {
    const end = Math.min(start + SORT_RUN_ROWS, rows);
    for (let row = start; row < end; row++) {
      if (nulls !== null && nulls[row] === 1) {
        high[row] = nullsFirst ? 0 : most;
        continue;
      }
      const value = values[row] as number;
      const offset = descending ? max - value : value - min;
      const upper = Math.floor(offset / WORD);
      high[row] = upper + 1;
      low[row] = offset - upper * WORD;
    }
    yield;
  }
  return [
    { codes: low, bits: 32 },
    { codes: high, bits: bitsOf(most) },
  ];
}

const scratch = new Float64Array(1);
const parts = new Uint32Array(scratch.buffer);

/** The bits of doubles, turned so that their order as whole numbers is that of the doubles. */
function* floatWords(
  { values, nulls, descending, nullsFirst }: SortKeyData,
  rows: number,
): Generator<void, readonly RadixWord[]> {
  const low = new Uint32Array(rows);
  const high = new Uint32Array(rows);
  for (let start = 0; start < rows; start += SORT_RUN_ROWS) {
    const end = Math.min(start + SORT_RUN_ROWS, rows);
    for (let row = start; row < end; row++) {
      if (nulls !== null && nulls[row] === 1) {
        high[row] = nullsFirst ? FIRST : LAST;
        continue;
      }
      const value = values[row] as number;
      // -0 is 0, and every NaN is one and the same.
      scratch[0] = Number.isNaN(value) ? NaN : value + 0;
      const isNegative = parts[1]! >>> 31 === 1;
      const upper = isNegative ? ~parts[1]! : parts[1]! ^ 0x8000_0000;
      const lower = isNegative ? ~parts[0]! : parts[0]!;
      high[row] = descending ? ~upper : upper;
      low[row] = descending ? ~lower : lower;
    }
    yield;
  }
  return [
    { codes: low, bits: 32 },
    { codes: high, bits: 32 },
  ];
}

function bitsOf(most: number): number {
  return most === 0 ? 0 : Math.floor(Math.log2(most)) + 1;
}
