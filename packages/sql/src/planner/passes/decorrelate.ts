import type { ColumnId, Expr } from "../../binder/expr.js";
import { filtered, joined, restricted } from "../build.js";
import { conjuncts, idsOf, isSubquery, mapParts, some } from "../expressions.js";
import { freeColumns, isSelfContained } from "../free-columns.js";
import { mapExprs } from "../nodes.js";
import type { LogicalPlan } from "../plan.js";
import { rewrite } from "../rewrite.js";
import { pullUp } from "./pull-up.js";
import { joinScalar } from "./scalar-subquery.js";

/**
 * Turns subqueries that look at the rows around them into joins: EXISTS and IN into semi and anti
 * joins, scalar subqueries into joins with grouped or single rows. A subquery that depends on
 * nothing outside stays an expression when it is scalar: it runs once.
 */
export function decorrelate(plan: LogicalPlan): LogicalPlan {
  return rewrite(plan, (node) => {
    switch (node.kind) {
      case "filter":
        return scalarsOf(predicatesOf(node));
      case "project":
        return scalarsOf(node);
      case "join":
        return withoutLateral(node);
      default:
        return node;
    }
  });
}

function withoutLateral(plan: Extract<LogicalPlan, { kind: "join" }>): LogicalPlan {
  if (!plan.lateral) return plan;
  const left = idsOf(plan.left.output);
  if (!refersTo(plan.right, left)) return { ...plan, lateral: false };
  const rowsOnly = plan.join === "semi" || plan.join === "anti";
  const pulled = plan.nullAware ? undefined : pullUp(plan.right, rowsOnly);
  if (pulled === undefined || refersTo(pulled.plan, left)) return plan;
  const kind = plan.join === "cross" ? "inner" : plan.join;
  const on = [...conjuncts(plan.on), ...pulled.conditions];
  return restricted(joined(kind, plan.left, pulled.plan, on), plan.output);
}

function refersTo(plan: LogicalPlan, columns: ReadonlySet<ColumnId>): boolean {
  return [...freeColumns(plan)].some((id) => columns.has(id));
}

/** Conditions that are subqueries become joins; the others stay in the filter below them. */
function predicatesOf(plan: Extract<LogicalPlan, { kind: "filter" }>): LogicalPlan {
  const kept: Expr[] = [];
  const subqueries: Expr[] = [];
  for (const predicate of conjuncts(plan.predicate)) {
    (isSubquery(positive(predicate)) ? subqueries : kept).push(predicate);
  }
  if (subqueries.length === 0) return plan;
  let input = plan.input;
  const left: Expr[] = [];
  for (const predicate of subqueries) {
    const joinedPlan = joinPredicate(input, predicate);
    if (joinedPlan === undefined) left.push(predicate);
    else input = joinedPlan;
  }
  return filtered(input, [...kept, ...left]);
}

function positive(predicate: Expr): Expr {
  return predicate.kind === "not" ? predicate.arg : predicate;
}

function joinPredicate(input: LogicalPlan, predicate: Expr): LogicalPlan | undefined {
  const negated = predicate.kind === "not";
  const subquery = positive(predicate);
  if (subquery.kind === "exists") {
    const anti = subquery.negated !== negated;
    const pulled = pullUp(subquery.plan, true);
    if (pulled === undefined || pulled.conditions.length === 0) return undefined;
    return joined(anti ? "anti" : "semi", input, pulled.plan, pulled.conditions);
  }
  if (subquery.kind !== "quantified") return undefined;
  return joinQuantified(input, subquery, negated);
}

/** `= ANY` and its like; `<> ALL` is `NOT (= ANY)`, whatever the comparison. */
function joinQuantified(
  input: LogicalPlan,
  subquery: Extract<Expr, { kind: "quantified" }>,
  negated: boolean,
): LogicalPlan | undefined {
  const any = subquery.quantifier === "any";
  const pulled = pullUp(subquery.plan, false);
  if (pulled === undefined) return undefined;
  if (some(subquery.comparison, isSubquery)) return undefined;
  const { comparison } = subquery;
  if (any && !negated) {
    return joined("semi", input, pulled.plan, [comparison, ...pulled.conditions]);
  }
  // A row is kept if the comparison is false (NOT ANY) or true (ALL) for every row of the subquery.
  if (any === !negated) return undefined;
  const plain = comparison.kind === "call" && comparison.fn.name === "=";
  if (any && plain && pulled.conditions.length === 0) {
    return joined("anti", input, pulled.plan, [comparison], { nullAware: true });
  }
  const refuting = any ? comparison : negate(comparison);
  return joined("anti", input, pulled.plan, [orTrue(refuting), ...pulled.conditions]);
}

function negate(arg: Expr): Expr {
  return { kind: "not", arg, type: arg.type };
}

/** Unknown counts as true: one such row is enough to make the whole not true. */
function orTrue(expr: Expr): Expr {
  const yes: Expr = { kind: "const", value: true, type: { name: "boolean" } };
  return { kind: "coalesce", args: [expr, yes], type: expr.type };
}

/** Correlated scalar subqueries of a filter or projection become columns of a join below it. */
function scalarsOf(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== "filter" && plan.kind !== "project") return plan;
  let input = plan.input;
  const replacements = new Map<Expr, Expr>();
  const visit = (expr: Expr, always: boolean): Expr => {
    if (expr.kind === "scalarSubquery" && !isSelfContained(expr.plan)) {
      const known = replacements.get(expr);
      if (known !== undefined) return known;
      const result = joinScalar(input, expr.plan, always);
      if (result === undefined) return expr;
      input = result.input;
      replacements.set(expr, result.value);
      return result.value;
    }
    // What is not always evaluated may fail only where it is.
    const conditional = expr.kind === "case" || expr.kind === "coalesce" || expr.kind === "or";
    return mapParts(expr, (part) => visit(part, always && !conditional));
  };
  const replaced = mapExprs(plan, (expr) => visit(expr, true));
  if (input === plan.input) return plan;
  if (replaced.kind === "project") return { ...replaced, input };
  const { predicate } = replaced as Extract<LogicalPlan, { kind: "filter" }>;
  return restricted(filtered(input, conjuncts(predicate)), plan.output);
}
