import type { EvalContext } from "../../functions/registry.js";
import type { SqlType } from "../../types/sql-type.js";
import { RowKeys } from "../keys/row-keys.js";
import type { Column, MemoryMeter } from "../operator.js";
import type { Accumulator, GroupedRows } from "./accumulator.js";

const GROUP: SqlType = { name: "integer" };

/** Passes on the first row of each group and combination of arguments: DISTINCT in a call. */
export class DistinctAccumulator implements Accumulator {
  private readonly inner: Accumulator;
  private readonly keys: RowKeys;
  private readonly width: number;
  private rows = new Int32Array(0);
  private ids = new Int32Array(0);

  /** `args` are the types of the arguments; columns after those are no part of what is distinct. */
  constructor(inner: Accumulator, args: readonly SqlType[], meter: MemoryMeter) {
    this.inner = inner;
    this.width = args.length;
    const parts = [GROUP, ...args].map((type) => ({ type, nullsEqual: true }));
    this.keys = new RowKeys(parts, meter);
  }

  get bytes(): number {
    return this.inner.bytes;
  }

  grow(groups: number): void {
    this.inner.grow(groups);
  }

  add(args: readonly Column[], at: GroupedRows, context: EvalContext): void {
    const { batch, rows, ids, count } = at;
    const groups: number[] = new Array<number>(batch.length);
    for (let j = 0; j < count; j++) groups[rows[j]!] = ids[j]!;
    let known = this.keys.size;
    const numbers = this.keys.intern([groups, ...args.slice(0, this.width)], batch, rows, count);
    if (this.rows.length < count) {
      this.rows = new Int32Array(count);
      this.ids = new Int32Array(count);
    }
    let kept = 0;
    for (let j = 0; j < count; j++) {
      if (numbers[j] !== known) continue;
      known++;
      this.rows[kept] = rows[j]!;
      this.ids[kept++] = ids[j]!;
    }
    this.inner.add(args, { batch, rows: this.rows, ids: this.ids, count: kept }, context);
  }

  finish(start: number, end: number, context: EvalContext): Column {
    return this.inner.finish(start, end, context);
  }

  release(): void {
    this.keys.release();
  }
}
