import type { Expr } from "../binder/expr.js";
import { isSubquery, some } from "../planner/expressions.js";
import { rowsOf } from "./batches.js";
import { type CompiledPlan, type Operator, PENDING, type RowBatch } from "./operator.js";

/** Rows of which subqueries are run in one step. */
const SLICE_ROWS = 64;

/**
 * The input of an operator that computes `exprs`: in small batches where they run subqueries, so
 * that a step stays short however long each of those takes.
 */
export function slicedInput(input: CompiledPlan, exprs: readonly Expr[]): CompiledPlan {
  if (!exprs.some((expr) => some(expr, isSubquery))) return input;
  return {
    columns: input.columns,
    open: (context, most) => new SliceOperator(input.open(context, most)),
  };
}

class SliceOperator implements Operator {
  private readonly input: Operator;
  private batch: RowBatch | null = null;
  private at = 0;

  constructor(input: Operator) {
    this.input = input;
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.batch === null || this.at >= this.batch.selected) {
      const batch = this.input.next();
      if (batch === null || batch === PENDING || batch.selected <= SLICE_ROWS) return batch;
      this.batch = batch;
      this.at = 0;
    }
    const { batch, at } = this;
    const end = Math.min(at + SLICE_ROWS, batch.selected);
    this.at = end;
    const { length, columns } = batch;
    const selection = rowsOf(batch).subarray(at, end);
    return { length, columns, selection, selected: end - at };
  }

  close(): void {
    this.batch = null;
    this.input.close();
  }
}
