import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { CallNode } from "../parser/ast.js";
import { allowsAggregates, CLAUSE_NAMES } from "./clauses.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import type { Scope } from "./scope.js";
import { INTEGER } from "./tree.js";

/** GROUPING(a, b) tells the grouping sets apart; it becomes a value once the groups are known. */
export function bindGrouping(node: CallNode, scope: Scope): Expr {
  const { position } = node;
  if (!scope.groups || !allowsAggregates(scope.clause)) {
    const message = `grouping operations are not allowed in ${CLAUSE_NAMES[scope.clause]}`;
    throw new AegisError("GROUPING_ERROR", message, { position });
  }
  const args = node.arguments.map((argument) => bindExpression(argument, scope));
  if (args.length > 31) {
    throw new AegisError("LIMIT_EXCEEDED", "GROUPING must have fewer than 32 arguments", {
      position,
    });
  }
  const column = scope.statement.column("grouping", INTEGER);
  scope.groupings.push({ id: column.id, args, position });
  const expr = columnExpr(column);
  scope.statement.remember(expr, position);
  return expr;
}
