import { columnExpr } from "../planner/expressions.js";
import type { LogicalPlan } from "../planner/plan.js";
import { sameBase, type SqlType } from "../types/index.js";
import { tryCoerce, type Coercion } from "./coerce.js";
import type { Expr } from "./expr.js";
import { isNumber } from "./numbers.js";
import { projectOf } from "./plans.js";
import type { Statement } from "./statement.js";

/**
 * The plan with its columns cast to these types; undefined for the first column that cannot be.
 * Literals of unknown type at its top are read as the type.
 */
export function coerceOutput(
  statement: Statement,
  plan: LogicalPlan,
  types: readonly SqlType[],
  mode: Coercion,
  position: number,
): LogicalPlan | { readonly misfit: number } {
  const known =
    plan.kind === "project" ? readLiterals(statement, plan, types, mode, position) : plan;
  let changed = false;
  const exprs: Expr[] = [];
  for (const [i, column] of known.output.entries()) {
    const expr = columnExpr(column);
    const cast = tryCoerce(statement, expr, types[i]!, mode, position);
    if (cast === undefined) return { misfit: i };
    if (cast !== expr) changed = true;
    exprs.push(cast);
  }
  if (!changed) return known;
  const output = known.output.map((column, i) => statement.column(column.name, types[i]!));
  return projectOf(known, exprs, output);
}

/** What a select list left unknown is decided in its place, before any row is made. */
function readLiterals(
  statement: Statement,
  plan: Extract<LogicalPlan, { kind: "project" }>,
  types: readonly SqlType[],
  mode: Coercion,
  position: number,
): LogicalPlan {
  if (plan.exprs.every((expr) => expr.type.name !== "unknown")) return plan;
  const exprs = plan.exprs.map((expr, i) =>
    expr.type.name === "unknown"
      ? (tryCoerce(statement, expr, types[i]!, mode, position) ?? expr)
      : expr,
  );
  const output = plan.output.map((column, i) =>
    sameBase(column.type, exprs[i]!.type) ? column : { ...column, type: exprs[i]!.type },
  );
  return { ...plan, exprs, output };
}

/** Remembers which columns of a set operation are averages or divisions on either side. */
export function passNumbers(
  statement: Statement,
  plan: LogicalPlan,
  left: LogicalPlan,
  right: LogicalPlan,
): void {
  plan.output.forEach((column, i) => {
    const sides = [left.output[i]!, right.output[i]!];
    if (sides.some((side) => isNumber(statement, columnExpr(side)))) {
      statement.numbers.add(column.id);
    }
  });
}
