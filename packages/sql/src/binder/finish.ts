import { columnExpr } from "../planner/expressions.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { ColumnDef, SortKey } from "./expr.js";
import type { BoundLimit } from "./limit.js";
import { markNumbers } from "./numbers.js";
import { projectOf } from "./plans.js";
import type { Scope } from "./scope.js";
import { requireEquality } from "./sort-keys.js";
import type { Target } from "./targets.js";

export interface Ordering {
  /** `target` is an index into the targets; `key` says how to sort by it. */
  readonly keys: readonly { readonly target: number; readonly key: SortKey }[];
  readonly distinct: "none" | "all" | "on";
  /** Targets of DISTINCT ON. */
  readonly on: readonly number[];
}

/** The select list, DISTINCT, ORDER BY and LIMIT over the rows of a query. */
export function finishSelect(
  input: LogicalPlan,
  targets: readonly Target[],
  ordering: Ordering,
  limit: BoundLimit | undefined,
  scope: Scope,
): LogicalPlan {
  const { statement } = scope;
  const output: ColumnDef[] = targets.map(({ name, expr }) => statement.column(name, expr.type));
  const exprs = targets.map((target) => target.expr);
  markNumbers(statement, output, exprs);
  const plan = projectOf(input, exprs, output);
  return finishRows(plan, targets, ordering, limit);
}

/** DISTINCT, ORDER BY and LIMIT over rows whose columns are the targets, hidden ones cut off. */
export function finishRows(
  rows: LogicalPlan,
  targets: readonly Target[],
  ordering: Ordering,
  limit: BoundLimit | undefined,
): LogicalPlan {
  let plan = rows;
  const { output } = rows;
  const keys = ordering.keys.map(({ target, key }) => ({
    ...key,
    expr: columnExpr(output[target]!),
  }));
  const unique = uniqueKeys(keys);
  if (ordering.distinct !== "none") checkEquality(targets, ordering);
  if (ordering.distinct === "all") {
    plan = { kind: "distinct", input: plan, on: undefined, output };
  }
  if (unique.length > 0) plan = { kind: "sort", input: plan, keys: unique, output };
  if (ordering.distinct === "on") {
    const on = ordering.on.map((target) => columnExpr(output[target]!));
    plan = { kind: "distinct", input: plan, on, output };
  }
  if (limit !== undefined) {
    const withTies = limit.withTies ? unique : undefined;
    plan = {
      kind: "limit",
      input: plan,
      limit: limit.limit,
      offset: limit.offset,
      withTies,
      output,
    };
  }
  const shown = output.filter((_column, i) => !targets[i]!.hidden);
  return shown.length === output.length ? plan : projectOf(plan, shown.map(columnExpr), shown);
}

/** Sorting by a column again changes nothing. */
function uniqueKeys(keys: readonly SortKey[]): readonly SortKey[] {
  const seen = new Set<number>();
  return keys.filter(({ expr }) => {
    if (expr.kind !== "column" || seen.has(expr.id)) return false;
    seen.add(expr.id);
    return true;
  });
}

function checkEquality(targets: readonly Target[], ordering: Ordering): void {
  const compared =
    ordering.distinct === "on" ? ordering.on.map((index) => targets[index]!) : targets;
  for (const { expr, position } of compared) requireEquality(expr, position);
}
