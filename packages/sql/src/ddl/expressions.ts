import { AegisError } from "../contract/errors.js";
import type { ColumnInfo, TableInfo } from "../contract/source.js";
import type { ColumnDef, Expr } from "../binder/expr.js";
import {
  bindCheck,
  bindDefault,
  bindGenerated,
  bindOver,
  parseStored,
  rowColumns,
} from "../binder/modify/stored-expressions.js";
import { Statement } from "../binder/statement.js";
import { eachDeep } from "../planner/rewrite.js";
import type { ExpressionNode, QueryNode } from "../parser/ast.js";
import type { DefinitionContext } from "./context.js";
import { collect, columnNodes } from "./stored-text.js";

/** A statement of its own for an expression of a definition; it may hold no writes. */
export function newStatement({ sink, registry, searchPath }: DefinitionContext): Statement {
  return new Statement({ source: sink, registry, paramTypes: [], searchPath });
}

/** Throws what is wrong with a default. */
export function validateDefault(
  column: ColumnInfo,
  node: ExpressionNode,
  context: DefinitionContext,
): void {
  assertNoQuery(node, "DEFAULT expression");
  const [reference] = columnNodes(node);
  if (reference !== undefined) {
    throw new AegisError("UNSUPPORTED", "cannot use column reference in DEFAULT expression", {
      position: reference.position,
    });
  }
  bindDefault(newStatement(context), column, node);
}

/** Throws what is wrong with a CHECK; gives the positions of the columns that it names. */
export function validateCheck(
  table: TableInfo,
  node: ExpressionNode,
  context: DefinitionContext,
): readonly number[] {
  assertNoQuery(node, "check constraint");
  const statement = newStatement(context);
  const row = rowColumns(statement, table);
  return columnsIn(bindCheck(statement, table, row, node), row);
}

/** Throws what is wrong with a generated column. */
export function validateGenerated(
  table: TableInfo,
  column: ColumnInfo,
  node: ExpressionNode,
  context: DefinitionContext,
): void {
  assertNoQuery(node, "column generation expression");
  const statement = newStatement(context);
  const row = rowColumns(statement, table);
  const expr = bindGenerated(statement, table, row, column, node);
  for (const at of columnsIn(expr, row)) {
    const used = table.columns[at]!;
    if (used.generatedSql === undefined) continue;
    throw invalidGeneration(
      `cannot use generated column "${used.name}" in column generation expression`,
      node,
      "A generated column cannot reference another generated column.",
    );
  }
  eachDeep(expr, (part) => {
    if (part.kind !== "call" || part.fn.volatility === "immutable") return;
    throw invalidGeneration("generation expression is not immutable", node, undefined);
  });
}

/** Expressions of a definition see one row, or none; `what` is the place. */
export function assertNoQuery(node: ExpressionNode, what: string): void {
  const [query] = collect(node, (part) =>
    "kind" in part && part.kind === "query" ? (part as QueryNode) : undefined,
  );
  if (query === undefined) return;
  throw new AegisError("UNSUPPORTED", `cannot use subquery in ${what}`, {
    position: query.position,
  });
}

function invalidGeneration(
  message: string,
  { position }: ExpressionNode,
  detail: string | undefined,
): AegisError {
  return new AegisError("INVALID_DEFINITION", message, { sqlState: "42P17", position, detail });
}

/** Which of a row's columns an expression reads, by position. */
function columnsIn(expr: Expr, row: readonly ColumnDef[]): readonly number[] {
  const found = new Set<number>();
  eachDeep(expr, (part) => {
    if (part.kind !== "column") return;
    const at = row.findIndex(({ id }) => id === part.id);
    if (at >= 0) found.add(at);
  });
  return [...found];
}

/** Positions of the columns that the text of a CHECK or generated column names. */
export function columnsInText(
  table: TableInfo,
  text: string,
  context: DefinitionContext,
): readonly number[] {
  const statement = newStatement(context);
  const row = rowColumns(statement, table);
  return columnsIn(bindOver(statement, table, row, "check", parseStored(text)), row);
}
