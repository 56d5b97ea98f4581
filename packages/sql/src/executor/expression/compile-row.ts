import type { ColumnId, Expr } from "../../binder/expr.js";
import { isSubquery } from "../../planner/expressions.js";
import type { Datum } from "../../types/datum.js";
import type { ExecutionContext } from "../operator.js";
import { FunctionWriter } from "./function-writer.js";
import { type CodeScope, RowCode, type RowFunction } from "./row-code.js";
import { compileSubquery } from "./subquery.js";

export type { RowFunction } from "./row-code.js";

/** A test of one row: true where the expression is TRUE, false where it is FALSE or NULL. */
export type RowPredicate = (row: readonly Datum[], context: ExecutionContext) => boolean;

/** The columns of a row, by slot; `ColumnDef`s are such. */
export type Columns = readonly { readonly id: ColumnId }[];

/**
 * Compiles an expression to a function of one row. `row[i]` is the value of `inputColumns[i]`;
 * columns that are not among them are read from `context.outer` by their id. The row is not kept.
 * Errors carry the position in the statement where the expression knows one.
 */
export function compileRow(expr: Expr, inputColumns: Columns): RowFunction {
  return compileOver(expr, inputColumns, false);
}

/** As `compileRow`, for conditions. */
export function compilePredicate(expr: Expr, inputColumns: Columns): RowPredicate {
  if (expr.kind === "const") {
    const holds = expr.value === true;
    return () => holds;
  }
  const writer = new FunctionWriter();
  const code = new RowCode(rowScope(writer, inputColumns, undefined));
  writer.line(`return ${code.test(expr, true)};`);
  return writer.finish("r, x") as RowPredicate;
}

/** Functions for each expression of a list. */
export function compileRows(exprs: readonly Expr[], inputColumns: Columns): readonly RowFunction[] {
  return exprs.map((expr) => compileRow(expr, inputColumns));
}

/** A scope that outlines its parts; `column` says where columns are. */
export function codeScope(
  writer: FunctionWriter,
  column: CodeScope["column"],
  root?: Expr,
): CodeScope {
  return { writer, column, root, outline };
}

function compileOver(expr: Expr, columns: Columns, outlined: boolean): RowFunction {
  const simple = compileSimple(expr, columns);
  if (simple !== undefined) return simple;
  const writer = new FunctionWriter();
  const code = new RowCode(rowScope(writer, columns, outlined ? expr : undefined));
  writer.line(`return ${code.value(expr)};`);
  return writer.finish("r, x") as RowFunction;
}

/** What needs no code made. */
function compileSimple(expr: Expr, columns: Columns): RowFunction | undefined {
  if (expr.kind === "const") {
    const { value } = expr;
    return () => value;
  }
  if (expr.kind === "param") {
    const { index } = expr;
    return (_row, context) => context.params[index]!;
  }
  if (expr.kind !== "column") return undefined;
  const slot = columns.findIndex((column) => column.id === expr.id);
  if (slot >= 0) return (row) => row[slot]!;
  const { id } = expr;
  return (_row, context) => context.outer[id]!;
}

function rowScope(writer: FunctionWriter, columns: Columns, root: Expr | undefined): CodeScope {
  const slots = new Map(columns.map((column, slot) => [column.id, slot]));
  const column = (id: ColumnId): string | undefined => {
    const slot = slots.get(id);
    return slot === undefined ? undefined : `r[${slot}]`;
  };
  return codeScope(writer, column, root);
}

/** Compiles at the first call, so that the depth of a statement is never that of the stack. */
function outline(expr: Expr, ids: readonly ColumnId[]): RowFunction {
  const columns = ids.map((id) => ({ id }));
  if (isSubquery(expr)) return compileSubquery(expr, columns);
  let compiled: RowFunction | undefined;
  return (row, context) => (compiled ??= compileOver(expr, columns, true))(row, context);
}
