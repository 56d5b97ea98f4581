import type { LogicalPlan } from "../planner/plan.js";
import type { Expr } from "./expr.js";
import type { Scope } from "./scope.js";
import { columnExpr, eachDeep } from "./tree.js";

/** Whether the expression may be written twice: cheap, and the same value each time. */
function isRepeatable(expr: Expr): boolean {
  let repeatable = true;
  eachDeep(expr, (part) => {
    const isQuery =
      part.kind === "scalarSubquery" || part.kind === "exists" || part.kind === "quantified";
    if (isQuery || (part.kind === "call" && part.fn.volatility === "volatile")) repeatable = false;
  });
  return repeatable;
}

/**
 * Builds an expression that uses a value several times. Where the value must not be computed more
 * than once (a subquery, random()), it becomes the one row of a subquery of its own.
 */
export function withValue(scope: Scope, value: Expr, build: (value: Expr) => Expr): Expr {
  if (value.type.name === "unknown" || isRepeatable(value)) return build(value);
  const { statement } = scope;
  const column = statement.column("value", value.type);
  const row: LogicalPlan = { kind: "values", rows: [[]], output: [] };
  const once: LogicalPlan = { kind: "project", input: row, exprs: [value], output: [column] };
  const result = build(columnExpr(column));
  const output = [statement.column("result", result.type)];
  const plan: LogicalPlan = { kind: "project", input: once, exprs: [result], output };
  return { kind: "scalarSubquery", plan, type: result.type };
}
