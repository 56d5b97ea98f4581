import { AegisError, unreachable } from "../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../contract/source.js";
import type { AlterAction } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { validateDefault } from "./expressions.js";
import { requireColumn } from "./lookup.js";
import { assertNoNulls } from "./rows.js";

type ColumnAction = Extract<
  AlterAction,
  { kind: "setDefault" | "dropDefault" | "setNotNull" | "dropNotNull" }
>;

/** What ALTER COLUMN says of defaults and NULLs. */
export function changeColumn(
  table: TableInfo,
  action: ColumnAction,
  context: DefinitionContext,
): void {
  const column = requireColumn(table, action.column, action.position);
  const before = table.columns[column]!;
  const info = { ...before, ...changeOf(table, column, action, context) };
  context.sink.alterTable(table, { kind: "alterColumn", column, info, convert: undefined });
}

function changeOf(
  table: TableInfo,
  column: number,
  action: ColumnAction,
  context: DefinitionContext,
): Partial<ColumnInfo> {
  const info = table.columns[column]!;
  switch (action.kind) {
    case "setDefault":
      assertPlain(table, info, action.position);
      validateDefault(info, action.expression, context);
      return { defaultSql: action.text };
    case "dropDefault":
      assertPlain(table, info, action.position);
      return { defaultSql: undefined };
    case "setNotNull":
      assertNoNulls(table, column, context);
      return { notNull: true };
    case "dropNotNull":
      if (table.primaryKey.includes(column)) {
        const message = `column "${info.name}" is in a primary key`;
        throw new AegisError("INVALID_DEFINITION", message, { position: action.position });
      }
      if (info.identity !== undefined) throw isOf(table, info, "an identity", action.position);
      return { notNull: false };
    default:
      return unreachable(action);
  }
}

/** The default of identity and generated columns is not the user's to change. */
function assertPlain(table: TableInfo, info: ColumnInfo, position: number): void {
  if (info.identity !== undefined) throw isOf(table, info, "an identity", position);
  if (info.generatedSql !== undefined) throw isOf(table, info, "a generated", position);
}

function isOf(table: TableInfo, { name }: ColumnInfo, what: string, position: number): AegisError {
  const message = `column "${name}" of relation "${table.name}" is ${what} column`;
  return new AegisError("PARSE_ERROR", message, { position, column: name });
}
