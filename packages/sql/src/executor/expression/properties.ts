import type { ColumnId, Expr } from "../../binder/expr.js";
import { columnsOf, eachPart, isSubquery, isVolatile } from "../../planner/expressions.js";
import type { SqlType } from "../../types/sql-type.js";
import { readsOuterCtes } from "../../planner/plan-traits.js";

const sizes = new WeakMap<Expr, number>();

/** Nodes of an expression; the plans of subqueries do not count. */
export function sizeOf(expr: Expr): number {
  let size = sizes.get(expr);
  if (size === undefined) {
    let sum = 1;
    eachPart(expr, (part) => (sum += sizeOf(part)));
    size = sum;
    sizes.set(expr, size);
  }
  return size;
}

const runConstants = new WeakMap<Expr, boolean>();

/**
 * Whether an expression is the same for all rows of a run and costs more than looking it up:
 * stable functions of constants, casts of parameters, subqueries that refer to nothing outside.
 */
export function isRunConstant(expr: Expr): boolean {
  if (expr.kind !== "call" && expr.kind !== "cast" && !isSubquery(expr)) return false;
  let known = runConstants.get(expr);
  if (known === undefined) {
    known =
      isWorthKeeping(expr) &&
      columnsOf(expr).size === 0 &&
      !isVolatile(expr) &&
      !readsOuterCtes(expr);
    runConstants.set(expr, known);
  }
  return known;
}

function isWorthKeeping(expr: Expr): boolean {
  if (expr.kind === "call") return expr.fn.inline === undefined;
  return expr.kind !== "cast" || !isIdentityCast(expr.arg.type, expr.type);
}

/** Whether two expressions surely have the same value in the same row. */
export function computesSame(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case "const":
      return b.kind === "const" && Object.is(a.value, b.value) && a.type.name === b.type.name;
    case "param":
      return b.kind === "param" && a.index === b.index;
    case "column":
      return b.kind === "column" && a.id === b.id;
    case "call":
      return (
        b.kind === "call" &&
        a.fn === b.fn &&
        a.fn.volatility !== "volatile" &&
        a.args.length === b.args.length &&
        a.args.every((arg, i) => computesSame(arg, b.args[i]!))
      );
    case "cast":
      return (
        b.kind === "cast" &&
        a.type.name === b.type.name &&
        sameModifier(a.type, b.type) &&
        a.type.element === undefined &&
        a.explicit === b.explicit &&
        computesSame(a.arg, b.arg)
      );
    default:
      return false;
  }
}

/** Whether a cast leaves every datum as it is. */
export function isIdentityCast(from: SqlType, to: SqlType): boolean {
  if (hasModifier(to)) return from.name === to.name && sameModifier(from, to);
  switch (to.name) {
    case "integer":
      return from.name === "smallint" || from.name === "integer";
    case "bigint":
      return from.name === "smallint" || from.name === "integer" || from.name === "bigint";
    case "double precision":
      return from.name === "smallint" || from.name === "integer" || from.name === "real";
    case "text":
    case "varchar":
      return from.name === "text" || from.name === "varchar" || from.name === "char";
    case "array":
      return (
        from.name === "array" &&
        from.element !== undefined &&
        to.element !== undefined &&
        isIdentityCast(from.element, to.element)
      );
    case "record":
      return false;
    default:
      return from.name === to.name;
  }
}

function hasModifier(type: SqlType): boolean {
  return type.length !== undefined || type.precision !== undefined || type.scale !== undefined;
}

function sameModifier(a: SqlType, b: SqlType): boolean {
  return a.length === b.length && a.precision === b.precision && a.scale === b.scale;
}

/** The columns an expression reads that the scope has; the others are of outer queries. */
export function localColumns(
  expr: Expr,
  scope: { column(id: ColumnId): string | undefined },
): ColumnId[] {
  return [...columnsOf(expr)].filter((id) => scope.column(id) !== undefined);
}
