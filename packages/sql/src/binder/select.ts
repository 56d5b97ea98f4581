import { AegisError } from "../contract/errors.js";
import type { QueryNode, SelectNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { resolveUnknown } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindCondition } from "./expression.js";
import { finishSelect, type Ordering } from "./finish.js";
import { bindFrom } from "./from.js";
import { bindGroups, buildAggregate, isGrouped } from "./grouping.js";
import { checkLocking } from "./locking.js";
import { bindLimit } from "./limit.js";
import { filterOf } from "./plans.js";
import type { QueryOptions } from "./query.js";
import { Scope, type Environment, type PendingWindow } from "./scope.js";
import { joinSetCalls, splitSetCalls } from "./set-plans.js";
import { sortKey } from "./sort-keys.js";
import { bindTargets, targetOf, type Target } from "./targets.js";
import { windowPlans } from "./window-plans.js";
import { bindNamedWindows } from "./windows.js";

/** A SELECT with the ORDER BY and LIMIT behind it. */
export function bindSelect(
  node: SelectNode,
  tail: QueryNode,
  environment: Environment,
  options: QueryOptions,
): LogicalPlan {
  const scope = new Scope(environment, true);
  let plan = bindFrom(node.from, scope);
  bindNamedWindows(node.windows, scope);
  const targets = bindTargets(node.items, scope);
  const where =
    node.where && scope.within("where", () => bindCondition(node.where!, scope, "WHERE"));
  const having =
    node.having && scope.within("having", () => bindCondition(node.having!, scope, "HAVING"));
  const ordering = bindOrdering(node, tail, targets, scope);
  const groups = scope.within("groupBy", () => bindGroups(node, targets, scope));
  const limit = bindLimit(tail, scope);
  checkLocking(node, tail, scope);
  if (scope.recursive) checkStep(scope);
  if (options.keepUnknown !== true || node.distinct) settleTargets(targets, scope);
  plan = filterOf(plan, where);
  const [early, late] = splitSetCalls(scope.setCalls, groups.exprs);
  plan = joinSetCalls(plan, early);
  if (isGrouped(groups, having, scope)) {
    const grouped = buildAggregate(plan, groups, scope);
    const { rewrite } = grouped;
    plan = filterOf(grouped.plan, having && rewrite(having));
    for (const target of targets) target.expr = rewrite(target.expr);
    rewriteWindows(scope.windows, rewrite);
    late.forEach((call, i) => {
      late[i] = { ...call, args: call.args.map(rewrite) };
    });
  }
  plan = windowPlans(plan, scope.windows);
  plan = joinSetCalls(plan, late);
  return finishSelect(plan, targets, ordering, limit, scope);
}

/** A step of a recursive query sees one round's rows only: a sum of them would mean nothing. */
function checkStep({ firstAggregate: position }: Scope): void {
  if (position === undefined) return;
  const message = "aggregate functions are not allowed in a recursive query's recursive term";
  throw new AegisError("INVALID_RECURSION", message, { position });
}

function settleTargets(targets: readonly Target[], scope: Scope): void {
  for (const target of targets) {
    target.expr = resolveUnknown(scope.statement, target.expr, target.position);
  }
}

function rewriteWindows(windows: PendingWindow[], rewrite: (expr: Expr) => Expr): void {
  windows.forEach(({ partitionBy, orderBy, call }, i) => {
    windows[i] = {
      partitionBy: partitionBy.map(rewrite),
      orderBy: orderBy.map((key) => ({ ...key, expr: rewrite(key.expr) })),
      call: { ...call, args: call.args.map(rewrite), filter: call.filter && rewrite(call.filter) },
    };
  });
}

/** What the rows are told apart and sorted by; new targets are hidden. */
function bindOrdering(
  node: SelectNode,
  tail: QueryNode,
  targets: Target[],
  scope: Scope,
): Ordering {
  const orderBy = { name: "ORDER BY", inputFirst: false } as const;
  const keys = scope.within("orderBy", () =>
    tail.orderBy.map((item) => {
      const target = targetOf(item.expression, orderBy, targets, scope);
      return { target, key: sortKey(item, targets[target]!.expr) };
    }),
  );
  if (!node.distinct) return { keys, distinct: "none", on: [] };
  if (node.distinctOn.length === 0) {
    const hidden = keys.find(({ target }) => targets[target]!.hidden);
    if (hidden !== undefined) {
      const message = "for SELECT DISTINCT, ORDER BY expressions must appear in select list";
      const { position } = targets[hidden.target]!;
      throw new AegisError("INVALID_COLUMN_REFERENCE", message, { position });
    }
    return { keys, distinct: "all", on: [] };
  }
  const distinctOn = { name: "DISTINCT ON", inputFirst: false } as const;
  const on = scope.within("distinctOn", () =>
    node.distinctOn.map((item) => targetOf(item, distinctOn, targets, scope)),
  );
  checkDistinctOn(keys, [...new Set(on)], node);
  return { keys, distinct: "on", on: [...new Set(on)] };
}

/** The first sort keys must be what DISTINCT ON names, or the first row would mean nothing. */
function checkDistinctOn(keys: Ordering["keys"], on: readonly number[], node: SelectNode): void {
  const seen = new Set<number>();
  for (const { target } of keys) {
    if (on.includes(target)) seen.add(target);
    else if (seen.size < on.length) {
      const message = "SELECT DISTINCT ON expressions must match initial ORDER BY expressions";
      const { position } = node.distinctOn[0]!;
      throw new AegisError("INVALID_COLUMN_REFERENCE", message, { position });
    }
  }
}
