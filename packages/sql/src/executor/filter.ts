import type { FilterPlan, LogicalPlan } from "../planner/plan.js";
import { compileFilterLoop, type FilterLoop } from "./expression/loops.js";
import {
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";
import { slicedInput } from "./sliced-input.js";

/** Keeps the rows of which the predicate is true, by a selection over the input's own columns. */
export function compileFilter(
  plan: FilterPlan,
  compile: (plan: LogicalPlan) => CompiledPlan,
): CompiledPlan {
  const input = slicedInput(compile(plan.input), [plan.predicate]);
  const loop = compileFilterLoop(plan.predicate, input.columns);
  return {
    columns: input.columns,
    open: (context) => new FilterOperator(input.open(context), loop, context),
  };
}

class FilterOperator implements Operator {
  private readonly input: Operator;
  private readonly loop: FilterLoop;
  private readonly context: ExecutionContext;
  private passed = new Int32Array(0);

  constructor(input: Operator, loop: FilterLoop, context: ExecutionContext) {
    this.input = input;
    this.loop = loop;
    this.context = context;
  }

  next(): RowBatch | typeof PENDING | null {
    const batch = this.input.next();
    if (batch === null || batch === PENDING) return batch;
    if (this.passed.length < batch.selected) this.passed = new Int32Array(batch.length);
    const selected = this.loop(batch, this.passed, this.context);
    if (selected === 0) return PENDING;
    if (selected === batch.selected) return batch;
    const { length, columns } = batch;
    return { length, columns, selection: this.passed, selected };
  }

  close(): void {
    this.input.close();
  }
}
