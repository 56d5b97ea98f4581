import { AegisError } from "../../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../../contract/source.js";
import { parseExpression } from "../../parser/index.js";
import type { ExpressionNode } from "../../parser/ast.js";
import { typeName } from "../../types/names.js";
import { coerceBoolean, tryCoerce } from "../coerce.js";
import type { ColumnDef, Expr } from "../expr.js";
import { bindExpression } from "../expression.js";
import { addRelation, type Clause, type Environment, Scope } from "../scope.js";
import type { Statement } from "../statement.js";

/** Texts kept parsed; definitions are few, and each is wanted by every statement on its table. */
const MAX_PARSED = 512;

const parsed: Map<string, ExpressionNode> = new Map();

/** The tree of a DEFAULT, CHECK or generated column as the catalog keeps it. */
export function parseStored(text: string): ExpressionNode {
  let node = parsed.get(text);
  if (node === undefined) {
    node = parseExpression(text);
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, node);
  }
  return node;
}

/** Names of a definition stand alone: no query is around it. */
function standalone(statement: Statement): Environment {
  return { statement, outer: undefined, ctes: undefined };
}

/** The default of a column as a value of its type. */
export function bindDefault(statement: Statement, column: ColumnInfo, node: ExpressionNode): Expr {
  const scope = new Scope(standalone(statement));
  const expr = scope.within("default", () => bindExpression(node, scope));
  return assign(statement, expr, column, "default expression", node.position);
}

/** A CHECK over the row whose columns are `row`. */
export function bindCheck(
  statement: Statement,
  table: TableInfo,
  row: readonly ColumnDef[],
  node: ExpressionNode,
): Expr {
  const expr = bindOver(statement, table, row, "check", node);
  return coerceBoolean(statement, expr, "CHECK", node.position);
}

/** The value of a generated column, from the row whose columns are `row`. */
export function bindGenerated(
  statement: Statement,
  table: TableInfo,
  row: readonly ColumnDef[],
  column: ColumnInfo,
  node: ExpressionNode,
): Expr {
  const expr = bindOver(statement, table, row, "generated", node);
  return assign(statement, expr, column, "generation expression", node.position);
}

/** An expression that may name the columns of one row of the table. */
export function bindOver(
  statement: Statement,
  table: TableInfo,
  row: readonly ColumnDef[],
  clause: Clause,
  node: ExpressionNode,
): Expr {
  const scope = new Scope(standalone(statement));
  const { name, schema } = table;
  scope.relations = [addRelation(scope, row, { name, schema, table })];
  return scope.within(clause, () => bindExpression(node, scope));
}

/** The columns of a table as a row of their own. */
export function rowColumns(statement: Statement, table: TableInfo): readonly ColumnDef[] {
  return table.columns.map(({ name, type }) => statement.column(name, type));
}

/** The expression as what the column stores; throws TYPE_MISMATCH where no assignment is allowed. */
export function assign(
  statement: Statement,
  expr: Expr,
  column: ColumnInfo,
  what: string,
  position: number,
): Expr {
  const result = tryCoerce(statement, expr, column.type, "assignment", position);
  if (result !== undefined) return result;
  const types = `type ${typeName(column.type)} but ${what} is of type ${typeName(expr.type)}`;
  throw new AegisError("TYPE_MISMATCH", `column "${column.name}" is of ${types}`, {
    hint: "You will need to rewrite or cast the expression.",
    column: column.name,
    position,
  });
}
