import { AegisError } from "../contract/errors.js";
import type { LogicalPlan } from "../planner/plan.js";
import { compileFilter } from "./filter.js";
import { compileLimit } from "./limit.js";
import type { CompiledPlan } from "./operator.js";
import { compileProject } from "./project.js";
import { compileScan } from "./scan.js";
import { compileValues } from "./values.js";

export {
  type BatchConsumer,
  planBatches,
  type RunLimits,
  runPlan,
  runPlanAsync,
} from "./driver.js";

/** Compiles a plan to operators. What it gives is immutable and serves any number of runs. */
export function compilePlan(plan: LogicalPlan): CompiledPlan {
  switch (plan.kind) {
    case "scan":
      return compileScan(plan);
    case "values":
      return compileValues(plan);
    case "filter":
      return compileFilter(plan, compilePlan);
    case "project":
      return compileProject(plan, compilePlan);
    case "limit":
      return compileLimit(plan, compilePlan);
    default:
      throw new AegisError("UNSUPPORTED", `plans of kind ${plan.kind} cannot be run`);
  }
}
