import { AegisError } from "../contract/errors.js";
import { columnExpr, eachPart } from "../planner/expressions.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { Expr } from "./expr.js";
import { oneRow, projectOf } from "./plans.js";
import { MAX_VALUE_DEPTH } from "./limits.js";
import type { Scope } from "./scope.js";

/** Parts of an expression that may be written twice; with more, nesting would double without end. */
const MAX_REPEATED = 24;

/** Whether the expression may be written twice: small, and the same value each time. */
function isRepeatable(expr: Expr): boolean {
  let parts = 0;
  const visit = (part: Expr): void => {
    const isQuery =
      part.kind === "scalarSubquery" || part.kind === "exists" || part.kind === "quantified";
    const isVolatile = part.kind === "call" && part.fn.volatility === "volatile";
    parts += isQuery || isVolatile ? MAX_REPEATED + 1 : 1;
    if (parts <= MAX_REPEATED) eachPart(part, visit);
  };
  visit(expr);
  return parts <= MAX_REPEATED;
}

/**
 * Builds an expression that uses a value several times. Where the value must not be computed more
 * than once (a subquery, random()), it becomes the one row of a subquery of its own.
 */
export function withValue(scope: Scope, value: Expr, build: (value: Expr) => Expr): Expr {
  if (value.type.name === "unknown" || isRepeatable(value)) return build(value);
  const { statement } = scope;
  const depth = depthOf(value) + 1;
  if (depth > MAX_VALUE_DEPTH) {
    throw new AegisError("NESTING_TOO_DEEP", "the statement nests too deeply", {
      detail: `BETWEEN and CASE over one another go ${MAX_VALUE_DEPTH} levels deep.`,
    });
  }
  const column = statement.column("value", value.type);
  const once = projectOf(oneRow(), [value], [column]);
  const result = build(columnExpr(column));
  const output = [statement.column("result", result.type)];
  const plan: LogicalPlan = projectOf(once, [result], output);
  depths.set(plan, depth);
  return { kind: "scalarSubquery", plan, type: result.type };
}

/** How many subqueries of this kind stand in one another. */
const depths = new WeakMap<LogicalPlan, number>();

function depthOf(expr: Expr): number {
  let depth = expr.kind === "scalarSubquery" ? (depths.get(expr.plan) ?? 0) : 0;
  eachPart(expr, (part) => {
    depth = Math.max(depth, depthOf(part));
  });
  return depth;
}
