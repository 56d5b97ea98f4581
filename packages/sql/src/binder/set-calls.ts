import { AegisError } from "../contract/errors.js";
import type { TableFunction } from "../functions/registry.js";
import { columnExpr } from "../planner/expressions.js";
import { eachDeep } from "../planner/rewrite.js";
import type { CallNode } from "../parser/ast.js";
import { bindArguments } from "./calls.js";
import { allowsSets, CLAUSE_NAMES } from "./clauses.js";
import { resolveUnknown } from "./coerce.js";
import { rowOf } from "./constructors.js";
import type { Expr } from "./expr.js";
import { chooseOverload, functionNotFound, tryScalar, type BoundCall } from "./functions.js";
import type { Scope, SetReturningCall } from "./scope.js";

/**
 * A set-returning function outside of FROM: every row of the query becomes as many as the function
 * gives, and the value is a column that a lateral join makes.
 */
export function bindSetCall(node: CallNode, scope: Scope): Expr {
  const { statement } = scope;
  const { position } = node;
  const args = bindArguments(node, scope);
  const name = node.path.at(-1)!;
  const scalar = tryScalar(statement, name, args, position);
  if (scalar !== undefined) return scalar;
  checkPlace(scope, position);
  const chosen = bindTableCall(node, args, scope);
  const columns = chosen.fn.columns(chosen.types);
  const output = columns.map((column) => {
    const type = column.type;
    return statement.column(columns.length === 1 ? name : column.name, type);
  });
  for (const column of output) {
    scope.adopt(column.id, {
      kind: "set",
      name: column.name,
      relation: undefined,
      tableColumn: undefined,
    });
  }
  const level = levelOf(chosen.args, scope);
  scope.setCalls.push({ fn: chosen.fn, args: chosen.args, columns: output, level });
  const [only] = output;
  if (only !== undefined && output.length === 1) return columnExpr(only);
  return rowOf(
    output.map(columnExpr),
    output.map((column) => column.name),
  );
}

function checkPlace(scope: Scope, position: number): void {
  if (scope.noSets !== undefined) {
    const message = `set-returning functions are not allowed in ${scope.noSets}`;
    throw new AegisError("UNSUPPORTED", message, {
      position,
      hint: "You might be able to move the set-returning function into a LATERAL FROM item.",
    });
  }
  if (scope.groups && allowsSets(scope.clause)) return;
  const message = `set-returning functions are not allowed in ${CLAUSE_NAMES[scope.clause]}`;
  throw new AegisError("UNSUPPORTED", message, { position });
}

/** The overload of a table function; `args` are bound already. */
export function bindTableCall(
  node: CallNode,
  args: readonly Expr[],
  scope: Scope,
): BoundCall<TableFunction> {
  const { statement } = scope;
  const { position } = node;
  const name = node.path.at(-1)!;
  const candidates = statement.context.registry.table(name);
  const chosen = chooseOverload(statement, candidates, args, position);
  if (chosen === undefined) throw functionNotFound(statement, name, args, position);
  const cast = chosen.args.map((arg) => resolveUnknown(statement, arg, position));
  return { fn: chosen.fn, args: cast, types: cast.map((arg) => arg.type) };
}

/** One more than the deepest set-returning call among the arguments. */
function levelOf(args: readonly Expr[], scope: Scope): number {
  const made = new Map<number, SetReturningCall>();
  for (const call of scope.setCalls) {
    for (const column of call.columns) made.set(column.id, call);
  }
  let level = 0;
  for (const arg of args) {
    eachDeep(arg, (part) => {
      const inner = part.kind === "column" ? made.get(part.id) : undefined;
      if (inner !== undefined) level = Math.max(level, inner.level + 1);
    });
  }
  return level;
}
