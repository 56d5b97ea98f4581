import { AegisError } from "../contract/errors.js";
import type { TableInfo } from "../contract/source.js";
import type { QueryNode } from "../parser/ast.js";
import { parseExpression } from "../parser/index.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { SqlType } from "../types/index.js";
import { coerce } from "./coerce.js";
import type { ColumnDef, Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { bindQuery as bindQueryIn } from "./query.js";
import { addRelation, Scope, type Clause, type Environment } from "./scope.js";
import { Statement, type BindContext, type ModifyStatement } from "./statement.js";

export type { BindContext, ModifyStatement } from "./statement.js";

/** A column of a statement's result, as the user sees it. */
export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  /** A numeric that is an average or a division: it reaches JavaScript as a number. */
  readonly asNumber: boolean;
}

export interface BoundStatement {
  readonly plan: LogicalPlan;
  /** Types of the parameters, $1 first. */
  readonly params: readonly SqlType[];
  /** In the order of `plan.output`. */
  readonly columns: readonly ResultColumn[];
}

/**
 * Binds a statement that has a plan: a query, or with `context.bindModify` one that writes. Throws
 * what PostgreSQL would, with the position in the text.
 */
export function bindQuery(node: QueryNode | ModifyStatement, context: BindContext): BoundStatement {
  const statement = new Statement(context);
  const environment: Environment = { statement, outer: undefined, ctes: undefined };
  if (node.kind === "query") return finish(statement, bindQueryIn(node, environment).plan);
  if (context.bindModify === undefined) {
    throw new AegisError("INTERNAL", "no way to bind a writing statement was given");
  }
  return finish(statement, context.bindModify(node, environment));
}

function finish(statement: Statement, plan: LogicalPlan): BoundStatement {
  const params = statement.parameters.finish();
  const columns = plan.output.map(({ id, name, type }) => ({
    name,
    type,
    asNumber: statement.numbers.has(id),
  }));
  return { plan, params, columns };
}

export interface TableExpression {
  readonly expr: Expr;
  /** The table's columns, by position, as `expr` names them. */
  readonly columns: readonly ColumnDef[];
}

/**
 * Binds a DEFAULT, CHECK or generated column of a table, given as its text. `statement` is the one
 * it will be part of, so that ids stay apart; `type` casts as an assignment does.
 */
export function bindTableExpression(
  sql: string,
  table: TableInfo,
  statement: Statement,
  clause: Extract<Clause, "default" | "check" | "generated" | "index">,
  type?: SqlType,
): TableExpression {
  const scope = new Scope({ statement, outer: undefined, ctes: undefined });
  scope.clause = clause;
  const columns = table.columns.map((column) => statement.column(column.name, column.type));
  scope.relations = [addRelation(scope, columns, { name: table.name, schema: table.schema })];
  const node = parseExpression(sql);
  const bound = bindExpression(node, scope);
  const expr =
    type === undefined ? bound : coerce(statement, bound, type, "assignment", node.position);
  return { expr, columns };
}
