import type { Expr } from "../../binder/expr.js";
import { AegisError } from "../../contract/errors.js";
import type { EvalContext } from "../../functions/registry.js";
import { findCast } from "../../types/casts.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType, SqlTypeName } from "../../types/sql-type.js";
import { empty } from "../build.js";
import type { LogicalPlan } from "../plan.js";
import { rewrite } from "../rewrite.js";

/**
 * Computes what depends on no row, drops conditions that always hold and branches that never do.
 * What fails is left as it is: it fails when, and only if, it is evaluated.
 */
export function foldConstants(plan: LogicalPlan): LogicalPlan {
  return rewrite(plan, foldNode, foldExpr);
}

function foldNode(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== "filter" || plan.predicate.kind !== "const") return plan;
  return plan.predicate.value === true ? plan.input : empty(plan.output);
}

function foldExpr(expr: Expr): Expr {
  switch (expr.kind) {
    case "call":
      return foldCall(expr);
    case "cast":
      return foldCast(expr);
    case "and":
      return foldLogical(expr, expr.args, true);
    case "or":
      return foldLogical(expr, expr.args, false);
    case "not":
      if (expr.arg.kind !== "const") return expr;
      return constant(expr.arg.value === null ? null : !(expr.arg.value as boolean), expr.type);
    case "isNull":
      if (expr.arg.kind !== "const") return expr;
      return constant((expr.arg.value === null) !== expr.negated, expr.type);
    case "case":
      return foldCase(expr);
    case "coalesce":
      return foldCoalesce(expr);
    default:
      return expr;
  }
}

function constant(value: Datum, type: SqlType): Expr {
  return { kind: "const", value, type };
}

function foldCall(expr: Extract<Expr, { kind: "call" }>): Expr {
  const { fn, args, type } = expr;
  if (fn.strict && args.some((arg) => arg.kind === "const" && arg.value === null)) {
    return fn.volatility === "volatile" ? expr : constant(null, type);
  }
  if (fn.volatility !== "immutable") return expr;
  const values: Datum[] = [];
  for (const arg of args) {
    if (arg.kind !== "const") return expr;
    values.push(arg.value);
  }
  return attempt(expr, () => fn.evaluate(values, WITHOUT_STATEMENT));
}

/** An immutable function asks for none of these. */
const WITHOUT_STATEMENT: EvalContext = {
  now: 0,
  clock: () => refuse(),
  random: () => refuse(),
  setting: () => undefined,
  currentUser: "",
  currentDatabase: "",
  sequences: undefined,
};

function refuse(): never {
  throw new AegisError("INTERNAL", "an immutable function reads the clock or random numbers");
}

/** Types whose text means the same in every session and at every instant. */
const PLAIN: ReadonlySet<SqlTypeName> = new Set<SqlTypeName>([
  "boolean",
  "smallint",
  "integer",
  "bigint",
  "real",
  "double precision",
  "numeric",
  "text",
  "varchar",
  "char",
  "uuid",
  "unknown",
]);

const FLOATS: ReadonlySet<SqlTypeName> = new Set(["real", "double precision"]);
const TEXTS: ReadonlySet<SqlTypeName> = new Set(["text", "varchar", "char"]);

function foldCast(expr: Extract<Expr, { kind: "cast" }>): Expr {
  const { arg, type, explicit } = expr;
  if (arg.kind !== "const") return expr;
  if (arg.value === null) return constant(null, type);
  if (!PLAIN.has(arg.type.name) || !PLAIN.has(type.name)) return expr;
  // How many digits the text of a float has is the session's to say.
  if (FLOATS.has(arg.type.name) && TEXTS.has(type.name)) return expr;
  const cast = findCast(arg.type, type);
  if (cast === undefined) return expr;
  return attempt(expr, () => cast.apply(arg.value, type, { now: 0, timeZone: "UTC" }, explicit));
}

function attempt(expr: Expr, evaluate: () => Datum): Expr {
  try {
    return constant(evaluate(), expr.type);
  } catch (error) {
    if (error instanceof AegisError) return expr;
    throw error;
  }
}

/** `neutral` is true for AND, false for OR; its opposite decides alone. */
function foldLogical(expr: Expr, args: readonly Expr[], neutral: boolean): Expr {
  if (!args.some((arg) => arg.kind === "const" || arg.kind === expr.kind)) return expr;
  const kept: Expr[] = [];
  let unknown = false;
  for (const arg of args) {
    if (arg.kind === expr.kind && (arg.kind === "and" || arg.kind === "or")) kept.push(...arg.args);
    else if (arg.kind !== "const") kept.push(arg);
    else if (arg.value === null) unknown = true;
    else if (arg.value !== neutral) return constant(!neutral, expr.type);
  }
  if (unknown) kept.push(constant(null, expr.type));
  if (kept.length === 0) return constant(neutral, expr.type);
  if (kept.length === 1) return kept[0]!;
  return { kind: neutral ? "and" : "or", args: kept, type: expr.type };
}

function foldCase(expr: Extract<Expr, { kind: "case" }>): Expr {
  const branches: (typeof expr.branches)[number][] = [];
  for (const branch of expr.branches) {
    if (branch.when.kind !== "const") branches.push(branch);
    else if (branch.when.value === true) {
      return branches.length === 0 ? branch.then : { ...expr, branches, otherwise: branch.then };
    }
  }
  if (branches.length === 0) return expr.otherwise;
  return branches.length === expr.branches.length ? expr : { ...expr, branches };
}

function foldCoalesce(expr: Extract<Expr, { kind: "coalesce" }>): Expr {
  const args: Expr[] = [];
  for (const arg of expr.args) {
    if (arg.kind === "const" && arg.value === null) continue;
    args.push(arg);
    if (arg.kind === "const") break;
  }
  if (args.length === 0) return constant(null, expr.type);
  if (args.length === 1) return args[0]!;
  return args.length === expr.args.length ? expr : { ...expr, args };
}
