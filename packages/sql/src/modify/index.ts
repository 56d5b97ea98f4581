import { unreachable } from "../contract/errors.js";
import type { CompiledPlan } from "../executor/operator.js";
import type { LogicalPlan, ModifyPlan } from "../planner/plan.js";
import { compileDelete } from "./delete.js";
import { compileInsert } from "./insert.js";
import { compileUpdate } from "./update.js";

/** A writing plan ready to run; `compileChild` compiles the plan of its input. */
export function compileModify(
  plan: ModifyPlan,
  compileChild: (child: LogicalPlan) => CompiledPlan,
): CompiledPlan {
  switch (plan.kind) {
    case "insert":
      return compileInsert(
        plan,
        plan.input.kind === "values" ? undefined : compileChild(plan.input),
      );
    case "update":
      return compileUpdate(plan, compileChild(plan.input));
    case "delete":
      return compileDelete(plan, compileChild(plan.input));
    default:
      return unreachable(plan);
  }
}
