import type { CaseNode } from "../parser/ast.js";
import { coerceBoolean, unify } from "./coerce.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { bindOperator } from "./functions.js";
import { withValue } from "./once.js";
import type { Scope } from "./scope.js";
import { UNKNOWN } from "./tree.js";

export function bindCase(node: CaseNode, scope: Scope): Expr {
  return withoutSets(scope, "CASE", () => {
    const { operand } = node;
    if (operand === undefined) return bindBranches(node, scope, undefined);
    const value = bindExpression(operand, scope);
    return withValue(scope, value, (once) => bindBranches(node, scope, once));
  });
}

/** Set-returning calls may not stand where a value might not be computed. */
export function withoutSets<T>(scope: Scope, what: string, fn: () => T): T {
  const before = scope.noSets;
  scope.noSets = what;
  const result = fn();
  scope.noSets = before;
  return result;
}

function bindBranches(node: CaseNode, scope: Scope, operand: Expr | undefined): Expr {
  const { statement } = scope;
  const conditions = node.branches.map(({ when }) => {
    const expr = bindExpression(when, scope);
    return operand === undefined
      ? coerceBoolean(statement, expr, "CASE/WHEN", when.position)
      : bindOperator(statement, "=", [operand, expr], when.position);
  });
  const otherwise: Expr =
    node.otherwise === undefined
      ? { kind: "const", value: null, type: UNKNOWN }
      : bindExpression(node.otherwise, scope);
  // PostgreSQL asks the ELSE branch first for the type.
  const results = [otherwise, ...node.branches.map(({ then }) => bindExpression(then, scope))];
  const positions = [
    node.otherwise?.position ?? node.position,
    ...node.branches.map(({ then }) => then.position),
  ];
  const { exprs, type } = unify(statement, results, "CASE", positions);
  const branches = conditions.map((when, i) => ({ when, then: exprs[i + 1]! }));
  return { kind: "case", branches, otherwise: exprs[0]!, type };
}
