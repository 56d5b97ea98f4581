import type { LogicalPlan, ProjectPlan } from "../planner/plan.js";
import { withColumns } from "./batches.js";
import { compileProjectLoop, type ProjectLoop } from "./expression/loops.js";
import {
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";
import { slicedInput } from "./sliced-input.js";

/** Computes columns; those that are columns of the input already are passed on as they are. */
export function compileProject(
  plan: ProjectPlan,
  compile: (plan: LogicalPlan) => CompiledPlan,
): CompiledPlan {
  const input = slicedInput(compile(plan.input), plan.exprs);
  const slots = new Map(input.columns.map((column, slot) => [column.id, slot]));
  const loops = plan.exprs.map((expr): ProjectLoop => {
    const slot = expr.kind === "column" ? slots.get(expr.id) : undefined;
    if (slot !== undefined) return (batch) => batch.columns[slot]!;
    return compileProjectLoop(expr, input.columns);
  });
  return {
    columns: plan.output,
    open: (context, most) => new ProjectOperator(input.open(context, most), loops, context),
  };
}

class ProjectOperator implements Operator {
  private readonly input: Operator;
  private readonly loops: readonly ProjectLoop[];
  private readonly context: ExecutionContext;

  constructor(input: Operator, loops: readonly ProjectLoop[], context: ExecutionContext) {
    this.input = input;
    this.loops = loops;
    this.context = context;
  }

  next(): RowBatch | typeof PENDING | null {
    const batch = this.input.next();
    if (batch === null || batch === PENDING) return batch;
    return withColumns(
      batch,
      this.loops.map((loop) => loop(batch, this.context)),
    );
  }

  close(): void {
    this.input.close();
  }
}
