import type { SqlType } from "../../types/sql-type.js";
import { datumReader } from "../column.js";
import type { Datum } from "../../types/datum.js";
import { RowKeys } from "../keys/row-keys.js";
import { HeldMemory } from "../memory.js";
import type { Column, ExecutionContext, MemoryMeter, RowBatch } from "../operator.js";
import { rowsOf } from "../batches.js";
import type { Accumulator, GroupedRows } from "./accumulator.js";
import type { CompiledCall } from "./calls.js";
import type { CallInput } from "./feeds.js";

/** What a key value takes in its array. */
const KEY_BYTES = 24;

/** The groups of one grouping set: their keys, and the accumulators of every call. */
export class GroupSet {
  /** Which of the GROUP BY expressions are keys. */
  private readonly keys: readonly number[];
  private readonly types: readonly SqlType[];
  private readonly accumulators: readonly Accumulator[];
  private readonly numbers: RowKeys;
  private readonly held: HeldMemory;
  private readonly values: Datum[][];
  private groups = 0;
  private filteredIds = new Int32Array(0);

  constructor(
    keys: readonly number[],
    types: readonly SqlType[],
    calls: readonly CompiledCall[],
    meter: MemoryMeter,
  ) {
    this.keys = keys;
    this.types = types;
    this.accumulators = calls.map((call) => call.accumulator(meter));
    this.values = keys.map(() => []);
    const parts = keys.map((key) => ({ type: types[key]!, nullsEqual: true }));
    this.numbers = new RowKeys(parts, meter);
    this.held = new HeldMemory(meter);
    // Without keys there is one group, also of no rows.
    if (keys.length === 0) this.growTo(1);
  }

  get size(): number {
    return this.groups;
  }

  /** Takes the rows of a batch in; `keyColumns` are all GROUP BY expressions. */
  add(
    batch: RowBatch,
    keyColumns: readonly Column[],
    inputs: readonly (readonly CallInput[])[],
    context: ExecutionContext,
  ): void {
    const rows = rowsOf(batch);
    const count = batch.selected;
    const own = this.keys.map((key) => keyColumns[key]!);
    const ids = this.numbers.intern(own, batch, rows, count);
    this.addKeys(own, rows, ids, count);
    const all = { batch, rows, ids, count };
    for (let i = 0; i < inputs.length; i++) {
      for (const { args, passed } of inputs[i]!) {
        const at = passed === undefined ? all : this.restrict(all, passed);
        this.accumulators[i]!.add(args, at, context.eval);
      }
    }
    this.held.set(this.bytes);
  }

  private get bytes(): number {
    let bytes = KEY_BYTES * this.groups * this.keys.length;
    for (const accumulator of this.accumulators) bytes += accumulator.bytes;
    return bytes;
  }

  /** Keeps the key values of groups that are new; ids are given out in order of appearance. */
  private addKeys(columns: readonly Column[], rows: Int32Array, ids: Int32Array, n: number): void {
    const total = this.numbers.size;
    if (total <= this.groups) return;
    const readers = columns.map((column, i) => datumReader(column, this.types[this.keys[i]!]!));
    let known = this.groups;
    for (let j = 0; j < n && known < total; j++) {
      if (ids[j] !== known) continue;
      known++;
      for (let i = 0; i < readers.length; i++) this.values[i]!.push(readers[i]!(rows[j]!));
    }
    this.growTo(total);
  }

  private growTo(groups: number): void {
    this.groups = groups;
    for (const accumulator of this.accumulators) accumulator.grow(groups);
  }

  /** The ids of those rows that passed a filter; both lists ascend. */
  private restrict({ rows, ids, count }: GroupedRows, passed: RowBatch): GroupedRows {
    if (this.filteredIds.length < passed.selected) this.filteredIds = new Int32Array(count);
    const into = this.filteredIds;
    const passedRows = rowsOf(passed);
    for (let j = 0, k = 0; k < passed.selected; j++) {
      if (rows[j] === passedRows[k]) into[k++] = ids[j]!;
    }
    return { batch: passed, rows: passedRows, ids: into, count: passed.selected };
  }

  /** Key values of the groups [start, end), by GROUP BY expression; NULL for those of other sets. */
  keyColumns(start: number, end: number): readonly Column[] {
    return this.types.map((_, key) => {
      const slot = this.keys.indexOf(key);
      if (slot >= 0) return this.values[slot]!.slice(start, end);
      return new Array<Datum>(end - start).fill(null);
    });
  }

  results(start: number, end: number, context: ExecutionContext): readonly Column[] {
    return this.accumulators.map((accumulator) => accumulator.finish(start, end, context.eval));
  }

  release(): void {
    this.numbers.release();
    for (const accumulator of this.accumulators) accumulator.release?.();
    this.held.release();
  }
}
