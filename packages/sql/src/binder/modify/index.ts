import { unreachable } from "../../contract/errors.js";
import type { LogicalPlan, ModifyPlan } from "../../planner/plan.js";
import { bindWith } from "../ctes.js";
import type { Environment } from "../scope.js";
import type { ModifyStatement } from "../statement.js";
import { bindDelete } from "./delete.js";
import { bindInsert } from "./insert.js";
import { bindUpdate } from "./update.js";

/** Binds INSERT, UPDATE or DELETE: the statement itself, or one inside of WITH. */
export function bindModify(node: ModifyStatement, environment: Environment): LogicalPlan {
  // Only a statement inside of WITH has common tables around it.
  const counted = environment.ctes === undefined;
  if (node.with === undefined) return bindBody(node, environment, counted);
  return bindWith(node.with, environment, (inner) => bindBody(node, inner, counted)).plan;
}

function bindBody(node: ModifyStatement, environment: Environment, counted: boolean): ModifyPlan {
  switch (node.kind) {
    case "insert":
      return bindInsert(node, environment, counted);
    case "update":
      return bindUpdate(node, environment, counted);
    case "delete":
      return bindDelete(node, environment, counted);
    default:
      return unreachable(node);
  }
}
