import type { TableInfo } from "../../contract/source.js";
import type { DeleteStatement } from "../../parser/ast.js";
import type { BoundReference, DeletePlan } from "../../planner/plan.js";
import type { Environment } from "../scope.js";
import { columnExpr } from "../../planner/expressions.js";
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
  const references = bindReferences(statement, rules, {
    inserts: false,
    updates: undefined,
    deletes: true,
  });
  const isRead = returning.returning !== undefined || !counted;
  const known = isRead
    ? undefined
    : keyColumns(table, references).map((column) => ({ column, ...rows.column(column) }));
  const columns = known ?? [];
  return {
    kind: "delete",
    table,
    input: rows.project(columns.map(columnExpr), columns, returning.returning),
    locator: rows.locator.id,
    oldRow: rules.row,
    known,
    references,
    counted,
    ...returning,
  };
}

/** Positions of the columns that the table's key, its indexes and references to it are made of. */
function keyColumns(table: TableInfo, references: readonly BoundReference[]): readonly number[] {
  const columns = new Set(table.primaryKey);
  for (const index of table.indexes) for (const { column } of index.columns) columns.add(column);
  for (const { parent, key } of references) {
    if (parent.id !== table.id) continue;
    table.columns.forEach(({ name }, column) => {
      if (key.refColumns.includes(name)) columns.add(column);
    });
  }
  return [...columns];
}
