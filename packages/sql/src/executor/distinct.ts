import type { DistinctPlan } from "../planner/plan.js";
import { rowsOf, selectRows, withColumns } from "./batches.js";
import { keyedInput, type Compile } from "./keyed-input.js";
import { requireEquality } from "./keys/key-class.js";
import { type KeyPart, RowKeys } from "./keys/row-keys.js";
import {
  type CompiledPlan,
  type MemoryMeter,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";

/** Keeps the first row of each key: DISTINCT over all columns, DISTINCT ON over expressions. */
export function compileDistinct(plan: DistinctPlan, compile: Compile): CompiledPlan {
  if (plan.on === undefined) {
    const input = compile(plan.input);
    const positions = input.columns.map((_, i) => i);
    return distinctOn(input, positions, input.columns.length, plan);
  }
  const { plan: input, keys, own } = keyedInput(plan.input, plan.on, compile);
  return distinctOn(input, keys, own, plan);
}

function distinctOn(
  input: CompiledPlan,
  positions: readonly number[],
  own: number,
  plan: DistinctPlan,
): CompiledPlan {
  const parts = positions.map((position): KeyPart => {
    const { type } = input.columns[position]!;
    requireEquality(type);
    return { type, nullsEqual: true };
  });
  return {
    columns: plan.output,
    open: (context) =>
      new DistinctOperator(input.open(context), parts, positions, own, context.memory),
  };
}

class DistinctOperator implements Operator {
  private readonly input: Operator;
  private readonly positions: readonly number[];
  private readonly own: number;
  private readonly first: FirstRows;

  constructor(
    input: Operator,
    parts: readonly KeyPart[],
    positions: readonly number[],
    own: number,
    memory: MemoryMeter,
  ) {
    this.input = input;
    this.positions = positions;
    this.own = own;
    this.first = new FirstRows(parts, memory);
  }

  next(): RowBatch | typeof PENDING | null {
    const batch = this.input.next();
    if (batch === null || batch === PENDING) return batch;
    const columns = this.positions.map((position) => batch.columns[position]!);
    const first = this.first.of(withColumns(batch, columns));
    if (first === null) return PENDING;
    if (this.own === batch.columns.length) return withColumns(first, batch.columns);
    return withColumns(first, batch.columns.slice(0, this.own));
  }

  close(): void {
    this.input.close();
    this.first.release();
  }
}

/** Tells the first row of each key from those that come again. */
export class FirstRows {
  private readonly keys: RowKeys;
  private selection = new Int32Array(0);

  constructor(parts: readonly KeyPart[], memory: MemoryMeter) {
    this.keys = new RowKeys(parts, memory);
  }

  /** The rows of a batch, all of whose columns are keys, that were never there; null if none. */
  of(batch: RowBatch): RowBatch | null {
    const rows = rowsOf(batch);
    const count = batch.selected;
    if (this.selection.length < count) this.selection = new Int32Array(count);
    let known = this.keys.size;
    const ids = this.keys.intern(batch.columns, batch, rows, count);
    let kept = 0;
    for (let j = 0; j < count; j++) {
      if (ids[j]! < known) continue;
      known++;
      this.selection[kept++] = rows[j]!;
    }
    if (kept === 0) return null;
    if (kept === count) return batch;
    return selectRows(batch, this.selection, kept);
  }

  release(): void {
    this.keys.release();
  }
}
