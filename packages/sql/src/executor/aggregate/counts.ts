import { ColumnVector } from "../../contract/vector.js";
import { isVector } from "../column.js";
import type { Column } from "../operator.js";
import { type Accumulator, grownNumbers, type GroupedRows } from "./accumulator.js";

/** `count(*)` and `count(x)`. */
export class CountAccumulator implements Accumulator {
  private counts = new Float64Array(0);

  get bytes(): number {
    return this.counts.byteLength;
  }

  grow(groups: number): void {
    this.counts = grownNumbers(this.counts, groups);
  }

  add(args: readonly Column[], { rows, ids, count }: GroupedRows): void {
    const { counts } = this;
    for (const column of args) {
      if (isVector(column)) {
        if (column.nulls !== null) return countMarked(counts, column.nulls, rows, ids, count);
      } else return countDatums(counts, column, rows, ids, count);
    }
    for (let j = 0; j < count; j++) counts[ids[j]!]!++;
  }

  finish(start: number, end: number): Column {
    return new ColumnVector({ kind: "int" }, end - start, this.counts.subarray(start, end));
  }
}

function countMarked(
  counts: Float64Array,
  nulls: Uint8Array,
  rows: Int32Array,
  ids: Int32Array,
  count: number,
): void {
  for (let j = 0; j < count; j++) if (nulls[rows[j]!] === 0) counts[ids[j]!]!++;
}

function countDatums(
  counts: Float64Array,
  column: readonly unknown[],
  rows: Int32Array,
  ids: Int32Array,
  count: number,
): void {
  for (let j = 0; j < count; j++) if (column[rows[j]!] !== null) counts[ids[j]!]!++;
}
