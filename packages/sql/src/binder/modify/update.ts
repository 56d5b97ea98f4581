import { columnExpr } from "../../planner/expressions.js";
import type { UpdateStatement } from "../../parser/ast.js";
import type { UpdatePlan } from "../../planner/plan.js";
import type { Environment } from "../scope.js";
import { bindAssignments } from "./assignments.js";
import { ColumnDefaults } from "./defaults.js";
import { FoundRows } from "./found-rows.js";
import { bindReturning } from "./returning.js";
import { bindReferences, bindRules, rulesForChange } from "./rules.js";

export function bindUpdate(
  node: UpdateStatement,
  environment: Environment,
  counted: boolean,
): UpdatePlan {
  const { statement } = environment;
  const rows = new FoundRows(node, node.from, environment);
  const { table, scope } = rows;
  rows.where(node.where);
  const assigned = bindAssignments(node.assignments, {
    table,
    scope,
    defaults: new ColumnDefaults(statement, table),
    join: (query) => {
      rows.join(query);
    },
  });
  // The value of a generated column set to DEFAULT is what its rule makes.
  const set = assigned.filter(({ column }) => table.columns[column]!.generatedSql === undefined);
  const changed = assigned.map(({ column }) => column);
  const allRules = bindRules(statement, table);
  const rules = rulesForChange(allRules, changed);
  const returning = bindReturning(node.returning, rows.returningScope(environment, rules.row));
  const values = set.map(({ column }) => {
    const { name, type } = table.columns[column]!;
    return statement.column(name, type);
  });
  const computed = rules.generated.map(({ column }) => column);
  return {
    kind: "update",
    table,
    input: rows.project(
      set.map(({ expr }) => expr),
      values,
      returning.returning,
    ),
    locator: rows.locator.id,
    set: set.map(({ column }, i) => ({ column, expr: columnExpr(values[i]!) })),
    rules,
    references: bindReferences(statement, allRules, {
      inserts: false,
      updates: [...changed, ...computed],
      deletes: false,
    }),
    counted,
    ...returning,
  };
}
