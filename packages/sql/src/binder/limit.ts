import { AegisError } from "../contract/errors.js";
import type { ExpressionNode, QueryNode } from "../parser/ast.js";
import { coerceFor } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { originsOf } from "./levels.js";
import type { Scope } from "./scope.js";
import { BIGINT } from "./tree.js";

export interface BoundLimit {
  readonly limit: Expr | undefined;
  readonly offset: Expr | undefined;
  readonly withTies: boolean;
}

/** LIMIT and OFFSET, which no column of the query may decide; undefined where neither is there. */
export function bindLimit(tail: QueryNode, scope: Scope): BoundLimit | undefined {
  if (tail.limit === undefined && tail.offset === undefined) return undefined;
  if (tail.withTies && tail.orderBy.length === 0) {
    const message = "WITH TIES cannot be specified without ORDER BY clause";
    throw new AegisError("PARSE_ERROR", message, { position: tail.limit?.position });
  }
  const limit = tail.limit && bindBound(tail.limit, "LIMIT", scope);
  const offset = tail.offset && bindBound(tail.offset, "OFFSET", scope);
  return { limit, offset, withTies: tail.withTies };
}

function bindBound(node: ExpressionNode, what: "LIMIT" | "OFFSET", scope: Scope): Expr {
  const clause = what === "LIMIT" ? "limit" : "offset";
  const expr = scope.within(clause, () => bindExpression(node, scope));
  const { position } = node;
  if (originsOf([expr], scope).some((origin) => origin.scope === scope)) {
    const message = `argument of ${what} must not contain variables`;
    throw new AegisError("INVALID_COLUMN_REFERENCE", message, { position });
  }
  return coerceFor(scope.statement, expr, BIGINT, what, position);
}
