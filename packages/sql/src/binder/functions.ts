import { AegisError } from "../contract/errors.js";
import { resolveOverload, resultType, type Overload } from "../functions/resolve.js";
import type { ScalarFunction } from "../functions/registry.js";
import { typeName, type SqlType } from "../types/index.js";
import { coerce } from "./coerce.js";
import type { Expr } from "./expr.js";
import { insteadOf } from "./absent-functions.js";
import { isCatalogCall } from "./catalog-calls.js";
import { didYouMean } from "./nearest.js";
import type { Statement } from "./statement.js";

const CASTS_HINT = "You might need to add explicit type casts.";

export interface BoundCall<F> {
  readonly fn: F;
  readonly args: readonly Expr[];
  /** Types of the arguments after their casts. */
  readonly types: readonly SqlType[];
}

function typesOf(args: readonly Expr[]): SqlType[] {
  return args.map((arg) => arg.type);
}

function signature(name: string, args: readonly Expr[]): string {
  return `${name}(${args.map((arg) => typeName(arg.type)).join(", ")})`;
}

/** The overload for these arguments, and the arguments cast to its types; undefined if none fits. */
export function chooseOverload<F extends Overload>(
  statement: Statement,
  candidates: readonly F[],
  args: readonly Expr[],
  position: number,
): BoundCall<F> | undefined {
  const resolution = located(position, () => resolveOverload(candidates, typesOf(args)));
  if (resolution.kind === "none") return undefined;
  if (resolution.kind === "ambiguous") throw ambiguous(candidates[0]!.name, args, position);
  const { fn, params } = resolution;
  const cast = args.map((arg, i) => coerce(statement, arg, params[i]!, "implicit", position));
  return { fn, args: cast, types: cast.map((arg, i) => resolvedType(arg.type, params[i]!)) };
}

/** What a function says of its arguments' types knows no place in the text. */
function located<Result>(position: number, resolve: () => Result): Result {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof AegisError) || error.position !== undefined) throw error;
    const { code, message, hint, sqlState } = error;
    throw new AegisError(code, message, { hint, sqlState, position, cause: error });
  }
}

function resolvedType(type: SqlType, param: SqlType): SqlType {
  return type.name === "unknown" ? param : type;
}

function ambiguous(name: string, args: readonly Expr[], position: number): AegisError {
  const isOperator = !/^[a-z_]/i.test(name) || name.startsWith("unary ");
  const what = isOperator
    ? `operator is not unique: ${operatorText(name, args)}`
    : `function ${signature(name, args)} is not unique`;
  const hint = `Could not choose a best candidate. ${CASTS_HINT}`;
  return new AegisError("AMBIGUOUS_FUNCTION", what, { position, hint });
}

function operatorText(name: string, args: readonly Expr[]): string {
  const symbol = name.replace(/^unary /, "");
  const [left, right] = typesOf(args);
  if (right === undefined) return `${symbol} ${typeName(left!)}`;
  return `${typeName(left!)} ${symbol} ${typeName(right)}`;
}

function callOf(call: BoundCall<ScalarFunction>, position: number): Expr {
  const type = resultType(call.fn, call.types);
  return { kind: "call", fn: call.fn, args: call.args, type, position };
}

/** A call of an operator by its symbol. FUNCTION_NOT_FOUND where no overload fits. */
export function bindOperator(
  statement: Statement,
  name: string,
  args: readonly Expr[],
  position: number,
): Expr {
  const candidates = statement.context.registry.scalar(name);
  const call = chooseOverload(statement, candidates, args, position);
  if (call !== undefined) return callOf(call, position);
  throw new AegisError(
    "FUNCTION_NOT_FOUND",
    `operator does not exist: ${operatorText(name, args)}`,
    {
      position,
      hint: `No operator matches the given name and argument types. ${CASTS_HINT}`,
    },
  );
}

/** A call of a scalar function by its name; undefined where no overload fits. */
export function tryScalar(
  statement: Statement,
  name: string,
  args: readonly Expr[],
  position: number,
): Expr | undefined {
  const candidates = statement.context.registry.scalar(name);
  const call = chooseOverload(statement, candidates, args, position);
  return call && callOf(call, position);
}

export function bindScalar(
  statement: Statement,
  name: string,
  args: readonly Expr[],
  position: number,
): Expr {
  const expr = tryScalar(statement, name, args, position);
  if (expr === undefined) throw functionNotFound(statement, name, args, position);
  return expr;
}

/** Whether there is any function of this name. */
export function isKnown({ context: { registry } }: Statement, name: string): boolean {
  const kinds = [
    registry.scalar(name),
    registry.aggregate(name),
    registry.window(name),
    registry.table(name),
  ];
  return isCatalogCall(name) || kinds.some((overloads) => overloads.length > 0);
}

export function functionNotFound(
  statement: Statement,
  name: string,
  args: readonly Expr[],
  position: number,
): AegisError {
  const { registry } = statement.context;
  const instead = insteadOf(name);
  if (instead !== undefined) {
    const message = `${name} is not supported`;
    return new AegisError("UNSUPPORTED", message, { position, hint: instead });
  }
  const message = `function ${signature(name, args)} does not exist`;
  const hint = isKnown(statement, name)
    ? `No function matches the given name and argument types. ${CASTS_HINT}`
    : (didYouMean(name, registry.similar(name)) ?? "No function of that name exists.");
  return new AegisError("FUNCTION_NOT_FOUND", message, { position, hint });
}
