import type { LogicalPlan } from "../planner/plan.js";
import type { PendingWindow } from "./scope.js";
import { sameExpr, sameList } from "./tree.js";

/** One node for all calls over the same partitions in the same order. */
export function windowPlans(input: LogicalPlan, windows: readonly PendingWindow[]): LogicalPlan {
  const groups: PendingWindow[][] = [];
  for (const window of windows) {
    const group = groups.find(([first]) => sameWindow(first!, window));
    if (group === undefined) groups.push([window]);
    else group.push(window);
  }
  let plan = input;
  for (const group of groups) {
    const { partitionBy, orderBy } = group[0]!;
    const calls = group.map((window) => window.call);
    const output = [...plan.output, ...calls.map(({ id, name, type }) => ({ id, name, type }))];
    plan = { kind: "window", input: plan, partitionBy, orderBy, calls, output };
  }
  return plan;
}

function sameWindow(a: PendingWindow, b: PendingWindow): boolean {
  if (!sameList(a.partitionBy, b.partitionBy)) return false;
  if (a.orderBy.length !== b.orderBy.length) return false;
  return a.orderBy.every((key, i) => {
    const other = b.orderBy[i]!;
    const alike = key.descending === other.descending && key.nullsFirst === other.nullsFirst;
    return alike && sameExpr(key.expr, other.expr);
  });
}
