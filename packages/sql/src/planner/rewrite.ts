import type { Expr } from "../binder/expr.js";
import { mapParts } from "./expressions.js";
import { mapChildren, mapExprs } from "./nodes.js";
import type { LogicalPlan } from "./plan.js";

/**
 * Rewrites a plan from its leaves up, the plans of subqueries in expressions included: a pass that
 * looks at one node at a time only says what becomes of it.
 */
export function rewrite(
  plan: LogicalPlan,
  node: (plan: LogicalPlan) => LogicalPlan,
  expr?: (expr: Expr) => Expr,
): LogicalPlan {
  const visitExpr = (part: Expr): Expr => {
    const inner = withPlan(mapParts(part, visitExpr), visit);
    return expr === undefined ? inner : expr(inner);
  };
  const visit = (child: LogicalPlan): LogicalPlan =>
    node(mapExprs(mapChildren(child, visit), visitExpr));
  return visit(plan);
}

/** A subquery with its plan replaced. */
export function withPlan(expr: Expr, fn: (plan: LogicalPlan) => LogicalPlan): Expr {
  if (expr.kind !== "scalarSubquery" && expr.kind !== "exists" && expr.kind !== "quantified") {
    return expr;
  }
  const plan = fn(expr.plan);
  return plan === expr.plan ? expr : { ...expr, plan };
}
