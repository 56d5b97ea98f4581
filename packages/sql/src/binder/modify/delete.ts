import type { DeleteStatement } from "../../parser/ast.js";
import type { DeletePlan } from "../../planner/plan.js";
import type { Environment } from "../scope.js";
import { FoundRows } from "./found-rows.js";
import { bindReturning } from "./returning.js";
import { bindReferences, bindRules } from "./rules.js";

export function bindDelete(
  node: DeleteStatement,
  environment: Environment,
  counted: boolean,
): DeletePlan {
  const { statement } = environment;
  const rows = new FoundRows(node, node.using, environment);
  const { table } = rows;
  rows.where(node.where);
  const rules = bindRules(statement, table);
  const returning = bindReturning(node.returning, rows.returningScope(environment, rules.row));
  return {
    kind: "delete",
    table,
    input: rows.project([], [], returning.returning),
    locator: rows.locator.id,
    oldRow: rules.row,
    references: bindReferences(statement, rules, {
      inserts: false,
      updates: undefined,
      deletes: true,
    }),
    counted,
    ...returning,
  };
}
