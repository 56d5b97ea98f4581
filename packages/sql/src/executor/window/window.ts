import type { ColumnDef, Expr } from "../../binder/expr.js";
import type { WindowPlan } from "../../planner/plan.js";
import type { Datum } from "../../types/datum.js";
import { fullBatch } from "../batches.js";
import { datumReader } from "../column.js";
import { keyedInput, type Compile } from "../keyed-input.js";
import { BATCH_ROWS, STEP_ROWS } from "../limits.js";
import { HeldMemory } from "../memory.js";
import {
  type Column,
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "../operator.js";
import { RowStore } from "../row-store.js";
import type { RowSorter } from "../sort/row-sorter.js";
import { StepwiseSort } from "../sort/stepwise-sort.js";
import { sortPart, type SortPart, storeKeys, storeSorter } from "../sort/store-sorter.js";
import { RowGather } from "../store/gather.js";
import { compileCall, type CallValues, type CompiledCall, RunningCall } from "./calls.js";
import type { RangeKey } from "./frame.js";
import { NEW_PARTITION, NEW_PEERS, Partition, SAME_PEERS } from "./partition.js";

/** Rows that aggregates may work on in one step. */
const STEP_WORK = 200_000;

/** Where an output column comes from. */
type WindowColumn =
  | { readonly kind: "input"; readonly position: number }
  | { readonly kind: "call"; readonly index: number };

interface WindowShape {
  readonly types: readonly ColumnDef[];
  readonly partitionBy: readonly SortPart[];
  readonly orderBy: readonly SortPart[];
  readonly calls: readonly CompiledCall[];
  readonly output: readonly WindowColumn[];
}

/** Window functions: the rows are sorted by partition and order, then each call goes through them. */
export function compileWindow(plan: WindowPlan, compile: Compile): CompiledPlan {
  const exprs: Expr[] = [];
  const place = (expr: Expr): number => exprs.push(expr) - 1;
  const partitionBy = plan.partitionBy.map(place);
  const orderBy = plan.orderBy.map((key) => place(key.expr));
  const placed = plan.calls.map((call) => ({
    call,
    args: call.args.map(place),
    filter: call.filter && place(call.filter),
  }));
  const input = keyedInput(plan.input, exprs, compile);
  const at = (index: number): number => input.keys[index]!;
  const keyType = plan.orderBy[0]?.expr.type;
  const shape: WindowShape = {
    types: input.plan.columns,
    partitionBy: plan.partitionBy.map((expr, i) =>
      sortPart({ expr, descending: false, nullsFirst: false }, at(partitionBy[i]!)),
    ),
    orderBy: plan.orderBy.map((key, i) => sortPart(key, at(orderBy[i]!))),
    calls: placed.map(({ call, args, filter }) =>
      compileCall(call, args.map(at), filter === undefined ? undefined : at(filter), keyType),
    ),
    output: plan.output.map(({ id }): WindowColumn => {
      const index = plan.calls.findIndex((call) => call.id === id);
      if (index >= 0) return { kind: "call", index };
      return { kind: "input", position: input.plan.columns.findIndex((c) => c.id === id) };
    }),
  };
  return {
    columns: plan.output,
    open: (context) => new WindowOperator(shape, input.plan.open(context), context),
  };
}

class WindowOperator implements Operator {
  private readonly shape: WindowShape;
  private readonly input: Operator;
  private readonly context: ExecutionContext;
  private readonly store: RowStore;
  private readonly held: HeldMemory;
  private sort: StepwiseSort | undefined;
  private sorted = false;
  private walk: PartitionWalk | undefined;
  private closed = false;

  constructor(shape: WindowShape, input: Operator, context: ExecutionContext) {
    this.shape = shape;
    this.input = input;
    this.context = context;
    this.store = new RowStore(
      shape.types.map((column) => column.type),
      context.memory,
    );
    this.held = new HeldMemory(context.memory);
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.closed) return null;
    if (this.walk !== undefined) return this.walk.next();
    if (this.sort === undefined) {
      const batch = this.input.next();
      if (batch === PENDING) return PENDING;
      if (batch !== null) {
        this.store.append(batch);
        return PENDING;
      }
      this.sort = this.startSort();
    }
    if (!this.sorted) this.sorted = this.sort.step();
    else this.walk = new PartitionWalk(this.shape, this.store, this.sort.order, this.context);
    return PENDING;
  }

  close(): void {
    this.closed = true;
    this.input.close();
    this.store.release();
    this.held.release();
    this.walk = undefined;
    this.sort = undefined;
  }

  private startSort(): StepwiseSort {
    const { shape, store } = this;
    // Once the sort is over, marks and peer groups take less than it did.
    this.held.set(StepwiseSort.bytes(store.rows));
    const keys = storeKeys(store, [...shape.partitionBy, ...shape.orderBy]);
    return new StepwiseSort(keys, store.rows);
  }
}

/** Goes through the sorted rows, partition by partition, and gives them with the calls' values. */
class PartitionWalk {
  private readonly shape: WindowShape;
  private readonly store: RowStore;
  private readonly order: Int32Array;
  private readonly breaks: Uint8Array;
  private readonly partitionSorter: RowSorter;
  private readonly orderSorter: RowSorter;
  private readonly calls: readonly RunningCall[];
  private readonly rangeKey: RangeKey | undefined;
  private readonly gather: RowGather;
  private marked = 0;
  private position = 0;
  /** The partition at `position`, once it is open; there is one at a time. */
  private readonly partition = new Partition();
  private isOpen = false;
  private values: readonly CallValues[] = [];

  constructor(shape: WindowShape, store: RowStore, order: Int32Array, context: ExecutionContext) {
    this.shape = shape;
    this.store = store;
    this.order = order;
    this.breaks = new Uint8Array(order.length);
    this.partitionSorter = storeSorter(store, shape.partitionBy);
    this.orderSorter = storeSorter(store, shape.orderBy);
    this.calls = shape.calls.map((call) => new RunningCall(call, store, context));
    this.rangeKey = rangeKeyOf(shape.orderBy[0], store);
    this.gather = new RowGather(shape.output.length);
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.marked < this.order.length) {
      this.mark();
      return PENDING;
    }
    const first = this.position;
    const end = Math.min(first + BATCH_ROWS, this.order.length);
    if (first === end) return null;
    const columns = this.calls.map((): Datum[] => []);
    let work = 0;
    while (this.position < end && work < STEP_WORK) work += this.addRow(columns);
    return this.assemble(first, this.position - first, columns);
  }

  /** Marks where partitions and groups of peers begin, so many rows a step. */
  private mark(): void {
    const { order, breaks } = this;
    const end = Math.min(this.marked + STEP_ROWS, order.length);
    for (let i = this.marked; i < end; i++) {
      if (i === 0 || this.partitionSorter.compare(order[i - 1]!, order[i]!) !== 0) {
        breaks[i] = NEW_PARTITION;
      } else {
        const isPeer = this.orderSorter.compare(order[i - 1]!, order[i]!) === 0;
        breaks[i] = isPeer ? SAME_PEERS : NEW_PEERS;
      }
    }
    this.marked = end;
  }

  /** Adds the calls' values at the next row; gives the work it took. */
  private addRow(columns: readonly Datum[][]): number {
    if (!this.isOpen) this.openPartition();
    const { values, partition } = this;
    const row = this.position - partition.start;
    let work = 0;
    for (let i = 0; i < values.length; i++) {
      const before = values[i]!.work;
      columns[i]!.push(values[i]!.value(row));
      work += values[i]!.work - before;
    }
    this.position++;
    if (row + 1 === partition.rows) this.isOpen = false;
    return work;
  }

  private openPartition(): void {
    const { order, breaks, position } = this;
    let end = position + 1;
    while (end < order.length && breaks[end] !== NEW_PARTITION) end++;
    this.partition.open(order, breaks, position, end);
    this.isOpen = true;
    this.values = this.calls.map((call) => call.over(this.partition, this.rangeKey));
  }

  private assemble(first: number, count: number, values: readonly Datum[][]): RowBatch {
    const rows = this.order.subarray(first, first + count);
    const stored = this.store.columns();
    const inputs = this.shape.output.flatMap((column) =>
      column.kind === "input" ? [stored[column.position]!] : [],
    );
    const gathered = this.gather.gather(inputs, rows, count, false);
    let next = 0;
    const columns = this.shape.output.map((column): Column =>
      column.kind === "input" ? gathered[next++]! : values[column.index]!,
    );
    return fullBatch(count, columns);
  }
}

function rangeKeyOf(part: SortPart | undefined, store: RowStore): RangeKey | undefined {
  if (part === undefined) return undefined;
  const { column, type, descending } = part;
  return { type, descending, read: datumReader(store.column(column), type) };
}
