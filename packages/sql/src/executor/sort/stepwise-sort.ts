import { SORT_RUN_ROWS } from "../limits.js";
import type { RowSorter } from "./row-sorter.js";

/**
 * Sorts row numbers in bounded steps: first runs of `SORT_RUN_ROWS`, then pairs of runs are merged
 * until one is left, so many rows a step.
 */
export class StepwiseSort {
  private readonly sorter: RowSorter;
  private readonly rows: number;
  private source: Int32Array;
  private target: Int32Array;
  private sorted = 0;
  private width = SORT_RUN_ROWS;
  private pairStart = 0;
  private readonly state = new Float64Array(5);

  constructor(sorter: RowSorter, rows: number) {
    this.sorter = sorter;
    this.rows = rows;
    this.source = new Int32Array(rows);
    for (let row = 0; row < rows; row++) this.source[row] = row;
    this.target = new Int32Array(rows);
  }

  /** What a sort of so many rows holds. */
  static bytes(rows: number): number {
    return 8 * rows;
  }

  /** The order once `step` has said that it is done. */
  get order(): Int32Array {
    return this.source;
  }

  /** Works for a while; true once everything is sorted. */
  step(): boolean {
    const { rows } = this;
    if (this.sorted < rows) {
      const end = Math.min(this.sorted + SORT_RUN_ROWS, rows);
      this.sorter.sort(this.source, this.target, this.sorted, end);
      this.sorted = end;
      this.startPair(0);
      return rows <= SORT_RUN_ROWS;
    }
    if (this.width >= rows) return true;
    this.sorter.merge(this.source, this.target, this.state, SORT_RUN_ROWS);
    if (this.state[4]! === Math.min(this.pairStart + 2 * this.width, rows)) this.endPair();
    return this.width >= rows;
  }

  private startPair(start: number): void {
    this.pairStart = start;
    const { state, width, rows } = this;
    state[0] = start;
    state[1] = state[2] = Math.min(start + width, rows);
    state[3] = Math.min(start + 2 * width, rows);
    state[4] = start;
  }

  private endPair(): void {
    const next = this.pairStart + 2 * this.width;
    if (next < this.rows) {
      this.startPair(next);
      return;
    }
    const merged = this.target;
    this.target = this.source;
    this.source = merged;
    this.width *= 2;
    this.startPair(0);
  }
}
