import { compileModify } from "../modify/index.js";
import type { LogicalPlan } from "../planner/plan.js";
import { compileAggregate } from "./aggregate/aggregate.js";
import { compileCte, compileCteScan } from "./cte.js";
import { compileDistinct } from "./distinct.js";
import { compileFilter } from "./filter.js";
import { compileJoin } from "./join/join.js";
import { compileLimit } from "./limit.js";
import type { CompiledPlan } from "./operator.js";
import { compileProject } from "./project.js";
import { compileRecursive } from "./recursive.js";
import { compileScan } from "./scan.js";
import { compileSetOperation } from "./set-operation.js";
import { compileSort } from "./sort/sort.js";
import { compileTableFunction } from "./table-function.js";
import { compileValues } from "./values.js";
import { compileWindow } from "./window/window.js";

export { planBatches, runPlan, runPlanAsync } from "./driver.js";
export type { RunLimits } from "./run-limits.js";

/** Compiles a plan to operators. What it gives is immutable and serves any number of runs. */
export function compilePlan(plan: LogicalPlan): CompiledPlan {
  return compileNode(plan, compilePlan);
}

/** Compiles one node, its inputs by `compile`: for whoever wants something of each operator. */
export function compileNode(
  plan: LogicalPlan,
  compile: (plan: LogicalPlan) => CompiledPlan,
): CompiledPlan {
  switch (plan.kind) {
    case "scan":
      return compileScan(plan);
    case "values":
      return compileValues(plan);
    case "filter":
      return compileFilter(plan, compile);
    case "project":
      return compileProject(plan, compile);
    case "limit":
      return compileLimit(plan, compile);
    case "aggregate":
      return compileAggregate(plan, compile);
    case "join":
      return compileJoin(plan, compile);
    case "window":
      return compileWindow(plan, compile);
    case "sort":
      return compileSort(plan, compile);
    case "distinct":
      return compileDistinct(plan, compile);
    case "setOperation":
      return compileSetOperation(plan, compile);
    case "cte":
      return compileCte(plan, compile);
    case "cteScan":
      return compileCteScan(plan);
    case "recursive":
      return compileRecursive(plan, compile);
    case "tableFunction":
      return compileTableFunction(plan);
    case "insert":
    case "update":
    case "delete":
      return compileModify(plan, compile);
  }
}
