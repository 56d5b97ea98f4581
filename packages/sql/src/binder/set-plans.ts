import type { LogicalPlan } from "../planner/plan.js";
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
