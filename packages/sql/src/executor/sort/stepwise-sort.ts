import { SORT_RUN_ROWS } from "../limits.js";
import { radixSort, sortsByDigits } from "./radix-sort.js";
import { type RowSorter, rowSorter } from "./row-sorter.js";
import type { SortKeyData } from "./sort-keys.js";

/** Sorts row numbers in bounded steps. */
export class StepwiseSort {
  private readonly steps: Generator<void, Int32Array>;
  private sorted: Int32Array = new Int32Array(0);

  constructor(keys: readonly SortKeyData[], rows: number) {
    this.steps = sortsByDigits(keys, rows)
      ? radixSort(keys, rows)
      : mergeSort(rowSorter(keys), rows);
  }

  /** What a sort of so many rows holds, at most. */
  static bytes(rows: number): number {
    return 24 * rows;
  }

  /** The order once `step` has said that it is done. */
  get order(): Int32Array {
    return this.sorted;
  }

  /** Works for a while; true once everything is sorted. */
  step(): boolean {
    const step = this.steps.next();
    if (step.done !== true) return false;
    this.sorted = step.value;
    return true;
  }
}

/** Sorts runs of `SORT_RUN_ROWS`, then merges pairs of runs until one is left. */
function* mergeSort(sorter: RowSorter, rows: number): Generator<void, Int32Array> {
  let source = new Int32Array(rows);
  let target = new Int32Array(rows);
  for (let row = 0; row < rows; row++) source[row] = row;
  for (let start = 0; start < rows; start += SORT_RUN_ROWS) {
    if (start > 0) yield;
    sorter.sort(source, target, start, Math.min(start + SORT_RUN_ROWS, rows));
  }
  for (let width = SORT_RUN_ROWS; width < rows; width *= 2) {
    for (let start = 0; start < rows; start += 2 * width) {
      const middle = Math.min(start + width, rows);
      const end = Math.min(start + 2 * width, rows);
      const state = Float64Array.of(start, middle, middle, end, start);
      while (state[4]! < end) {
        sorter.merge(source, target, state, SORT_RUN_ROWS);
        yield;
      }
    }
    [source, target] = [target, source];
  }
  return source;
}
