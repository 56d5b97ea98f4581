import { nodeExprs } from "../../planner/nodes.js";
import type { AggregatePlan, LogicalPlan } from "../../planner/plan.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { type CompiledCall, compileCall } from "./calls.js";
import { InputList } from "./feeds.js";
import { GroupSet } from "./group-set.js";
import { fullBatch } from "../batches.js";
import { BATCH_ROWS } from "../limits.js";
import {
  type Column,
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "../operator.js";
import { slicedInput } from "../sliced-input.js";

/** What an aggregation computes, shared by all runs. */
interface Aggregation {
  readonly keys: InputList;
  readonly inputs: InputList;
  readonly keyTypes: readonly SqlType[];
  readonly sets: readonly (readonly number[])[];
  readonly calls: readonly CompiledCall[];
  /** Where each output column comes from. */
  readonly output: readonly OutputColumn[];
}

type OutputColumn =
  { readonly from: "key" | "call"; readonly index: number } | { readonly from: "set" };

/** GROUP BY and aggregates, by hash tables: one for each grouping set. */
export function compileAggregate(
  plan: AggregatePlan,
  compile: (plan: LogicalPlan) => CompiledPlan,
): CompiledPlan {
  const input = slicedInput(compile(plan.input), nodeExprs(plan));
  const keys = new InputList(input.columns);
  const inputs = new InputList(input.columns);
  // Equal expressions share a column, so that keys are numbered as InputList numbers them.
  const slots = plan.groups.map(({ expr }) => keys.add(expr));
  const keyTypes: SqlType[] = [];
  plan.groups.forEach(({ expr }, i) => (keyTypes[slots[i]!] = expr.type));
  const sets = plan.groupingSets ?? [plan.groups.map((_, i) => i)];
  const aggregation: Aggregation = {
    keys,
    inputs,
    keyTypes,
    sets: sets.map((set) => [...new Set(set.map((i) => slots[i]!))]),
    calls: plan.aggregates.map((call) => compileCall(call, inputs, input.columns)),
    output: plan.output.map(({ id }) => outputColumn(plan, slots, id)),
  };
  return {
    columns: plan.output,
    open: (context) => new AggregateOperator(input.open(context), aggregation, context),
  };
}

function outputColumn(plan: AggregatePlan, slots: readonly number[], id: number): OutputColumn {
  if (id === plan.groupingId) return { from: "set" };
  const group = plan.groups.findIndex((candidate) => candidate.id === id);
  if (group >= 0) return { from: "key", index: slots[group]! };
  return { from: "call", index: plan.aggregates.findIndex((call) => call.id === id) };
}

class AggregateOperator implements Operator {
  private readonly input: Operator;
  private readonly aggregation: Aggregation;
  private readonly context: ExecutionContext;
  private readonly sets: readonly GroupSet[];
  private reading = true;
  /** The set and the group that come out next. */
  private set = 0;
  private group = 0;

  constructor(input: Operator, aggregation: Aggregation, context: ExecutionContext) {
    this.input = input;
    this.aggregation = aggregation;
    this.context = context;
    const { sets, keyTypes, calls } = aggregation;
    this.sets = sets.map((set) => new GroupSet(set, keyTypes, calls, context.memory));
  }

  next(): RowBatch | typeof PENDING | null {
    if (!this.reading) return this.emit();
    const batch = this.input.next();
    if (batch === PENDING) return PENDING;
    if (batch === null) {
      this.reading = false;
      this.input.close();
      return this.emit();
    }
    this.take(batch);
    return PENDING;
  }

  private take(batch: RowBatch): void {
    const { keys, inputs, calls } = this.aggregation;
    const { context } = this;
    const keyColumns = keys.evaluate(batch, context);
    const shared = inputs.evaluate(batch, context);
    const pieces = calls.map(({ feed }) => feed(batch, shared, context));
    for (const set of this.sets) set.add(batch, keyColumns, pieces, context);
  }

  private emit(): RowBatch | null {
    while (this.set < this.sets.length && this.group >= this.sets[this.set]!.size) {
      this.set++;
      this.group = 0;
    }
    const set = this.sets[this.set];
    if (set === undefined) return null;
    const start = this.group;
    const end = Math.min(start + BATCH_ROWS, set.size);
    this.group = end;
    const keys = set.keyColumns(start, end);
    const results = set.results(start, end, this.context);
    const columns = this.aggregation.output.map((column): Column => {
      if (column.from === "set") return new Array<Datum>(end - start).fill(this.set);
      return (column.from === "key" ? keys : results)[column.index]!;
    });
    return fullBatch(end - start, columns);
  }

  close(): void {
    this.input.close();
    for (const set of this.sets) set.release();
    this.set = this.sets.length;
  }
}
