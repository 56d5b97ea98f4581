import { AegisError } from "../contract/errors.js";
import { resultType } from "../functions/resolve.js";
import type { AggregateFunction, WindowFunction } from "../functions/registry.js";
import { columnExpr } from "../planner/expressions.js";
import type { CallNode, NamedWindow, WindowNode } from "../parser/ast.js";
import { overArguments } from "./aggregates.js";
import { bindArguments } from "./calls.js";
import { allowsWindows, CLAUSE_NAMES } from "./clauses.js";
import { coerceBoolean, resolveUnknown } from "./coerce.js";
import type { Expr, WindowCall } from "./expr.js";
import { bindExpression } from "./expression.js";
import { bindFrame } from "./frames.js";
import { chooseOverload, functionNotFound, type BoundCall } from "./functions.js";
import { originsOf } from "./levels.js";
import { isNumberCall } from "./numbers.js";
import type { NamedWindowDefinition, Scope } from "./scope.js";
import { requireEquality, sortKey } from "./sort-keys.js";
import { sameCall, sameWindow } from "./window-plans.js";

/** `f(…) OVER …`: a column that a window node of this query makes. */
export function bindWindowCall(node: CallNode, scope: Scope): Expr {
  const { position } = node;
  const { statement } = scope;
  checkCall(node, scope);
  const given = bindArguments(node, scope);
  const chosen = chooseFunction(node, given, scope);
  const args = chosen.args.map((arg) => resolveUnknown(statement, arg, position));
  const filter =
    node.filter &&
    scope.within("filter", () =>
      coerceBoolean(statement, bindExpression(node.filter!, scope), "FILTER", position),
    );
  const { partitionBy, orderBy, frame } = bindWindow(node.over!, scope);
  const read = [...args, ...partitionBy, ...orderBy.map((key) => key.expr)];
  for (const origin of originsOf(filter === undefined ? read : [...read, filter], scope)) {
    if (origin.scope !== scope || origin.kind !== "window") continue;
    throw new AegisError("WINDOWING_ERROR", "window function calls cannot be nested", { position });
  }
  const type = resultType(chosen.fn, chosen.types);
  const name = node.path.at(-1)!;
  const parts = { partitionBy, orderBy, call: { name, fn: chosen.fn, args, filter, frame, type } };
  const known = scope.windows.find((other) => sameWindow(other, parts) && sameCall(other, parts));
  if (known !== undefined) return columnExpr(known.call);
  const column = statement.column(name, type);
  const call: WindowCall = { ...parts.call, id: column.id };
  if (isNumberCall(statement, call)) statement.numbers.add(column.id);
  scope.windows.push({ partitionBy, orderBy, call });
  scope.adopt(column.id, {
    kind: "window",
    name: column.name,
    relation: undefined,
    tableColumn: undefined,
  });
  return columnExpr(column);
}

function checkCall(node: CallNode, scope: Scope): void {
  const { position } = node;
  if (!scope.groups || !allowsWindows(scope.clause)) {
    const message = `window functions are not allowed in ${CLAUSE_NAMES[scope.clause]}`;
    throw new AegisError("WINDOWING_ERROR", message, {
      position,
      hint: "Compute it in a subquery and refer to its result.",
    });
  }
  const refused = node.distinct
    ? "DISTINCT is not implemented for window functions"
    : node.withinGroup
      ? "OVER is not supported for ordered-set aggregates"
      : node.orderBy.length > 0
        ? "aggregate ORDER BY is not implemented for window functions"
        : undefined;
  if (refused !== undefined) throw new AegisError("UNSUPPORTED", refused, { position });
}

function chooseFunction(
  node: CallNode,
  args: readonly Expr[],
  scope: Scope,
): BoundCall<WindowFunction | AggregateFunction> {
  const { statement } = scope;
  const { position } = node;
  const name = node.path.at(-1)!;
  const { registry } = statement.context;
  const windows = registry.window(name);
  if (windows.length > 0) {
    const call = chooseOverload(statement, windows, args, position);
    if (call === undefined) throw functionNotFound(statement, name, args, position);
    if (node.filter !== undefined) {
      const message = "FILTER is not implemented for non-aggregate window functions";
      throw new AegisError("UNSUPPORTED", message, { position });
    }
    return call;
  }
  if (registry.aggregate(name).length > 0) return overArguments(node, args, scope);
  const others = [...registry.scalar(name), ...registry.table(name)];
  if (chooseOverload(statement, others, args, position) === undefined) {
    throw functionNotFound(statement, name, args, position);
  }
  const message = `OVER specified, but ${name} is not a window function nor an aggregate function`;
  throw new AegisError("WRONG_OBJECT_TYPE", message, { position });
}

/** A window as written, with what it takes from the one it is named after. */
function bindWindow(node: WindowNode, scope: Scope): NamedWindowDefinition {
  const { position } = node;
  const base = node.base === undefined ? undefined : namedWindow(node.base, scope, position);
  const plain =
    node.partitionBy.length === 0 && node.orderBy.length === 0 && node.frame === undefined;
  if (base !== undefined && plain) return base;
  if (base !== undefined) checkRefinement(node, base);
  const before = scope.clause;
  scope.clause = "window";
  const partitionBy = node.partitionBy.map((expression) => {
    const expr = resolveUnknown(scope.statement, bindExpression(expression, scope), position);
    requireEquality(expr, expression.position);
    return expr;
  });
  const orderBy = node.orderBy.map((item) => {
    const bound = bindExpression(item.expression, scope);
    return sortKey(item, resolveUnknown(scope.statement, bound, item.position));
  });
  const sorted = base !== undefined && base.orderBy.length > 0 ? base.orderBy : orderBy;
  const frame = bindFrame(node.frame, sorted, scope);
  scope.clause = before;
  return {
    partitionBy: base?.partitionBy ?? partitionBy,
    orderBy: sorted,
    framed: node.frame !== undefined,
    frame,
  };
}

function namedWindow(name: string, scope: Scope, position: number): NamedWindowDefinition {
  const found = scope.namedWindows.get(name);
  if (found !== undefined) return found;
  throw new AegisError("WINDOWING_ERROR", `window "${name}" does not exist`, {
    position,
    sqlState: "42704",
  });
}

function checkRefinement(node: WindowNode, base: NamedWindowDefinition): void {
  const what =
    node.partitionBy.length > 0
      ? `cannot override PARTITION BY clause of window "${node.base}"`
      : node.orderBy.length > 0 && base.orderBy.length > 0
        ? `cannot override ORDER BY clause of window "${node.base}"`
        : base.framed
          ? `cannot copy window "${node.base}" because it has a frame clause`
          : undefined;
  if (what === undefined) return;
  throw new AegisError("WINDOWING_ERROR", what, { position: node.position });
}

/** WINDOW w AS (…), …; a later one may refine an earlier one. */
export function bindNamedWindows(nodes: readonly NamedWindow[], scope: Scope): void {
  const windows = new Map<string, NamedWindowDefinition>();
  scope.namedWindows = windows;
  for (const { name, window, position } of nodes) {
    if (windows.has(name)) {
      throw new AegisError("WINDOWING_ERROR", `window "${name}" is already defined`, { position });
    }
    windows.set(name, bindWindow(window, scope));
  }
}
