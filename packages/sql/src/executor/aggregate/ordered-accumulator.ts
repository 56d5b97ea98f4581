import type { EvalContext } from "../../functions/registry.js";
import { type Comparator, comparatorOf } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumsOf } from "../column.js";
import type { Column } from "../operator.js";
import type { Accumulator, GroupedRows } from "./accumulator.js";
import type { StateAccumulator } from "./state-accumulator.js";

/** What a row that is kept takes, beside what its values point to. */
const ROW_BYTES = 32;
const VALUE_BYTES = 16;

export interface RowOrder {
  readonly type: SqlType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * An aggregate whose input has an order: the rows of a group are kept, sorted at the end and then
 * given to the function. The columns are the call's arguments and then the sort keys.
 */
export class OrderedAccumulator implements Accumulator {
  private readonly inner: StateAccumulator;
  private readonly types: readonly SqlType[];
  private readonly order: readonly RowOrder[];
  private readonly compare: readonly Comparator[];
  private readonly groups: (readonly Datum[])[][] = [];
  private rows = 0;

  constructor(inner: StateAccumulator, args: readonly SqlType[], order: readonly RowOrder[]) {
    this.inner = inner;
    this.types = [...args, ...order.map(({ type }) => type)];
    this.order = order;
    this.compare = order.map(({ type }) => comparatorOf(type));
  }

  get bytes(): number {
    return this.inner.bytes + this.rows * (ROW_BYTES + VALUE_BYTES * this.types.length);
  }

  grow(groups: number): void {
    this.inner.grow(groups);
    while (this.groups.length < groups) this.groups.push([]);
  }

  add(args: readonly Column[], { rows, ids, count, batch }: GroupedRows): void {
    const datums = args.map((column, i) => datumsOf(column, this.types[i]!, batch));
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      this.groups[ids[j]!]!.push(datums.map((column) => column[row]!));
    }
    this.rows += count;
  }

  finish(start: number, end: number, context: EvalContext): Column {
    const first = this.types.length - this.order.length;
    for (let group = start; group < end; group++) {
      const rows = this.groups[group]!;
      rows.sort((a, b) => this.compareRows(a, b, first));
      for (const row of rows) this.inner.step(group, row.slice(0, first), context);
      this.groups[group] = [];
    }
    return this.inner.finish(start, end, context);
  }

  private compareRows(a: readonly Datum[], b: readonly Datum[], first: number): number {
    for (let i = 0; i < this.order.length; i++) {
      const { descending, nullsFirst } = this.order[i]!;
      const left = a[first + i]!;
      const right = b[first + i]!;
      if (left === null || right === null) {
        if (left === right) continue;
        return (left === null) === nullsFirst ? -1 : 1;
      }
      const order = this.compare[i]!(left, right);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  }
}
