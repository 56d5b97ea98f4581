import { AegisError } from "../contract/errors.js";
import type { TableInfo } from "../contract/source.js";
import type { AlterAction } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { type Dependent, dropDependents, refuseDrop, viewsOnColumns } from "./dependents.js";
import { columnsInText } from "./expressions.js";
import { findColumn } from "./lookup.js";
import { referencesToColumns } from "./referenced-keys.js";
import { removeColumn } from "./remove-column.js";
import { ownedSequences } from "./sequences.js";

type DropColumn = Extract<AlterAction, { kind: "dropColumn" | "dropConstraint" }>;

/** Drops a column with its indexes and the table's constraints that involve it. */
export function dropColumn(table: TableInfo, action: DropColumn, context: DefinitionContext): void {
  const { name, cascade, position } = action;
  const column = findColumn(table, name);
  if (column === undefined) {
    const message = `column "${name}" of relation "${table.name}" does not exist`;
    if (!action.ifExists) {
      throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: name });
    }
    context.notice(`${message}, skipping`);
    return;
  }
  const dependents = columnDependents(table, column, context);
  if (dependents.length > 0) {
    const label = `column ${name} of table ${table.name}`;
    if (!cascade) refuseDrop(label, dependents);
    dropDependents(dependents, context);
  }
  const sequences = ownedSequences(table, name, context);
  removeColumn(table, name, context);
  for (const sequence of sequences) context.sink.dropSequence(sequence.name);
}

/** What stands on a column, and on those that are computed from it, which come last. */
function columnDependents(
  table: TableInfo,
  column: number,
  context: DefinitionContext,
): readonly Dependent[] {
  const generated = table.columns
    .filter(({ generatedSql }) => {
      if (generatedSql === undefined) return false;
      return columnsInText(table, generatedSql, context).includes(column);
    })
    .map((info) => ({ kind: "generated" as const, table, column: info }));
  const leaving = [table.columns[column]!, ...generated.map((dependent) => dependent.column)];
  const names = leaving.map(({ name }) => name);
  const leaves = (name: string): boolean => names.includes(name);
  // A key of the table itself that starts at such a column goes with it, even if it leads there too.
  const keys = referencesToColumns(table, (columns) => columns.some(leaves), context).filter(
    (found) =>
      found.table.id !== table.id ||
      !found.key.columns.some((at) => leaves(table.columns[at]!.name)),
  );
  return [...keys, ...viewsOnColumns(table, names, context), ...generated];
}
