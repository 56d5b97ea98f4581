import { areIdentical, sameBase, type SqlType } from "../types/index.js";
import { samePlan, sameQuantified } from "./same-plan.js";
import type { Expr } from "./expr.js";

export const BOOLEAN: SqlType = { name: "boolean" };
export const INTEGER: SqlType = { name: "integer" };
export const BIGINT: SqlType = { name: "bigint" };
export const TEXT: SqlType = { name: "text" };
export const UNKNOWN: SqlType = { name: "unknown" };

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

/** Whether the two compute the same value from the same columns. */
export function sameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || !sameBase(a.type, b.type)) return false;
  switch (a.kind) {
    case "const":
      return areIdentical(a.value, (b as typeof a).value, a.type);
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

function sameCase(a: Extract<Expr, { kind: "case" }>, b: Extract<Expr, { kind: "case" }>): boolean {
  if (a.branches.length !== b.branches.length || !sameExpr(a.otherwise, b.otherwise)) return false;
  return a.branches.every((branch, i) => {
    const other = b.branches[i]!;
    return sameExpr(branch.when, other.when) && sameExpr(branch.then, other.then);
  });
}
