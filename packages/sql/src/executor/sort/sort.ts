import type { SortPlan } from "../../planner/plan.js";
import type { SqlType } from "../../types/sql-type.js";
import { fullBatch } from "../batches.js";
import { keyedInput, type Compile } from "../keyed-input.js";
import { BATCH_ROWS } from "../limits.js";
import { HeldMemory } from "../memory.js";
import {
  type CompiledPlan,
  type MemoryMeter,
  type Operator,
  PENDING,
  type RowBatch,
} from "../operator.js";
import { RowStore } from "../row-store.js";
import { RowGather } from "../store/gather.js";
import { sortPart, type SortPart, storeKeys } from "./store-sorter.js";
import { StepwiseSort } from "./stepwise-sort.js";
import { TopRows } from "./top-rows.js";

/** Up to how many rows keeping the best ones at hand beats sorting everything. */
const MOST_TOP_ROWS = 50_000;

/** Sorts stably; where few rows from the top are asked for, only those are kept. */
export function compileSort(plan: SortPlan, compile: Compile): CompiledPlan {
  const input = keyedInput(
    plan.input,
    plan.keys.map((key) => key.expr),
    compile,
  );
  const parts = plan.keys.map((key, i) => sortPart(key, input.keys[i]!));
  const types = input.plan.columns.map((column) => column.type);
  const { own } = input;
  return {
    columns: plan.output,
    open(context, most = Infinity) {
      const operator = input.plan.open(context);
      const { memory } = context;
      const sink =
        most <= MOST_TOP_ROWS
          ? new TopRows(types, parts, most, memory)
          : new AllRows(types, memory);
      return new SortOperator(operator, sink, parts, own, memory);
    },
  };
}

/** What a sort keeps of its input. */
interface SortInput {
  readonly store: RowStore;
  add(batch: RowBatch): void;
}

class AllRows implements SortInput {
  readonly store: RowStore;

  constructor(types: readonly SqlType[], memory: MemoryMeter) {
    this.store = new RowStore(types, memory);
  }

  add(batch: RowBatch): void {
    this.store.append(batch);
  }
}

class SortOperator implements Operator {
  private readonly input: Operator;
  private readonly rows: SortInput;
  private readonly parts: readonly SortPart[];
  private readonly gather: RowGather;
  private readonly own: number;
  private readonly held: HeldMemory;
  private sort: StepwiseSort | undefined;
  private sorted = false;
  private position = 0;

  constructor(
    input: Operator,
    rows: SortInput,
    parts: readonly SortPart[],
    own: number,
    memory: MemoryMeter,
  ) {
    this.input = input;
    this.rows = rows;
    this.parts = parts;
    this.own = own;
    this.gather = new RowGather(own);
    this.held = new HeldMemory(memory);
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.sorted) return this.emit();
    if (this.sort === undefined) {
      const batch = this.input.next();
      if (batch === PENDING) return PENDING;
      if (batch !== null) {
        this.rows.add(batch);
        return PENDING;
      }
      this.sort = this.start();
    }
    this.sorted = this.sort.step();
    return PENDING;
  }

  close(): void {
    this.input.close();
    this.rows.store.release();
    this.held.release();
    this.sort = undefined;
    this.sorted = true;
  }

  private start(): StepwiseSort {
    const { store } = this.rows;
    this.held.set(StepwiseSort.bytes(store.rows));
    return new StepwiseSort(storeKeys(store, this.parts), store.rows);
  }

  private emit(): RowBatch | null {
    const { store } = this.rows;
    const count = Math.min(BATCH_ROWS, store.rows - this.position);
    if (count <= 0 || this.sort === undefined) return null;
    const rows = this.sort.order.subarray(this.position, this.position + count);
    this.position += count;
    const columns = store.columns().slice(0, this.own);
    return fullBatch(count, this.gather.gather(columns, rows, count, false));
  }
}
