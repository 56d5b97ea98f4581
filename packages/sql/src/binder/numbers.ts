import type { ColumnDef, Expr } from "./expr.js";
import type { Statement } from "./statement.js";

/**
 * Averages and divisions reach JavaScript as numbers, although numeric values of no declared
 * precision are strings otherwise: their digits are an approximation already. Which columns these
 * are is remembered by id while a statement is bound, and told by `ResultColumn.asNumber`.
 */
export function markNumbers(
  statement: Statement,
  output: readonly ColumnDef[],
  exprs: readonly Expr[],
): void {
  output.forEach((column, i) => {
    if (isNumber(statement, exprs[i]!)) statement.numbers.add(column.id);
  });
}

/** Whether the value is an approximate numeric: of a division or average, or computed from one. */
export function isNumber(statement: Statement, expr: Expr): boolean {
  if (expr.type.name !== "numeric" || expr.type.precision !== undefined) return false;
  switch (expr.kind) {
    case "column":
      return statement.numbers.has(expr.id);
    case "call":
      return expr.fn.name === "/" || expr.args.some((arg) => isNumber(statement, arg));
    case "case":
      return [expr.otherwise, ...expr.branches.map(({ then }) => then)].some((branch) =>
        isNumber(statement, branch),
      );
    case "coalesce":
      return expr.args.some((arg) => isNumber(statement, arg));
    case "scalarSubquery":
      return statement.numbers.has(expr.plan.output[0]!.id);
    default:
      return false;
  }
}

const AVERAGES: ReadonlySet<string> = new Set([
  "avg",
  "stddev",
  "stddev_pop",
  "stddev_samp",
  "variance",
  "var_pop",
  "var_samp",
]);
const PASSING: ReadonlySet<string> = new Set(["sum", "min", "max", "first_value", "last_value"]);

/** The same of the result of an aggregate or a window function. */
export function isNumberCall(
  statement: Statement,
  call: { readonly name: string; readonly args: readonly Expr[]; readonly type: Expr["type"] },
): boolean {
  if (call.type.name !== "numeric") return false;
  if (AVERAGES.has(call.name)) return true;
  return PASSING.has(call.name) && call.args.some((arg) => isNumber(statement, arg));
}
