import { AegisError } from "../contract/errors.js";
import { resultType } from "../functions/resolve.js";
import type { AggregateFunction } from "../functions/registry.js";
import { columnExpr, isVolatile } from "../planner/expressions.js";
import type { CallNode, SortItem } from "../parser/ast.js";
import { bindArguments } from "./calls.js";
import { allowsAggregates, CLAUSE_NAMES } from "./clauses.js";
import { coerceBoolean, resolveUnknown } from "./coerce.js";
import type { AggregateCall, Expr, SortKey } from "./expr.js";
import { bindExpression } from "./expression.js";
import { chooseOverload, functionNotFound, type BoundCall } from "./functions.js";
import { nearestLevel, originsOf } from "./levels.js";
import { isNumberCall } from "./numbers.js";
import type { Scope } from "./scope.js";
import { sortKey } from "./sort-keys.js";
import { sameExpr, sameList } from "./tree.js";

/** What a call of an aggregate is made of, before it is known which query it belongs to. */
interface AggregateParts {
  readonly fn: AggregateFunction;
  readonly args: readonly Expr[];
  readonly filter: Expr | undefined;
  readonly orderBy: readonly SortKey[];
  readonly type: AggregateCall["type"];
}

/**
 * An aggregate belongs to the nearest query whose columns it reads, which may be one around this;
 * its value is a column that the grouping of that query makes.
 */
export function bindAggregate(node: CallNode, scope: Scope): Expr {
  const { position } = node;
  const parts = bindParts(node, scope);
  const read = [
    ...parts.args,
    ...(parts.filter === undefined ? [] : [parts.filter]),
    ...parts.orderBy.map((key) => key.expr),
  ];
  const origins = originsOf(read, scope);
  const owner = nearestLevel(origins, scope) ?? scope;
  checkPlace(owner, position);
  for (const { scope: level, kind } of origins) {
    if (level !== owner || kind === "input") continue;
    throw nested(kind, position);
  }
  const call: AggregateCall = {
    id: -1,
    name: node.path.at(-1)!,
    distinct: node.distinct,
    ...parts,
  };
  return addAggregate(owner, call, position);
}

function nested(kind: "aggregate" | "window" | "set", position: number): AegisError {
  if (kind === "set") {
    const message = "aggregate function calls cannot contain set-returning function calls";
    return new AegisError("UNSUPPORTED", message, { position });
  }
  const message =
    kind === "aggregate"
      ? "aggregate function calls cannot be nested"
      : "aggregate function calls cannot contain window function calls";
  return new AegisError("GROUPING_ERROR", message, { position });
}

function checkPlace(owner: Scope, position: number): void {
  const { clause } = owner;
  if (owner.groups && allowsAggregates(clause)) return;
  const what =
    clause === "from"
      ? "FROM clause of their own query level"
      : clause === "select"
        ? "this context"
        : CLAUSE_NAMES[clause];
  const message = `aggregate functions are not allowed in ${what}`;
  const hint = clause === "where" ? "Conditions on aggregates go into HAVING." : undefined;
  throw new AegisError("GROUPING_ERROR", message, { position, hint });
}

/** Equal calls are computed once, unless each is to have values of its own. */
function addAggregate(owner: Scope, call: AggregateCall, position: number): Expr {
  const { statement } = owner;
  const known = owner.aggregates.find((other) => sameCall(other, call));
  if (known !== undefined && !call.args.some(isVolatile)) return columnExpr(known);
  const column = statement.column(call.name, call.type);
  owner.aggregates.push({ ...call, id: column.id });
  owner.firstAggregate ??= position;
  if (isNumberCall(statement, call)) statement.numbers.add(column.id);
  owner.adopt(column.id, {
    kind: "aggregate",
    name: call.name,
    relation: undefined,
    tableColumn: undefined,
  });
  const expr = columnExpr(column);
  statement.remember(expr, position);
  return expr;
}

function sameCall(a: AggregateCall, b: AggregateCall): boolean {
  if (a.fn !== b.fn || a.distinct !== b.distinct || !sameList(a.args, b.args)) return false;
  if (a.filter !== b.filter) {
    if (a.filter === undefined || b.filter === undefined) return false;
    if (!sameExpr(a.filter, b.filter)) return false;
  }
  if (a.orderBy.length !== b.orderBy.length) return false;
  return a.orderBy.every((key, i) => {
    const other = b.orderBy[i]!;
    const alike = key.descending === other.descending && key.nullsFirst === other.nullsFirst;
    return alike && sameExpr(key.expr, other.expr);
  });
}

function bindParts(node: CallNode, scope: Scope): AggregateParts {
  const { statement } = scope;
  const given = bindArguments(node, scope);
  const call = node.withinGroup
    ? overWithinGroup(node, given, scope)
    : overArguments(node, given, scope);
  const filter = bindFilter(node, scope);
  if (node.withinGroup) {
    const sorted = call.args.slice(given.length);
    const orderBy = node.orderBy.map((item, i) => sortKey(item, sorted[i]!));
    return { ...call, filter, orderBy, type: resultType(call.fn, call.types) };
  }
  const orderBy = node.orderBy.map((item) => bindSortItem(item, call, scope));
  if (node.distinct) {
    for (const [i, key] of orderBy.entries()) {
      if (call.args.some((arg) => sameExpr(arg, key.expr))) continue;
      const message =
        "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list";
      throw new AegisError("INVALID_COLUMN_REFERENCE", message, {
        position: node.orderBy[i]!.position,
      });
    }
  }
  const args = call.args.map((arg) => resolveUnknown(statement, arg, node.position));
  return { fn: call.fn, args, filter, orderBy, type: resultType(call.fn, call.types) };
}

function bindFilter(node: CallNode, scope: Scope): Expr | undefined {
  const { filter } = node;
  if (filter === undefined) return undefined;
  return scope.within("filter", () =>
    coerceBoolean(scope.statement, bindExpression(filter, scope), "FILTER", filter.position),
  );
}

/** A sort key that is an argument as well is sorted as the argument is passed. */
function bindSortItem(item: SortItem, call: BoundCall<AggregateFunction>, scope: Scope): SortKey {
  const { statement } = scope;
  const bound = resolveUnknown(statement, bindExpression(item.expression, scope), item.position);
  const same = call.args.find(
    (arg) => sameExpr(arg, bound) || (arg.kind === "cast" && sameExpr(arg.arg, bound)),
  );
  return sortKey(item, same ?? bound);
}

/** `aggregate(a, b)`, also with OVER, where the arguments are bound already. */
export function overArguments(
  node: CallNode,
  args: readonly Expr[],
  scope: Scope,
): BoundCall<AggregateFunction> {
  const { statement } = scope;
  const { position } = node;
  const name = node.path.at(-1)!;
  const candidates = statement.context.registry.aggregate(name);
  const plain = candidates.filter((fn) => fn.directArguments === undefined);
  if (plain.length === 0 && chooseOverload(statement, candidates, args, position) !== undefined) {
    const message = `WITHIN GROUP is required for ordered-set aggregate ${name}`;
    throw new AegisError("WRONG_OBJECT_TYPE", message, { position });
  }
  if (!node.star && args.length === 0 && plain.some((fn) => fn.params.length === 0)) {
    const message = `${name}(*) must be used to call a parameterless aggregate function`;
    throw new AegisError("WRONG_OBJECT_TYPE", message, { position });
  }
  if (node.star && !plain.some((fn) => fn.params.length === 0)) {
    throw functionNotFound(statement, name, args, position);
  }
  const call = chooseOverload(statement, plain, args, position);
  if (call === undefined) throw functionNotFound(statement, name, args, position);
  return call;
}

function overWithinGroup(
  node: CallNode,
  given: readonly Expr[],
  scope: Scope,
): BoundCall<AggregateFunction> {
  const { statement } = scope;
  const { position } = node;
  const name = node.path.at(-1)!;
  const sorted = node.orderBy.map((item) => bindExpression(item.expression, scope));
  const candidates = statement.context.registry
    .aggregate(name)
    .filter((fn) => fn.directArguments === given.length);
  if (statement.context.registry.aggregate(name).every((fn) => fn.directArguments === undefined)) {
    const message = `${name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP`;
    throw new AegisError("WRONG_OBJECT_TYPE", message, { position });
  }
  const call = chooseOverload(statement, candidates, [...given, ...sorted], position);
  if (call === undefined) throw functionNotFound(statement, name, [...given, ...sorted], position);
  return call;
}
