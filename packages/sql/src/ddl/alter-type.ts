import { AegisError } from "../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { coerce, tryCoerce } from "../binder/coerce.js";
import type { Expr } from "../binder/expr.js";
import { bindOver, rowColumns } from "../binder/modify/stored-expressions.js";
import { resolveType } from "../binder/type-names.js";
import { compileRow } from "../executor/expression/index.js";
import { RowForm } from "../modify/row-form.js";
import { columnExpr } from "../planner/expressions.js";
import type { AlterAction, ExpressionNode } from "../parser/ast.js";
import { findCast } from "../types/casts.js";
import { typeName } from "../types/names.js";
import { storageType, toStorage } from "../types/storage.js";
import type { SqlType } from "../types/sql-type.js";
import { assertIdentityType } from "./columns.js";
import { assertKeyTypes } from "./constraints.js";
import { type DefinitionContext, executionContext } from "./context.js";
import { viewsOnColumns } from "./dependents.js";
import { assertNoQuery, columnsInText, newStatement } from "./expressions.js";
import { assertKeysFit } from "./foreign-key.js";
import { currentTable, requireColumn } from "./lookup.js";
import { assertCheckHolds, containsNulls } from "./rows.js";

type SetType = Extract<AlterAction, { kind: "setType" }>;

/** ALTER COLUMN … TYPE, by the cast that assignment allows or by USING. */
export function changeType(table: TableInfo, action: SetType, context: DefinitionContext): void {
  const { position } = action;
  const column = requireColumn(table, action.column, position);
  const before = table.columns[column]!;
  const type = resolveType(action.type);
  storageType(type);
  if (before.identity !== undefined) assertIdentityType(type, position);
  if (before.generatedSql !== undefined && action.using !== undefined) {
    const message = "cannot specify USING when altering type of generated column";
    const detail = `Column "${before.name}" is a generated column.`;
    throw new AegisError("PARSE_ERROR", message, { sqlState: "42611", detail, position });
  }
  assertUnused(table, before, context, position);
  const info: ColumnInfo = { ...before, type };
  const convert = conversion(table, column, type, action.using, position, context);
  if (before.defaultSql !== undefined) assertDefaultFits(before, info);
  const changed = context.sink.alterTable(table, { kind: "alterColumn", column, info, convert });
  const keys = changed.indexes.filter((index) =>
    index.columns.some((key) => key.column === column),
  );
  if (keys.length > 0) assertKeyTypes(changed, [column], position);
  assertKeysFit(changed, position, context);
  for (const check of changed.checks)
    assertCheckHolds(currentTable(changed, context), check, context);
}

/** What views and generated columns made of the old type cannot be known to fit the new one. */
function assertUnused(
  table: TableInfo,
  { name }: ColumnInfo,
  context: DefinitionContext,
  position: number,
): void {
  for (const other of table.columns) {
    if (other.generatedSql === undefined || other.name === name) continue;
    const used = columnsInText(table, other.generatedSql, context);
    if (!used.some((at) => table.columns[at]!.name === name)) continue;
    const message = "cannot alter type of a column used by a generated column";
    throw new AegisError("UNSUPPORTED", message, {
      detail: `Column "${name}" is used by generated column "${other.name}".`,
      position,
    });
  }
  const [view] = viewsOnColumns(table, [name], context);
  if (view === undefined) return;
  const message = "cannot alter type of a column used by a view or rule";
  throw new AegisError("UNSUPPORTED", message, {
    detail: `rule _RETURN on view ${view.view.name} depends on column "${name}"`,
    position,
  });
}

/** A default is a value of the old type, which becomes one of the new as an assignment does. */
function assertDefaultFits(before: ColumnInfo, after: ColumnInfo): void {
  const cast = findCast(before.type, after.type);
  if (cast !== undefined && cast.kind !== "explicit") return;
  const message = `default for column "${after.name}" cannot be cast automatically to type ${typeName(after.type)}`;
  throw new AegisError("TYPE_MISMATCH", message, { column: after.name });
}

function conversion(
  table: TableInfo,
  column: number,
  type: SqlType,
  using: ExpressionNode | undefined,
  position: number,
  context: DefinitionContext,
): (value: Value, row: readonly Value[]) => Value {
  const statement = newStatement(context);
  const row = rowColumns(statement, table);
  let cast: Expr | undefined;
  if (using === undefined) {
    cast = tryCoerce(statement, columnExpr(row[column]!), type, "assignment", position);
    if (cast === undefined) throw notAutomatic(table.columns[column]!, type, position);
  } else {
    assertNoQuery(using, "transform expression");
    const value = bindOver(statement, table, row, "alterUsing", using);
    cast = coerce(statement, value, type, "assignment", using.position);
  }
  const convert = compileRow(cast, row);
  const form = new RowForm(table);
  const execution = executionContext(context);
  const { notNull } = table.columns[column]!;
  return (_value, stored) => {
    const converted = convert(form.load(stored), execution);
    if (converted === null && notNull) throw containsNulls(table, column);
    return toStorage(converted, type);
  };
}

function notAutomatic(info: ColumnInfo, type: SqlType, position: number): AegisError {
  const { name } = info;
  const message = `column "${name}" cannot be cast automatically to type ${typeName(type)}`;
  return new AegisError("TYPE_MISMATCH", message, {
    hint: `You might need to specify "USING ${name}::${typeName(type)}".`,
    column: name,
    position,
  });
}
