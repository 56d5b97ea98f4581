import type { EvalContext } from "../../functions/registry.js";
import type { Column, RowBatch } from "../operator.js";

/** Rows to take in: row `rows[j]` of the batch belongs to group `ids[j]`, for j < `count`. */
export interface GroupedRows {
  readonly batch: RowBatch;
  readonly rows: Int32Array;
  readonly ids: Int32Array;
  readonly count: number;
}

/** What one aggregate call gathers, for all groups of one grouping set. */
export interface Accumulator {
  /** An estimate of the memory held. */
  readonly bytes: number;
  /** There are `groups` groups from now on; ids below that may follow. */
  grow(groups: number): void;
  /** `args` are the call's arguments, columns over the batch. */
  add(args: readonly Column[], rows: GroupedRows, context: EvalContext): void;
  /** Results of the groups [start, end). Nothing is added any more. */
  finish(start: number, end: number, context: EvalContext): Column;
  /** Gives back what it reserved itself. */
  release?(): void;
}

/** A capacity for `needed` entries that leaves room to grow. */
function capacityFor(current: number, needed: number): number {
  return needed <= current ? current : Math.max(needed, 2 * current, 16);
}

/** The same numbers in an array of at least `needed` entries, the new ones `fill`. */
export function grownNumbers(
  numbers: Float64Array<ArrayBuffer>,
  needed: number,
  fill = 0,
): Float64Array<ArrayBuffer> {
  if (needed <= numbers.length) return numbers;
  const grown = new Float64Array(capacityFor(numbers.length, needed));
  grown.set(numbers);
  if (fill !== 0) grown.fill(fill, numbers.length);
  return grown;
}
