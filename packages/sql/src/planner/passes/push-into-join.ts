import type { ColumnId, Expr } from "../../binder/expr.js";
import { filtered, joined, restricted } from "../build.js";
import { columnsOf, conjuncts, idsOf, isVolatile, rejectsNulls } from "../expressions.js";
import type { JoinKind, JoinPlan, LogicalPlan } from "../plan.js";
import { impliedEqualities } from "./implied-equalities.js";

type Push = (plan: LogicalPlan, predicates: readonly Expr[]) => LogicalPlan;

/** Where a condition may go below a join. */
interface Placement {
  readonly left: Expr[];
  readonly right: Expr[];
  readonly on: Expr[];
  readonly above: Expr[];
}

/** Distributes predicates over a join's output, and its own conditions, over its two sides. */
export function pushIntoJoin(plan: JoinPlan, predicates: readonly Expr[], push: Push): LogicalPlan {
  const left = idsOf(plan.left.output);
  const right = idsOf(plan.right.output);
  const join = strengthened(plan.join, predicates, left, right);
  const placement =
    join === "inner" || join === "cross"
      ? placeInner(plan, predicates, left, right)
      : placeOuter({ ...plan, join }, predicates, left, right);
  const node = joined(
    join === "cross" ? "inner" : join,
    push(plan.left, placement.left),
    push(plan.right, placement.right),
    placement.on,
    { lateral: plan.lateral, nullAware: plan.nullAware },
  );
  return restricted(filtered(node, placement.above), plan.output);
}

/** An outer join whose NULL-padded rows the predicates drop needs not to make them. */
function strengthened(
  join: JoinKind,
  predicates: readonly Expr[],
  left: ReadonlySet<ColumnId>,
  right: ReadonlySet<ColumnId>,
): JoinKind {
  if (join !== "left" && join !== "right" && join !== "full") return join;
  const needsLeft = predicates.some((predicate) => rejectsNulls(predicate, left));
  const needsRight = predicates.some((predicate) => rejectsNulls(predicate, right));
  if (join === "left") return needsRight ? "inner" : "left";
  if (join === "right") return needsLeft ? "inner" : "right";
  if (needsLeft && needsRight) return "inner";
  if (needsLeft) return "left";
  return needsRight ? "right" : "full";
}

function placeInner(
  plan: JoinPlan,
  predicates: readonly Expr[],
  left: ReadonlySet<ColumnId>,
  right: ReadonlySet<ColumnId>,
): Placement {
  const placement: Placement = { left: [], right: [], on: [], above: [] };
  const all = impliedEqualities([...conjuncts(plan.on), ...predicates]);
  for (const predicate of all) {
    const side = sideOf(predicate, left, right);
    if (isVolatile(predicate)) placement.above.push(predicate);
    else if (side === "left") placement.left.push(predicate);
    else if (side === "right") placement.right.push(predicate);
    else if (side === "none") placement.left.push(predicate);
    else placement.on.push(predicate);
  }
  return placement;
}

function sideOf(
  predicate: Expr,
  left: ReadonlySet<ColumnId>,
  right: ReadonlySet<ColumnId>,
): "left" | "right" | "both" | "none" {
  let usesLeft = false;
  let usesRight = false;
  for (const id of columnsOf(predicate)) {
    usesLeft ||= left.has(id);
    usesRight ||= right.has(id);
  }
  if (usesLeft) return usesRight ? "both" : "left";
  return usesRight ? "right" : "none";
}

/** Which side keeps all its rows decides where conditions may go without losing any. */
function placeOuter(
  { join, on, nullAware }: JoinPlan,
  predicates: readonly Expr[],
  left: ReadonlySet<ColumnId>,
  right: ReadonlySet<ColumnId>,
): Placement {
  const placement: Placement = { left: [], right: [], on: [], above: [] };
  const filtersLeft = join !== "right" && join !== "full";
  for (const predicate of predicates) {
    const side = sideOf(predicate, left, right);
    if (isVolatile(predicate)) placement.above.push(predicate);
    else if (side === "left" && filtersLeft) placement.left.push(predicate);
    else if (side === "right" && join === "right") placement.right.push(predicate);
    else placement.above.push(predicate);
  }
  for (const condition of conjuncts(on)) {
    const side = sideOf(condition, left, right);
    // A row of which NOT IN cannot tell whether it is equal counts; a filter would drop it.
    if (isVolatile(condition) || nullAware) placement.on.push(condition);
    else if (side === "right" && join !== "right" && join !== "full") {
      placement.right.push(condition);
    } else if (side === "left" && (join === "right" || join === "semi")) {
      placement.left.push(condition);
    } else placement.on.push(condition);
  }
  return placement;
}
