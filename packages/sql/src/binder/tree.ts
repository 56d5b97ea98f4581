import { mapParts } from "../planner/expressions.js";
import { mapChildren, mapExprs } from "../planner/nodes.js";
import type { LogicalPlan } from "../planner/plan.js";
import { withPlan } from "../planner/rewrite.js";
import { hashKey, sameBase, type SqlType } from "../types/index.js";
import { samePlan, sameQuantified } from "./same-plan.js";
import type { ColumnDef, Expr } from "./expr.js";

export const BOOLEAN: SqlType = { name: "boolean" };
export const INTEGER: SqlType = { name: "integer" };
export const BIGINT: SqlType = { name: "bigint" };
export const TEXT: SqlType = { name: "text" };
export const UNKNOWN: SqlType = { name: "unknown" };

export function columnExpr(column: ColumnDef): Expr {
  return { kind: "column", id: column.id, name: column.name, type: column.type };
}

export function constant(value: boolean | number | null, type: SqlType): Expr {
  return { kind: "const", value, type };
}

/** All of them hold; true of none. */
export function allOf(args: readonly Expr[]): Expr {
  const [first] = args;
  if (first === undefined) return constant(true, BOOLEAN);
  return args.length === 1 ? first : { kind: "and", args, type: BOOLEAN };
}

/** One of them holds; false of none. */
export function anyOf(args: readonly Expr[]): Expr {
  const [first] = args;
  if (first === undefined) return constant(false, BOOLEAN);
  return args.length === 1 ? first : { kind: "or", args, type: BOOLEAN };
}

export function negate(arg: Expr): Expr {
  return { kind: "not", arg, type: BOOLEAN };
}

/**
 * Replaces the parts for which `fn` gives something, from the root down, in the plans of subqueries
 * too; what it gives is not looked into again.
 */
function replaceDeep(expr: Expr, fn: (part: Expr) => Expr | undefined): Expr {
  const visit = (part: Expr): Expr => fn(part) ?? withPlan(mapParts(part, visit), visitPlan);
  const visitPlan = (plan: LogicalPlan): LogicalPlan =>
    mapExprs(mapChildren(plan, visitPlan), visit);
  return visit(expr);
}

/** Calls `fn` for every part, in the plans of subqueries too. */
export function eachDeep(expr: Expr, fn: (part: Expr) => void): void {
  replaceDeep(expr, (part) => {
    fn(part);
    return undefined;
  });
}

/** Whether the two compute the same value from the same columns. */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || !sameBase(a.type, b.type)) return false;
  switch (a.kind) {
    case "const":
      return sameConstant(a, b as typeof a);
    case "param":
      return a.index === (b as typeof a).index;
    case "column":
      return a.id === (b as typeof a).id;
    case "call":
      // One made for its arguments' types is made anew each time; name and arguments decide.
      return a.fn.name === (b as typeof a).fn.name && sameList(a.args, (b as typeof a).args);
    case "cast": {
      const other = (b as typeof a).type;
      const modified = a.type.length === other.length && a.type.precision === other.precision;
      return modified && a.type.scale === other.scale && sameExpr(a.arg, (b as typeof a).arg);
    }
    case "and":
    case "or":
    case "coalesce":
      return sameList(a.args, (b as typeof a).args);
    case "not":
      return sameExpr(a.arg, (b as typeof a).arg);
    case "isNull":
      return a.negated === (b as typeof a).negated && sameExpr(a.arg, (b as typeof a).arg);
    case "case":
      return sameCase(a, b as typeof a);
    case "in": {
      const other = b as typeof a;
      if (a.negated !== other.negated || !sameExpr(a.arg, other.arg)) return false;
      return sameList(a.list, other.list);
    }
    case "scalarSubquery":
      return samePlan(a.plan, (b as typeof a).plan);
    case "exists":
      return a.negated === (b as typeof a).negated && samePlan(a.plan, (b as typeof a).plan);
    case "quantified":
      return sameQuantified(a, b as typeof a);
  }
}

export function sameList(a: readonly Expr[], b: readonly Expr[]): boolean {
  return a.length === b.length && a.every((expr, i) => sameExpr(expr, b[i]!));
}

function sameConstant(
  a: Extract<Expr, { kind: "const" }>,
  b: Extract<Expr, { kind: "const" }>,
): boolean {
  if (a.value === b.value) return true;
  return (
    a.value !== null && b.value !== null && hashKey(a.value, a.type) === hashKey(b.value, b.type)
  );
}

function sameCase(a: Extract<Expr, { kind: "case" }>, b: Extract<Expr, { kind: "case" }>): boolean {
  if (a.branches.length !== b.branches.length || !sameExpr(a.otherwise, b.otherwise)) return false;
  return a.branches.every((branch, i) => {
    const other = b.branches[i]!;
    return sameExpr(branch.when, other.when) && sameExpr(branch.then, other.then);
  });
}
