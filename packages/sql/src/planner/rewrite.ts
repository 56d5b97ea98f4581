import type { ColumnId, Expr } from "../binder/expr.js";
import { isSubquery, mapParts } from "./expressions.js";
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
  if (!isSubquery(expr)) return expr;
  const plan = fn(expr.plan);
  return plan === expr.plan ? expr : { ...expr, plan };
}

/**
 * Replaces the parts for which `fn` gives something, from the root down, in the plans of subqueries
 * too; what it gives is not looked into again.
 */
function replaceDeep(expr: Expr, fn: (part: Expr) => Expr | undefined): Expr {
  const visit = (part: Expr): Expr => fn(part) ?? withPlan(mapParts(part, visit), visitPlan);
  const visitPlan = (plan: LogicalPlan): LogicalPlan =>
    mapExprs(mapChildren(plan, visitPlan), visit);
  return visit(expr);
}

/** Calls `fn` for every part, in the plans of subqueries too. */
export function eachDeep(expr: Expr, fn: (part: Expr) => void): void {
  replaceDeep(expr, (part) => {
    fn(part);
    return undefined;
  });
}

/** Puts expressions in the place of columns, also where subqueries read them from outside. */
export function substitute(expr: Expr, replacements: ReadonlyMap<ColumnId, Expr>): Expr {
  return replaceDeep(expr, (part) =>
    part.kind === "column" ? replacements.get(part.id) : undefined,
  );
}
