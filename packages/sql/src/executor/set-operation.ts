import type { ColumnDef } from "../binder/expr.js";
import type { SetOperationPlan } from "../planner/plan.js";
import type { SqlType } from "../types/sql-type.js";
import { rowsOf, selectRows, withColumns } from "./batches.js";
import { datumsOf, isVector } from "./column.js";
import { FirstRows } from "./distinct.js";
import type { Compile } from "./keyed-input.js";
import { requireEquality } from "./keys/key-class.js";
import { type KeyPart, RowKeys } from "./keys/row-keys.js";
import { HeldMemory } from "./memory.js";
import {
  type CompiledPlan,
  type MemoryMeter,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";
import { grownCapacity } from "./store/stored-column.js";

/** UNION, INTERSECT and EXCEPT, with and without ALL. */
export function compileSetOperation(plan: SetOperationPlan, compile: Compile): CompiledPlan {
  const left = compile(plan.left);
  const right = compile(plan.right);
  const parts = plan.output.map(({ type }): KeyPart => ({ type, nullsEqual: true }));
  const isUnionAll = plan.operation === "union" && plan.all;
  if (!isUnionAll) for (const { type } of parts) requireEquality(type);
  return {
    columns: plan.output,
    open(context) {
      const inputs = [
        new Aligned(left.open(context), left.columns, plan.output),
        new Aligned(right.open(context), right.columns, plan.output),
      ] as const;
      if (isUnionAll) return new Concatenation(inputs, undefined);
      if (plan.operation === "union") {
        return new Concatenation(inputs, new FirstRows(parts, context.memory));
      }
      return new CountedRows(inputs, parts, plan.operation, plan.all, context.memory);
    },
  };
}

/**
 * An input with its columns in a form that fits the operation's types: a numeric's scale is that
 * of its own column, so where types differ, values go on as datums.
 */
export class Aligned implements Operator {
  private readonly input: Operator;
  private readonly types: readonly SqlType[];
  private readonly converted: readonly boolean[];
  private readonly any: boolean;

  constructor(input: Operator, from: readonly ColumnDef[], to: readonly ColumnDef[]) {
    this.input = input;
    this.types = from.map((column) => column.type);
    this.converted = from.map(({ type }, i) => !sameForm(type, to[i]!.type));
    this.any = this.converted.includes(true);
  }

  next(): RowBatch | typeof PENDING | null {
    const batch = this.input.next();
    if (!this.any || batch === null || batch === PENDING) return batch;
    const columns = batch.columns.map((column, i) => {
      if (!this.converted[i]! || !isVector(column)) return column;
      return datumsOf(column, this.types[i]!, batch);
    });
    return withColumns(batch, columns);
  }

  close(): void {
    this.input.close();
  }
}

function sameForm(a: SqlType, b: SqlType): boolean {
  return a.name === b.name && a.precision === b.precision && a.scale === b.scale;
}

type Inputs = readonly [Operator, Operator];

/** One input after the other; with `first`, without rows that were there already. */
class Concatenation implements Operator {
  private readonly inputs: Inputs;
  private readonly first: FirstRows | undefined;
  private current = 0;

  constructor(inputs: Inputs, first: FirstRows | undefined) {
    this.inputs = inputs;
    this.first = first;
  }

  next(): RowBatch | typeof PENDING | null {
    const input = this.inputs[this.current];
    if (input === undefined) return null;
    const batch = input.next();
    if (batch === PENDING) return PENDING;
    if (batch === null) {
      input.close();
      this.current++;
      return PENDING;
    }
    if (this.first === undefined) return batch;
    return this.first.of(batch) ?? PENDING;
  }

  close(): void {
    for (const input of this.inputs) input.close();
    this.first?.release();
    this.current = this.inputs.length;
  }
}

/**
 * INTERSECT and EXCEPT: the right side's rows are counted by key, then left rows are kept or left
 * out by those counts. With ALL each match uses one up; without, each key is given once.
 */
class CountedRows implements Operator {
  private readonly left: Operator;
  private readonly right: Operator;
  private readonly keys: RowKeys;
  private readonly intersects: boolean;
  private readonly all: boolean;
  private readonly held: HeldMemory;
  private counts = new Int32Array(64);
  private selection = new Int32Array(0);
  private counted = false;

  constructor(
    [left, right]: Inputs,
    parts: readonly KeyPart[],
    operation: "intersect" | "except",
    all: boolean,
    memory: MemoryMeter,
  ) {
    this.left = left;
    this.right = right;
    this.keys = new RowKeys(parts, memory);
    this.intersects = operation === "intersect";
    this.all = all;
    this.held = new HeldMemory(memory);
  }

  next(): RowBatch | typeof PENDING | null {
    if (!this.counted) {
      const batch = this.right.next();
      if (batch === null) this.counted = true;
      else if (batch !== PENDING) this.count(batch);
      return PENDING;
    }
    const batch = this.left.next();
    if (batch === null || batch === PENDING) return batch;
    return this.select(batch) ?? PENDING;
  }

  close(): void {
    this.left.close();
    this.right.close();
    this.keys.release();
    this.held.release();
  }

  private count(batch: RowBatch): void {
    const ids = this.keys.intern(batch.columns, batch, rowsOf(batch), batch.selected);
    this.reserve(this.keys.size);
    for (let j = 0; j < batch.selected; j++) this.counts[ids[j]!]!++;
  }

  private reserve(size: number): void {
    if (size <= this.counts.length) return;
    const counts = new Int32Array(grownCapacity(this.counts.length, size));
    counts.set(this.counts);
    this.counts = counts;
    this.held.set(counts.byteLength);
  }

  private select(batch: RowBatch): RowBatch | null {
    const rows = rowsOf(batch);
    const count = batch.selected;
    if (this.selection.length < count) this.selection = new Int32Array(count);
    // EXCEPT must remember what it gave, so that keys of the left side are added for it.
    const remembers = !this.intersects && !this.all;
    const ids = remembers
      ? this.keys.intern(batch.columns, batch, rows, count)
      : this.keys.find(batch.columns, batch, rows, count);
    this.reserve(this.keys.size);
    let kept = 0;
    for (let j = 0; j < count; j++) {
      if (this.keeps(ids[j]!)) this.selection[kept++] = rows[j]!;
    }
    return kept === 0 ? null : selectRows(batch, this.selection, kept);
  }

  private keeps(id: number): boolean {
    const { counts } = this;
    const isThere = id >= 0 && counts[id]! > 0;
    if (this.intersects) {
      if (isThere) counts[id] = this.all ? counts[id]! - 1 : 0;
      return isThere;
    }
    if (!this.all) {
      if (!isThere) counts[id] = 1;
      return !isThere;
    }
    if (isThere) counts[id]!--;
    return !isThere;
  }
}
