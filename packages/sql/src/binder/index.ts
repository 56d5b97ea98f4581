import { AegisError } from "../contract/errors.js";
import type { QueryNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { SqlType } from "../types/index.js";
import { bindQuery as bindQueryIn } from "./query.js";
import type { Environment } from "./scope.js";
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
