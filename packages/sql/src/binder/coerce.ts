import { AegisError, type ErrorDetails } from "../contract/errors.js";
import {
  applyModifier,
  castsImplicitly,
  commonType,
  findCast,
  fromText,
  sameBase,
  type SqlType,
  typeName,
  withoutModifiers,
} from "../types/index.js";
import type { Expr } from "./expr.js";
import type { Statement } from "./statement.js";
import { BOOLEAN } from "./tree.js";

/** What asks for a cast: an expression, a column to be stored in, or CAST. */
export type Coercion = "implicit" | "assignment" | "explicit";

const ALLOWED: Readonly<Record<Coercion, readonly Coercion[]>> = {
  implicit: ["implicit"],
  assignment: ["implicit", "assignment"],
  explicit: ["implicit", "assignment", "explicit"],
};

/** The expression as a value of the type; undefined where no such cast is allowed. */
export function tryCoerce(
  statement: Statement,
  expr: Expr,
  target: SqlType,
  mode: Coercion,
  position: number,
): Expr | undefined {
  if (target.name === "unknown") return expr;
  if (expr.type.name === "unknown") {
    if (expr.kind === "const")
      return literalAs(expr, target, mode, statement.positionOf(expr) ?? position);
    if (expr.kind === "param") {
      return parameterAs(statement, expr, target, mode, position);
    }
  }
  if (sameBase(expr.type, target) && !modifies(expr.type, target)) return expr;
  const cast = recordCast(expr.type, target) ?? findCast(expr.type, target)?.kind;
  if (cast === undefined || !ALLOWED[mode].includes(cast)) return undefined;
  return { kind: "cast", arg: expr, type: target, explicit: mode === "explicit", position };
}

/** A parameter that stood in two places before its type was known must suit both. */
function parameterAs(
  statement: Statement,
  param: Extract<Expr, { kind: "param" }>,
  target: SqlType,
  mode: Coercion,
  position: number,
): Expr {
  const decided = statement.parameters.decide(param, withoutModifiers(target));
  const cast = tryCoerce(statement, decided, target, mode, position);
  if (cast !== undefined) return cast;
  const message = `inconsistent types deduced for parameter $${param.index + 1}`;
  throw new AegisError("INDETERMINATE_TYPE", message, {
    detail: `${typeName(decided.type)} versus ${typeName(target)}`,
    hint: "Cast the parameter to the type you want.",
    sqlState: "42P08",
    position,
  });
}

/** Any record serves where a record is wanted; its fields are its own. */
function recordCast(from: SqlType, to: SqlType): Coercion | undefined {
  return from.name === "record" && to.name === "record" ? "implicit" : undefined;
}

/** Whether storing as `to` may change a value of the same base type. */
function modifies(from: SqlType, to: SqlType): boolean {
  if (to.element !== undefined) return modifies(from.element ?? from, to.element);
  if (to.length === undefined && to.precision === undefined && to.scale === undefined) return false;
  return from.length !== to.length || from.precision !== to.precision || from.scale !== to.scale;
}

/** Values of these types depend on the session's clock or time zone where they are read. */
const SESSION_WORDS = /now|today|tomorrow|yesterday|allballs/i;
const HAS_ZONE = /:[0-9.]+\s*(z|utc|[+-]\d{1,2}(:?\d{2})?)$/i;

function dependsOnSession(text: string, type: SqlType): boolean {
  switch (type.name) {
    case "array":
      return type.element !== undefined && dependsOnSession(text, type.element);
    case "date":
    case "time":
    case "timestamp":
      return SESSION_WORDS.test(text);
    case "timestamptz":
      return SESSION_WORDS.test(text) || !HAS_ZONE.test(text);
    default:
      return false;
  }
}

/** A literal is read at once, so that a bad one is an error before anything runs. */
function literalAs(
  expr: Extract<Expr, { kind: "const" }>,
  type: SqlType,
  mode: Coercion,
  position: number,
): Expr {
  if (expr.value === null) return { kind: "const", value: null, type };
  const text = expr.value as string;
  const explicit = mode === "explicit";
  if (dependsOnSession(text, type)) return { kind: "cast", arg: expr, type, explicit, position };
  return located(position, () => {
    const value = fromText(text, type, { now: 0, timeZone: "UTC" });
    return { kind: "const", value: applyModifier(value, type, explicit), type };
  });
}

/** Gives an error that knows no place the one it happened at. */
export function located<T>(position: number, fn: () => T): T {
  try {
    return fn();
  } catch (error) {
    if (!(error instanceof AegisError) || error.position !== undefined) throw error;
    const { detail, hint, sqlState } = error;
    throw new AegisError(error.code, error.message, { detail, hint, sqlState, position });
  }
}

/** As `tryCoerce`; throws CANNOT_CAST for CAST and TYPE_MISMATCH for the others. */
export function coerce(
  statement: Statement,
  expr: Expr,
  target: SqlType,
  mode: Coercion,
  position: number,
): Expr {
  const result = tryCoerce(statement, expr, target, mode, position);
  if (result !== undefined) return result;
  const details: ErrorDetails = { position };
  const message = `cannot cast type ${typeName(expr.type)} to ${typeName(target)}`;
  throw new AegisError("CANNOT_CAST", message, details);
}

/** The expression as a condition; `what` names the place ("WHERE", "argument of NOT"). */
export function coerceBoolean(
  statement: Statement,
  expr: Expr,
  what: string,
  position: number,
): Expr {
  return coerceFor(statement, expr, BOOLEAN, what, position);
}

/** "argument of LIMIT must be type bigint, not type text". */
export function coerceFor(
  statement: Statement,
  expr: Expr,
  target: SqlType,
  what: string,
  position: number,
): Expr {
  const result = tryCoerce(statement, expr, target, "assignment", position);
  const unfit = result === undefined || (target === BOOLEAN && expr.type.name !== "boolean");
  if (result !== undefined && (!unfit || expr.type.name === "unknown")) return result;
  const types = `must be type ${typeName(target)}, not type ${typeName(expr.type)}`;
  throw new AegisError("TYPE_MISMATCH", `argument of ${what} ${types}`, { position });
}

/** Brings all to their common type, as the branches of CASE, UNION, COALESCE, ARRAY and VALUES. */
export function unify(
  statement: Statement,
  exprs: readonly Expr[],
  what: string,
  positions: readonly number[],
): { readonly exprs: readonly Expr[]; readonly type: SqlType } {
  const first = exprs.find((expr) => expr.type.name !== "unknown");
  const type = located(mismatchPosition(exprs, positions), () =>
    first?.type.name === "record"
      ? first.type
      : commonType(
          exprs.map((expr) => expr.type),
          what,
        ),
  );
  const mapped = exprs.map((expr, i) => {
    const result = tryCoerce(statement, expr, type, "implicit", positions[i] ?? 0);
    if (result !== undefined) return result;
    const types = `${typeName(type)} and ${typeName(expr.type)}`;
    throw new AegisError("TYPE_MISMATCH", `${what} types ${types} cannot be matched`, {
      position: positions[i],
    });
  });
  return { exprs: mapped, type };
}

/** The first expression that does not go with those before it. */
function mismatchPosition(exprs: readonly Expr[], positions: readonly number[]): number {
  const first = exprs.findIndex((expr) => expr.type.name !== "unknown");
  for (let i = first + 1; first >= 0 && i < exprs.length; i++) {
    const [a, b] = [exprs[first]!.type, exprs[i]!.type];
    if (b.name === "unknown" || sameBase(a, b)) continue;
    if (!castsImplicitly(a, b) && !castsImplicitly(b, a)) return positions[i] ?? 0;
  }
  return positions[0] ?? 0;
}

/** What is still a literal of no known type at the end is text. */
export function resolveUnknown(statement: Statement, expr: Expr, position: number): Expr {
  if (expr.type.name !== "unknown") return expr;
  return coerce(statement, expr, { name: "text" }, "implicit", position);
}
