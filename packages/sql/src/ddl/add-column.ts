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
import { TableDraft } from "./draft.js";
import { newStatement } from "./expressions.js";
import { findColumn } from "./lookup.js";
import { containsNulls } from "./rows.js";

type AddColumn = Extract<AlterAction, { kind: "addColumn" }>;

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
