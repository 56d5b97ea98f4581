/**
 * Sorting the rows of a memtable by key, at the first ordered read and at each flush. A comparator
 * sort of 300,000 strings takes 190 ms, long enough to be felt; these take a few tens.
 *
 * Strings are sorted from the left, six units at a time (three if some are beyond Latin-1): the
 * part that all of a group share is skipped, the next units become one number, the numbers are
 * radix-sorted, and each group of equal numbers is sorted further in, small ones by comparison.
 */

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
/** Codes are split into a low part of two digits and a high part of three. */
const LOW_BITS = 2 * DIGIT_BITS;
const LOW_RANGE = 2 ** LOW_BITS;
/** Below this many rows, comparing is faster than counting digits. */
const FEW_ROWS = 40;

/** Sorts `rows` by `keys[row]`. Precondition: those keys are safe integers. */
export function sortRowsByNumber(rows: Int32Array, keys: Float64Array): void {
  if (rows.length < FEW_ROWS) {
    insertionSort(rows, 0, rows.length, (a, b) => keys[a]! < keys[b]!);
    return;
  }
  const codes = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) codes[i] = keys[rows[i]!]!;
  if (!sortByCode(rows, codes)) rows.sort((a, b) => keys[a]! - keys[b]!);
}

/** Keys of rows that are strings, in the order of their UTF-16 units. */
export interface SortableKeys {
  /** Whether the key of row `a` is below that of row `b`. */
  isBefore(a: number, b: number): boolean;
  lengthOf(row: number): number;
  /** How many first units two keys share; `from` of them are known to be. */
  sharedUnits(a: number, b: number, from: number): number;
  /**
   * The units after `skip`, of which each is at most `maxUnit`, as a number of the same order: the
   * end of the key is digit 0 and unit u is digit u + 1. -1 if a unit is larger.
   */
  code(row: number, skip: number, units: number, maxUnit: number): number;
}

/** Sorts `rows` by their keys, which are distinct. */
export function sortRowsByText(rows: Int32Array, keys: SortableKeys): void {
  // Groups still to be sorted: start, end, and how many units the keys in it share at least.
  const pending: number[] = [0, rows.length, 0];
  const before = (a: number, b: number): boolean => keys.isBefore(a, b);
  while (pending.length > 0) {
    const shared = pending.pop()!;
    const end = pending.pop()!;
    const start = pending.pop()!;
    if (end - start < FEW_ROWS) {
      insertionSort(rows, start, end, before);
      continue;
    }
    const group = rows.subarray(start, end);
    const skip = commonPrefix(group, keys, shared);
    const codes = new Float64Array(group.length);
    const units = fillCodes(codes, group, keys, skip);
    sortByCode(group, codes);
    pushTies(pending, codes, start, skip + units);
  }
}

function insertionSort(
  rows: Int32Array,
  start: number,
  end: number,
  before: (a: number, b: number) => boolean,
): void {
  for (let i = start + 1; i < end; i++) {
    const row = rows[i]!;
    let j = i;
    while (j > start && before(row, rows[j - 1]!)) {
      rows[j] = rows[j - 1]!;
      j--;
    }
    rows[j] = row;
  }
}

/** How many first units all keys of the group share; `from` of them are known to be. */
function commonPrefix(group: Int32Array, keys: SortableKeys, from: number): number {
  const first = group[0]!;
  let shared = keys.lengthOf(first);
  for (let i = 1; i < group.length && shared > from; i++) {
    shared = Math.min(shared, keys.sharedUnits(first, group[i]!, from));
  }
  return shared;
}

/** Writes the units after `skip` as numbers of the same order; returns how many units they hold. */
function fillCodes(
  codes: Float64Array,
  group: Int32Array,
  keys: SortableKeys,
  skip: number,
): number {
  for (let i = 0; i < group.length; i++) {
    const code = keys.code(group[i]!, skip, 6, 0xff);
    if (code < 0) break;
    codes[i] = code;
    if (i === group.length - 1) return 6;
  }
  for (let i = 0; i < group.length; i++) codes[i] = keys.code(group[i]!, skip, 3, 0xffff);
  return 3;
}

/** Adds the groups of equal codes to what is still to be sorted. */
function pushTies(pending: number[], codes: Float64Array, start: number, shared: number): void {
  let first = 0;
  for (let i = 1; i <= codes.length; i++) {
    if (i < codes.length && codes[i] === codes[first]) continue;
    if (i - first > 1) pending.push(start + first, start + i, shared);
    first = i;
  }
}

/**
 * Sorts `rows`, and `codes` along with them, by code: a radix sort from the last digit. False,
 * with nothing changed, if the codes span more than 2^53: their distances would be rounded.
 */
function sortByCode(rows: Int32Array, codes: Float64Array): boolean {
  const count = codes.length;
  let min = codes[0]!;
  let max = min;
  for (let i = 1; i < count; i++) {
    const code = codes[i]!;
    if (code < min) min = code;
    if (code > max) max = code;
  }
  if (max - min > Number.MAX_SAFE_INTEGER) return false;
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const code = codes[i]! - min;
    const upper = Math.floor(code / LOW_RANGE);
    high[i] = upper;
    low[i] = code - upper * LOW_RANGE;
  }
  let order: Int32Array = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let spare: Int32Array = new Int32Array(count);
  let digits = 0;
  for (let range = max - min; range >= 1; range /= DIGITS) digits++;
  for (let digit = 0; digit < digits; digit++) {
    const part = digit < 2 ? low : high;
    scatter(part, (digit < 2 ? digit : digit - 2) * DIGIT_BITS, order, spare);
    [order, spare] = [spare, order];
  }
  const oldRows = rows.slice();
  const oldCodes = codes.slice();
  for (let i = 0; i < count; i++) {
    rows[i] = oldRows[order[i]!]!;
    codes[i] = oldCodes[order[i]!]!;
  }
  return true;
}

/** One pass: `to` is `from` ordered by the digit at `shift`, otherwise as before. */
function scatter(part: Uint32Array, shift: number, from: Int32Array, to: Int32Array): void {
  const places = new Int32Array(DIGITS);
  for (let i = 0; i < part.length; i++) places[(part[i]! >>> shift) & (DIGITS - 1)]!++;
  let next = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = places[digit]!;
    places[digit] = next;
    next += count;
  }
  for (let i = 0; i < from.length; i++) {
    const index = from[i]!;
    to[places[(part[index]! >>> shift) & (DIGITS - 1)]!++] = index;
  }
}
