import type { Key } from "../base/key.js";

/** Keys from `low` on, up to `high`; a missing bound is open. */
export interface KeyInterval {
  readonly low: Key | undefined;
  readonly high: Key | undefined;
  /** Whether `high` itself belongs to it. */
  readonly highIncluded: boolean;
}

/** Keys that many intervals cover, found by binary search however many they were. */
export class KeyIntervals {
  /** Ascending; none touches another. */
  readonly list: readonly KeyInterval[];

  /** With more than `most` disjoint intervals, neighbours are joined, keys between them included. */
  constructor(intervals: Iterable<KeyInterval>, most: number = Infinity) {
    const merged = mergedIntervals(intervals);
    this.list = merged.length > most ? joined(merged, most) : merged;
  }

  contains(key: Key): boolean {
    let low = 0;
    let high = this.list.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = this.list[middle]!.low;
      if (start === undefined || start <= key) low = middle + 1;
      else high = middle;
    }
    const last = this.list[low - 1];
    return last !== undefined && isBelowHigh(key, last);
  }
}

/** Whether an interval does not end before `key`. */
export function isBelowHigh(key: Key, { high, highIncluded }: KeyInterval): boolean {
  return high === undefined || key < high || (highIncluded && key === high);
}

/** Intervals of about equally many of the keys, which become ascending. */
export function intervalsAround(keys: Key[], most: number): KeyInterval[] {
  keys.sort((a, b) => (a < b ? -1 : 1));
  const size = Math.ceil(keys.length / most);
  const intervals: KeyInterval[] = [];
  for (let i = 0; i < keys.length; i += size) {
    const last = Math.min(i + size, keys.length) - 1;
    intervals.push({ low: keys[i], high: keys[last], highIncluded: true });
  }
  return intervals;
}

function mergedIntervals(intervals: Iterable<KeyInterval>): KeyInterval[] {
  const sorted = [...intervals].filter((interval) => !isEmpty(interval)).sort(byLow);
  const merged: KeyInterval[] = [];
  for (const interval of sorted) {
    const last = merged.at(-1);
    if (last === undefined || !touches(last, interval)) merged.push(interval);
    else if (endsLater(interval, last)) {
      const { high, highIncluded } = interval;
      merged[merged.length - 1] = { low: last.low, high, highIncluded };
    }
  }
  return merged;
}

function joined(intervals: readonly KeyInterval[], most: number): KeyInterval[] {
  const size = Math.ceil(intervals.length / most);
  const result: KeyInterval[] = [];
  for (let i = 0; i < intervals.length; i += size) {
    const { high, highIncluded } = intervals[Math.min(i + size, intervals.length) - 1]!;
    result.push({ low: intervals[i]!.low, high, highIncluded });
  }
  return result;
}

function isEmpty({ low, high, highIncluded }: KeyInterval): boolean {
  if (low === undefined || high === undefined) return false;
  return low > high || (low === high && !highIncluded);
}

function byLow(a: KeyInterval, b: KeyInterval): number {
  if (a.low === b.low) return 0;
  if (a.low === undefined) return -1;
  if (b.low === undefined) return 1;
  return a.low < b.low ? -1 : 1;
}

/** Precondition: `next` begins no earlier than `last`. */
function touches(last: KeyInterval, next: KeyInterval): boolean {
  return last.high === undefined || next.low === undefined || next.low <= last.high;
}

function endsLater(a: KeyInterval, b: KeyInterval): boolean {
  if (b.high === undefined) return false;
  if (a.high === undefined || a.high > b.high) return true;
  return a.high === b.high && a.highIncluded;
}
