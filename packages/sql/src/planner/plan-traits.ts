import type { Expr } from "../binder/expr.js";
import { eachPart, isSubquery, isVolatile } from "./expressions.js";
import { children, isModify, nodeExprs } from "./nodes.js";
import type { LogicalPlan } from "./plan.js";

/** What the rows of a plan depend on, beside the outer columns it reads. */
export interface PlanTraits {
  /** Each run may give other rows, or writes. */
  readonly volatile: boolean;
  /** CTEs that are defined around it. */
  readonly ctes: ReadonlySet<number>;
}

const known = new WeakMap<LogicalPlan, PlanTraits>();

export function planTraits(plan: LogicalPlan): PlanTraits {
  const cached = known.get(plan);
  if (cached !== undefined) return cached;
  let volatile = isModify(plan);
  const ctes = new Set<number>();
  const merge = (part: LogicalPlan): void => {
    const traits = planTraits(part);
    volatile ||= traits.volatile;
    for (const cte of traits.ctes) ctes.add(cte);
  };
  for (const child of children(plan)) merge(child);
  for (const expr of nodeExprs(plan)) {
    volatile ||= isVolatile(expr);
    eachSubquery(expr, merge);
  }
  if (plan.kind === "cteScan") ctes.add(plan.cte);
  if (plan.kind === "cte" || plan.kind === "recursive") ctes.delete(plan.cte);
  const traits: PlanTraits = { volatile, ctes };
  known.set(plan, traits);
  return traits;
}

function eachSubquery(expr: Expr, fn: (plan: LogicalPlan) => void): void {
  if (isSubquery(expr)) fn(expr.plan);
  eachPart(expr, (part) => eachSubquery(part, fn));
}

/** Whether the plans of an expression's subqueries read CTEs from around them. */
export function readsOuterCtes(expr: Expr): boolean {
  let found = false;
  eachSubquery(expr, (plan) => (found ||= planTraits(plan).ctes.size > 0));
  return found;
}
