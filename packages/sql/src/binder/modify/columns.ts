import { AegisError } from "../../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../../contract/source.js";
import { didYouMean } from "../nearest.js";

/** Position of a column that is to be written; throws COLUMN_NOT_FOUND. */
export function writtenColumn(table: TableInfo, name: string, position: number): number {
  const at = table.columns.findIndex((column) => column.name === name);
  if (at >= 0) return at;
  const message = `column "${name}" of relation "${table.name}" does not exist`;
  throw new AegisError("COLUMN_NOT_FOUND", message, {
    position,
    table: table.name,
    column: name,
    hint: didYouMean(
      name,
      table.columns.map((column) => column.name),
    ),
  });
}

/** Why only DEFAULT may be given to a column, or undefined where it takes values. */
function defaultOnly({ name, generatedSql, identity }: ColumnInfo): string | undefined {
  if (generatedSql !== undefined) return `Column "${name}" is a generated column.`;
  if (identity !== "always") return undefined;
  return `Column "${name}" is an identity column defined as GENERATED ALWAYS.`;
}

/** Throws where INSERT gives a value to a column that makes its own. */
export function assertInsertable(
  column: ColumnInfo,
  overriding: "system" | "user" | undefined,
  position: number,
): void {
  const detail = defaultOnly(column);
  if (detail === undefined) return;
  if (column.generatedSql === undefined && overriding === "system") return;
  const message = `cannot insert a non-DEFAULT value into column "${column.name}"`;
  throw new AegisError("INVALID_DEFINITION", message, {
    sqlState: "428C9",
    detail,
    hint:
      column.generatedSql === undefined ? "Use OVERRIDING SYSTEM VALUE to override." : undefined,
    column: column.name,
    position,
  });
}

/** Throws where UPDATE gives a value to a column that makes its own. */
export function assertUpdatable(column: ColumnInfo, position: number): void {
  const detail = defaultOnly(column);
  if (detail === undefined) return;
  const message = `column "${column.name}" can only be updated to DEFAULT`;
  throw new AegisError("INVALID_DEFINITION", message, {
    sqlState: "428C9",
    detail,
    column: column.name,
    position,
  });
}
