import { eachDeep } from "../planner/rewrite.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { Expr } from "./expr.js";
import type { SetReturningCall } from "./scope.js";

/**
 * Joins each row with what its set-returning calls give, side by side: the shorter ones end in
 * NULLs. Calls in the arguments of others come first.
 */
export function joinSetCalls(input: LogicalPlan, calls: readonly SetReturningCall[]): LogicalPlan {
  let plan = input;
  const levels = [...new Set(calls.map((call) => call.level))].sort((a, b) => a - b);
  for (const level of levels) {
    const together = calls.filter((call) => call.level === level);
    const output = together.flatMap((call) => call.columns);
    const right: LogicalPlan = {
      kind: "tableFunction",
      calls: together.map(({ fn, args }) => ({ fn, args })),
      ordinality: undefined,
      output,
    };
    plan = {
      kind: "join",
      join: "cross",
      left: plan,
      right,
      on: undefined,
      lateral: true,
      nullAware: false,
      output: [...plan.output, ...output],
    };
  }
  return plan;
}

/** Calls that the groups are made of, which come before the grouping; and the others. */
export function splitSetCalls(
  calls: readonly SetReturningCall[],
  groups: readonly Expr[],
): readonly [SetReturningCall[], SetReturningCall[]] {
  const early = new Set<SetReturningCall>();
  const queue = [...groups];
  for (let expr = queue.pop(); expr !== undefined; expr = queue.pop()) {
    eachDeep(expr, (part) => {
      if (part.kind !== "column") return;
      const made = calls.find((call) => call.columns.some((column) => column.id === part.id));
      if (made === undefined || early.has(made)) return;
      early.add(made);
      queue.push(...made.args);
    });
  }
  return [calls.filter((call) => early.has(call)), calls.filter((call) => !early.has(call))];
}
