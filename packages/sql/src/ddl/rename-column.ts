import { AegisError } from "../contract/errors.js";
import type { ForeignKeyInfo, TableInfo } from "../contract/source.js";
import type { AlterAction } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { viewsOnColumns } from "./dependents.js";
import { currentTable, findColumn } from "./lookup.js";
import { ownedSequences } from "./sequences.js";
import { withColumnRenamed } from "./stored-text.js";

type RenameColumn = Extract<AlterAction, { kind: "renameColumn" | "renameConstraint" }>;

/** Renames a column and whatever names it. */
export function renameColumn(
  table: TableInfo,
  { name, newName, position }: RenameColumn,
  context: DefinitionContext,
): void {
  const { sink } = context;
  const column = findColumn(table, name);
  if (column === undefined) {
    const message = `column "${name}" does not exist`;
    throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: name });
  }
  if (findColumn(table, newName) !== undefined) {
    const message = `column "${newName}" of relation "${table.name}" already exists`;
    throw new AegisError("COLUMN_EXISTS", message, { position, column: newName });
  }
  const [view] = viewsOnColumns(table, [name], context);
  if (view !== undefined) {
    const message = `cannot rename column ${name} of table ${table.name} while view ${view.view.name} uses it`;
    throw new AegisError("DEPENDENT_OBJECTS", message, {
      hint: "Drop the view, rename the column, and create the view again.",
      position,
    });
  }
  const sequences = ownedSequences(table, name, context);
  sink.alterTable(table, { kind: "renameColumn", column, name: newName });
  renameInTexts(currentTable(table, context), name, newName, context);
  for (const sequence of sequences) {
    const ownedBy = { tableId: table.id, column: newName };
    sink.alterSequence(sequence.name, { ...sequence, ownedBy });
  }
  const renamed = (names: readonly string[]): string[] =>
    names.map((old) => (old === name ? newName : old));
  changeReferences(table, (key) => ({ ...key, refColumns: renamed(key.refColumns) }), context);
}

function renameInTexts(
  table: TableInfo,
  name: string,
  newName: string,
  context: DefinitionContext,
): void {
  table.columns.forEach((info, column) => {
    if (info.generatedSql === undefined) return;
    const generatedSql = withColumnRenamed(info.generatedSql, name, newName);
    if (generatedSql === info.generatedSql) return;
    const changed = { ...info, generatedSql };
    const change = { kind: "alterColumn", column, info: changed, convert: undefined } as const;
    context.sink.alterTable(currentTable(table, context), change);
  });
  const current = currentTable(table, context);
  const { primaryKey, indexes, foreignKeys } = current;
  const checks = current.checks.map((check) => ({
    ...check,
    sql: withColumnRenamed(check.sql, name, newName),
  }));
  context.sink.alterTable(current, {
    kind: "setConstraints",
    primaryKey,
    indexes,
    foreignKeys,
    checks,
  });
}

/** Changes the foreign keys of all tables that lead to this one. */
export function changeReferences(
  { schema, name }: { readonly schema: string; readonly name: string },
  change: (key: ForeignKeyInfo) => ForeignKeyInfo,
  context: DefinitionContext,
): void {
  const leadsHere = (key: ForeignKeyInfo): boolean =>
    key.refSchema === schema && key.refTable === name;
  for (const table of context.sink.tables()) {
    if (!table.foreignKeys.some(leadsHere)) continue;
    const foreignKeys = table.foreignKeys.map((key) => (leadsHere(key) ? change(key) : key));
    const { primaryKey, indexes, checks } = table;
    context.sink.alterTable(table, {
      kind: "setConstraints",
      primaryKey,
      indexes,
      foreignKeys,
      checks,
    });
  }
}
