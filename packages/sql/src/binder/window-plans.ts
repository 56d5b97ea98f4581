import type { LogicalPlan } from "../planner/plan.js";
import type { WindowCall } from "./expr.js";
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

/** A call whose column has no id yet. */
type Window = Omit<PendingWindow, "call"> & { readonly call: Omit<WindowCall, "id"> };

/** Whether two equal calls would give equal values; frames of offsets are left alone. */
export function sameCall({ call: a }: Window, { call: b }: Window): boolean {
  if (a.fn !== b.fn || !sameList(a.args, b.args)) return false;
  if (a.filter !== undefined || b.filter !== undefined) return false;
  const [f, g] = [a.frame, b.frame];
  const hasOffset = "offset" in f.start || "offset" in f.end;
  if (hasOffset || f.mode !== g.mode || f.exclude !== g.exclude) return false;
  return f.start.kind === g.start.kind && f.end.kind === g.end.kind;
}

export function sameWindow(a: Window, b: Window): boolean {
  if (!sameList(a.partitionBy, b.partitionBy)) return false;
  if (a.orderBy.length !== b.orderBy.length) return false;
  return a.orderBy.every((key, i) => {
    const other = b.orderBy[i]!;
    const alike = key.descending === other.descending && key.nullsFirst === other.nullsFirst;
    return alike && sameExpr(key.expr, other.expr);
  });
}
