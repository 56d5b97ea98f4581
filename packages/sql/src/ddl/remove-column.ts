import type { TableInfo } from "../contract/source.js";
import type { DefinitionContext } from "./context.js";
import { columnsInText } from "./expressions.js";
import { currentTable, findColumn } from "./lookup.js";

/** Removes a column that nothing else depends on, with all that the table itself has on it. */
export function removeColumn(before: TableInfo, name: string, context: DefinitionContext): void {
  const table = currentTable(before, context);
  const column = findColumn(table, name)!;
  const indexes = table.indexes.filter(
    (index) => !index.columns.some((key) => key.column === column),
  );
  const foreignKeys = table.foreignKeys.filter((key) => !key.columns.includes(column));
  const checks = table.checks.filter(
    ({ sql }) => !columnsInText(table, sql, context).includes(column),
  );
  const primaryKey = table.primaryKey.includes(column) ? [] : table.primaryKey;
  const bare = context.sink.alterTable(table, {
    kind: "setConstraints",
    primaryKey,
    indexes,
    foreignKeys,
    checks,
  });
  context.sink.alterTable(bare, { kind: "dropColumn", column });
}
