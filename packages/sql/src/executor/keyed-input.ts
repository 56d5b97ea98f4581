import type { ColumnDef, Expr } from "../binder/expr.js";
import { columnExpr } from "../planner/expressions.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { CompiledPlan } from "./operator.js";

export type Compile = (plan: LogicalPlan) => CompiledPlan;

/** An input that also has a column for each of some expressions. */
export interface KeyedInput {
  /** The input's own columns, in order, then those that were computed. */
  readonly plan: CompiledPlan;
  /** How many columns are the input's own. */
  readonly own: number;
  /** Where each expression is. */
  readonly keys: readonly number[];
}

/**
 * Compiles an input with the expressions an operator works by computed below it, batch by batch.
 * Their columns have negative ids, which no plan uses, and end at the operator.
 */
export function keyedInput(
  input: LogicalPlan,
  exprs: readonly Expr[],
  compile: Compile,
): KeyedInput {
  const own = input.output.length;
  const output: ColumnDef[] = [...input.output];
  const computed: Expr[] = input.output.map(columnExpr);
  const keys = exprs.map((expr) => {
    const position = expr.kind === "column" ? input.output.findIndex((c) => c.id === expr.id) : -1;
    if (position >= 0) return position;
    computed.push(expr);
    return output.push({ id: -output.length - 1, name: "key", type: expr.type }) - 1;
  });
  if (output.length === own) return { plan: compile(input), own, keys };
  return { plan: compile({ kind: "project", input, exprs: computed, output }), own, keys };
}
