import { AegisError } from "../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { Expr } from "../binder/expr.js";
import {
  bindDefault,
  bindGenerated,
  parseStored,
  rowColumns,
} from "../binder/modify/stored-expressions.js";
import { eachDeep } from "../planner/rewrite.js";
import { compileRow } from "../executor/expression/index.js";
import { RowForm } from "../modify/row-form.js";
import type { AlterAction } from "../parser/ast.js";
import { toStorage } from "../types/storage.js";
import { applyConstraints } from "./apply-draft.js";
import {
  addColumn,
  addConstraints,
  createColumnSequences,
  lastColumn,
  tableConstraints,
  validateColumn,
} from "./columns.js";
import { type DefinitionContext, executionContext } from "./context.js";
import { type Dependent, dropDependents, refuseDrop, viewsOnColumn } from "./dependents.js";
import { TableDraft } from "./draft.js";
import { columnsInText, newStatement } from "./expressions.js";
import { currentTable, findColumn } from "./lookup.js";
import { referencesToColumns } from "./referenced-keys.js";
import { containsNulls } from "./rows.js";
import { ownedSequences } from "./sequences.js";

type AddColumn = Extract<AlterAction, { kind: "addColumn" }>;
type DropColumn = Extract<AlterAction, { kind: "dropColumn" | "dropConstraint" }>;

export function addTableColumn(
  table: TableInfo,
  action: AddColumn,
  context: DefinitionContext,
): void {
  const { column, ifNotExists, position } = action;
  if (findColumn(table, column.name) !== undefined) {
    const message = `column "${column.name}" of relation "${table.name}" already exists`;
    if (!ifNotExists) {
      throw new AegisError("COLUMN_EXISTS", message, { position, column: column.name });
    }
    context.notice(`${message}, skipping`);
    return;
  }
  const draft = new TableDraft(table, context);
  const sequence = addColumn(draft, column);
  validateColumn(draft, column, context);
  const info = lastColumn(draft);
  if (sequence !== undefined) createColumnSequences(table.id, [sequence], context);
  const fill = fillOf(table, draft.table, info, context);
  const isFilled =
    context.sink.scan(table, { columns: [] })[Symbol.iterator]().next().done !== true;
  if (info.notNull && fill === null && isFilled)
    throw containsNulls(draft.table, table.columns.length);
  const changed = context.sink.alterTable(table, { kind: "addColumn", column: info, fill });
  const withConstraints = new TableDraft(changed, context);
  addConstraints(withConstraints, tableConstraints(column), context);
  applyConstraints(changed, withConstraints, context);
}

/** What the rows there are get: one value where it is the same for all, else one a row. */
function fillOf(
  table: TableInfo,
  after: TableInfo,
  info: ColumnInfo,
  context: DefinitionContext,
): Value | ((row: readonly Value[]) => Value) {
  const statement = newStatement(context);
  const row = rowColumns(statement, after);
  const execution = executionContext(context);
  if (info.generatedSql !== undefined) {
    const expr = bindGenerated(statement, after, row, info, parseStored(info.generatedSql));
    const compute = compileRow(expr, row);
    const form = new RowForm(table);
    return (stored) =>
      checked(after, info, toStorage(compute(form.load(stored), execution), info.type));
  }
  if (info.defaultSql === undefined) return null;
  const expr = bindDefault(statement, info, parseStored(info.defaultSql));
  const compute = compileRow(expr, []);
  const value = (): Value => toStorage(compute([], execution), info.type);
  return isVolatile(expr) ? value : value();
}

function checked(after: TableInfo, info: ColumnInfo, value: Value): Value {
  if (value === null && info.notNull) throw containsNulls(after, after.columns.length - 1);
  return value;
}

function isVolatile(expr: Expr): boolean {
  let found = false;
  eachDeep(expr, (part) => {
    if (part.kind === "call" && part.fn.volatility === "volatile") found = true;
  });
  return found;
}

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
  removeConstraints(currentTable(table, context), name, context);
  const current = currentTable(table, context);
  const at = findColumn(current, name)!;
  context.sink.alterTable(current, { kind: "dropColumn", column: at });
  for (const sequence of sequences) context.sink.dropSequence(sequence.name);
}

function columnDependents(
  table: TableInfo,
  column: number,
  context: DefinitionContext,
): readonly Dependent[] {
  const { name } = table.columns[column]!;
  const generated = table.columns
    .filter(({ generatedSql }) => {
      if (generatedSql === undefined) return false;
      return columnsInText(table, generatedSql, context).includes(column);
    })
    .map((info) => ({ kind: "generated" as const, table, column: info }));
  // A key of the table itself that starts at the column goes with it, even if it leads there too.
  const keys = referencesToColumns(table, (names) => names.includes(name), context).filter(
    (found) => found.table.id !== table.id || !found.key.columns.includes(column),
  );
  const views = viewsOnColumn(table, name, context);
  return [...generated, ...keys, ...views];
}

function removeConstraints(table: TableInfo, name: string, context: DefinitionContext): void {
  const column = findColumn(table, name)!;
  const indexes = table.indexes.filter(
    (index) => !index.columns.some((key) => key.column === column),
  );
  const foreignKeys = table.foreignKeys.filter((key) => !key.columns.includes(column));
  const checks = table.checks.filter(
    ({ sql }) => !columnsInText(table, sql, context).includes(column),
  );
  const primaryKey = table.primaryKey.includes(column) ? [] : table.primaryKey;
  context.sink.alterTable(table, {
    kind: "setConstraints",
    primaryKey,
    indexes,
    foreignKeys,
    checks,
  });
}
