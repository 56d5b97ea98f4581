import type { ColumnDef, ColumnId, Expr } from "../../binder/expr.js";
import { filtered } from "../build.js";
import {
  columnExpr,
  columnsOf,
  conjuncts,
  idsOf,
  isSubquery,
  isVolatile,
  mapParts,
  some,
} from "../expressions.js";
import { mapChildren, mapExprs } from "../nodes.js";
import type { LogicalPlan } from "../plan.js";
import { substitute, withPlan } from "../rewrite.js";
import { pushIntoJoin } from "./push-into-join.js";

/**
 * Moves conditions down to where their columns come from, so that rows are dropped as early as
 * they can be; on the way inner joins take conditions over both sides as their own, and outer joins
 * whose padded rows would be dropped anyway become inner ones.
 */
export function pushPredicates(plan: LogicalPlan): LogicalPlan {
  return push(plan, []);
}

/** The plan with `predicates`, which are over its output, applied as far down as they go. */
function push(plan: LogicalPlan, predicates: readonly Expr[]): LogicalPlan {
  switch (plan.kind) {
    case "filter": {
      const own = conjuncts(plan.predicate).map(inSubqueries);
      return push(plan.input, [...own, ...predicates]);
    }
    case "project":
      return pushThroughProject(plan, predicates);
    case "join":
      return pushIntoJoin(inOwnExprs(plan), predicates, push);
    case "aggregate": {
      // A group of all rows is there even where there are none, so nothing may be dropped below it.
      const isGrouped = plan.groupingSets === undefined && plan.groups.length > 0;
      if (!isGrouped) return keepAbove(plan, predicates);
      return pushSome(plan, predicates, new Map(plan.groups.map(({ id, expr }) => [id, expr])));
    }
    case "window":
      return pushSome(plan, predicates, partitionColumns(plan.partitionBy));
    case "sort":
      return pushSome(plan, predicates, identity(plan.output));
    case "distinct":
      return pushSome(plan, predicates, plan.on === undefined ? identity(plan.output) : new Map());
    case "setOperation":
      return pushIntoSetOperation(plan, predicates);
    case "cte": {
      const definition = push(plan.definition, []);
      const body = push(plan.body, predicates);
      return { ...plan, definition, body, output: body.output };
    }
    default:
      return keepAbove(plan, predicates);
  }
}

function keepAbove(plan: LogicalPlan, predicates: readonly Expr[]): LogicalPlan {
  const node = mapChildren(inOwnExprs(plan), (child) => push(child, []));
  return filtered(node, predicates);
}

/** Pushes inside of the plans of a node's own subqueries. */
function inOwnExprs<T extends LogicalPlan>(plan: T): T {
  return mapExprs(plan, inSubqueries) as T;
}

function inSubqueries(expr: Expr): Expr {
  return withPlan(mapParts(expr, inSubqueries), (plan) => push(plan, []));
}

function identity(output: readonly ColumnDef[]): ReadonlyMap<ColumnId, Expr> {
  return new Map(output.map((column) => [column.id, columnExpr(column)]));
}

function partitionColumns(partitionBy: readonly Expr[]): ReadonlyMap<ColumnId, Expr> {
  const columns = new Map<ColumnId, Expr>();
  for (const expr of partitionBy) if (expr.kind === "column") columns.set(expr.id, expr);
  return columns;
}

/**
 * Pushes those predicates below the node whose columns all are in `below`, written over what the
 * columns are there; the others stay above.
 */
function pushSome(
  plan: Extract<LogicalPlan, { input: LogicalPlan }>,
  predicates: readonly Expr[],
  below: ReadonlyMap<ColumnId, Expr>,
): LogicalPlan {
  const produced = idsOf(plan.output);
  const pushed: Expr[] = [];
  const kept: Expr[] = [];
  for (const predicate of predicates) {
    const own = [...columnsOf(predicate)].filter((id) => produced.has(id));
    const passes = !isVolatile(predicate) && own.every((id) => canRead(below.get(id), predicate));
    if (passes) pushed.push(substitute(predicate, below));
    else kept.push(predicate);
  }
  const node = mapChildren(inOwnExprs(plan), (child) => push(child, pushed));
  return filtered(node, kept);
}

/** What a predicate reads through a column must be there once only, and not hide in a subquery. */
function canRead(source: Expr | undefined, predicate: Expr): boolean {
  if (source === undefined || isVolatile(source)) return false;
  if (source.kind === "column") return true;
  return !some(source, isSubquery) && !some(predicate, isSubquery);
}

function pushThroughProject(
  plan: Extract<LogicalPlan, { kind: "project" }>,
  predicates: readonly Expr[],
): LogicalPlan {
  const below = new Map(plan.output.map((column, i) => [column.id, plan.exprs[i]!]));
  return pushSome(plan, predicates, below);
}

function pushIntoSetOperation(
  plan: Extract<LogicalPlan, { kind: "setOperation" }>,
  predicates: readonly Expr[],
): LogicalPlan {
  const pushed = predicates.filter((p) => !isVolatile(p) && !some(p, isSubquery));
  const kept = predicates.filter((p) => !pushed.includes(p));
  const side = (input: LogicalPlan): LogicalPlan => {
    const columns = new Map(
      plan.output.map((column, i) => [column.id, columnExpr(input.output[i]!)]),
    );
    return push(
      input,
      pushed.map((predicate) => substitute(predicate, columns)),
    );
  };
  return filtered({ ...plan, left: side(plan.left), right: side(plan.right) }, kept);
}
