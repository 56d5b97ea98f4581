import type { RecursivePlan } from "../planner/plan.js";
import { StoredRows } from "./cte.js";
import { FirstRows } from "./distinct.js";
import type { Compile } from "./keyed-input.js";
import { requireEquality } from "./keys/key-class.js";
import {
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";
import { Aligned } from "./set-operation.js";

/**
 * WITH RECURSIVE: the rows of `base`, then those that `step` makes of the rows of the round before,
 * until a round makes none. UNION leaves out rows that were given already, which ends cycles.
 */
export function compileRecursive(plan: RecursivePlan, compile: Compile): CompiledPlan {
  const base = compile(plan.base);
  const step = compile(plan.step);
  const parts = plan.output.map(({ type }) => ({ type, nullsEqual: true }));
  if (!plan.all) for (const { type } of parts) requireEquality(type);
  return {
    columns: plan.output,
    open(context) {
      const first = plan.all ? undefined : new FirstRows(parts, context.memory);
      return new RecursiveOperator(plan, base, step, first, context);
    },
  };
}

class RecursiveOperator implements Operator {
  private readonly plan: RecursivePlan;
  private readonly step: CompiledPlan;
  private readonly first: FirstRows | undefined;
  private readonly context: ExecutionContext;
  /** Rows of the round before, which the step reads. */
  private working: StoredRows;
  /** Rows of this round. */
  private fresh: StoredRows;
  private running: Operator;
  private done = false;

  constructor(
    plan: RecursivePlan,
    base: CompiledPlan,
    step: CompiledPlan,
    first: FirstRows | undefined,
    context: ExecutionContext,
  ) {
    this.plan = plan;
    this.step = step;
    this.first = first;
    this.context = context;
    this.working = new StoredRows(plan.output, context.memory);
    this.fresh = new StoredRows(plan.output, context.memory);
    this.running = new Aligned(base.open(context), base.columns, plan.output);
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.done) return null;
    const batch = this.inScope(() => this.running.next());
    if (batch === PENDING) return PENDING;
    if (batch === null) return this.nextRound();
    const fresh = this.first === undefined ? batch : this.first.of(batch);
    if (fresh === null) return PENDING;
    this.fresh.store.append(fresh);
    return fresh;
  }

  close(): void {
    this.done = true;
    this.running.close();
    this.first?.release();
    this.working.store.release();
    this.fresh.store.release();
  }

  private nextRound(): typeof PENDING | null {
    this.running.close();
    if (this.fresh.store.rows === 0) {
      this.done = true;
      return null;
    }
    const read = this.working;
    this.working = this.fresh;
    this.fresh = read;
    this.fresh.store.clear();
    const { step, context, plan } = this;
    this.running = this.inScope(() => new Aligned(step.open(context), step.columns, plan.output));
    return PENDING;
  }

  /** The step may open readers at any time, so the working table is in scope while it works. */
  private inScope<T>(work: () => T): T {
    const { ctes } = this.context;
    const { cte } = this.plan;
    const outside = ctes.get(cte);
    ctes.set(cte, this.working);
    try {
      return work();
    } finally {
      if (outside === undefined) ctes.delete(cte);
      else ctes.set(cte, outside);
    }
  }
}
