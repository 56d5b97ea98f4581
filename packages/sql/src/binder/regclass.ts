import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { CastNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { coerce } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { bindOperator } from "./functions.js";
import { filterOf, projectOf, scanOf } from "./plans.js";
import type { Scope } from "./scope.js";
import { INTEGER, TEXT } from "./tree.js";

export function isRegclass(node: CastNode): boolean {
  return node.type.path.at(-1) === "regclass" && node.type.dimensions === 0;
}

/**
 * `'t'::regclass`, with which tools find a relation in the system catalog. There is no such type
 * here: a name becomes the relation's number, which is what it is compared with, and a number
 * becomes the name, which is what it is shown as. A sequence stays a name, as nextval wants it.
 */
export function bindRegclass(node: CastNode, scope: Scope): Expr {
  const { statement } = scope;
  const { source } = statement.context;
  const { argument, position } = node;
  const catalog = source.table("pg_catalog", "pg_class");
  const expr = bindExpression(argument, scope);
  const isName = expr.type.name === "unknown" || expr.type.name === "text";
  if (catalog === undefined) return coerce(statement, expr, TEXT, "explicit", position);
  if (argument.kind === "string") {
    const path = namesOf(argument.value);
    const [name, schema] = [path.at(-1)!, path.at(-2)];
    if (source.sequence(argument.value) !== undefined) {
      return coerce(statement, expr, TEXT, "explicit", position);
    }
    if (source.table(schema, name) === undefined && source.view(schema, name) === undefined) {
      throw new AegisError("TABLE_NOT_FOUND", `relation "${argument.value}" does not exist`, {
        position: argument.position,
        table: name,
      });
    }
    return lookUp(scope, "relname", { kind: "const", value: name, type: TEXT }, "oid", position);
  }
  return isName
    ? lookUp(scope, "relname", coerce(statement, expr, TEXT, "explicit", position), "oid", position)
    : lookUp(
        scope,
        "oid",
        coerce(statement, expr, INTEGER, "explicit", position),
        "relname",
        position,
      );
}

/** `a.b`, folded to lower case unless quoted. */
function namesOf(text: string): readonly string[] {
  const parts = text.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [text];
  return parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim().toLowerCase(),
  );
}

/** The one value of `result` in pg_class where `key` is this. */
function lookUp(scope: Scope, key: string, value: Expr, result: string, position: number): Expr {
  const { statement } = scope;
  const table = statement.context.source.table("pg_catalog", "pg_class")!;
  const scan = scanOf(statement, table);
  const columnOf = (name: string): Expr =>
    columnExpr(scan.output[table.columns.findIndex((column) => column.name === name)]!);
  const found = columnOf(result);
  const test = bindOperator(statement, "=", [columnOf(key), value], position);
  const output = [statement.column(result, found.type)];
  const rows = projectOf(filterOf(scan, test), [found], output);
  const one: Expr = { kind: "const", value: 1, type: { name: "bigint" } };
  const bounds = { limit: one, offset: undefined, withTies: undefined };
  const plan: LogicalPlan = { kind: "limit", input: rows, ...bounds, output };
  return { kind: "scalarSubquery", plan, type: found.type };
}
