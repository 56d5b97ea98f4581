import { AegisError } from "../contract/errors.js";
import type { ExpressionNode } from "../parser/ast.js";
import { coerceBoolean } from "./coerce.js";
import { fieldOf } from "./constructors.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { bindOperator, tryScalar } from "./functions.js";
import { withValue } from "./once.js";
import type { Scope } from "./scope.js";
import type { Statement } from "./statement.js";
import { bindRowSubquery } from "./subqueries.js";
import { allOf, anyOf, BOOLEAN, constant, negate } from "./tree.js";

type NodeOf<K extends ExpressionNode["kind"]> = Extract<ExpressionNode, { kind: K }>;

const COMPARISONS: ReadonlySet<string> = new Set(["=", "<>", "<", "<=", ">", ">="]);

export function bindBinary(node: NodeOf<"binary">, scope: Scope): Expr {
  const { operator, position } = node;
  const left = bindExpression(node.left, scope);
  const comparesRows = node.left.kind === "row" && COMPARISONS.has(operator);
  if (comparesRows && node.right.kind === "subquery") {
    const row = bindRowSubquery(node.right, scope);
    return withValue(scope, row, (value) =>
      compareRows(scope.statement, operator, fields(left), fields(value), position),
    );
  }
  const right = bindExpression(node.right, scope);
  if (comparesRows && node.right.kind === "row") {
    return compareRows(scope.statement, operator, fields(left), fields(right), position);
  }
  return bindOperator(scope.statement, operator, [left, right], position);
}

/** The values of a row that was written out. */
export function fields(row: Expr): readonly Expr[] {
  return (row.type.fields ?? []).map((_field, i) => fieldOf(row, i));
}

/** Column by column: equality of all, or the order of the first columns that differ. */
export function compareRows(
  statement: Statement,
  operator: string,
  left: readonly Expr[],
  right: readonly Expr[],
  position: number,
): Expr {
  if (left.length !== right.length) {
    throw new AegisError("PARSE_ERROR", "unequal number of entries in row expressions", {
      position,
    });
  }
  if (left.length === 0) {
    throw new AegisError("UNSUPPORTED", "cannot compare rows of zero length", { position });
  }
  const pair = (symbol: string, i: number): Expr =>
    bindOperator(statement, symbol, [left[i]!, right[i]!], position);
  if (operator === "=") return allOf(left.map((_value, i) => pair("=", i)));
  if (operator === "<>") return anyOf(left.map((_value, i) => pair("<>", i)));
  const strict = operator[0]!;
  const last = left.length - 1;
  let result = pair(operator, last);
  for (let i = last - 1; i >= 0; i--) {
    result = anyOf([pair(strict, i), allOf([pair("=", i), result])]);
  }
  return result;
}

export function bindIs(node: NodeOf<"is">, scope: Scope): Expr {
  const { statement } = scope;
  const arg = bindExpression(node.argument, scope);
  const { negated } = node;
  if (node.what === "null") return isNull(arg, negated);
  const what = `IS ${negated ? "NOT " : ""}${node.what.toUpperCase()}`;
  const value = coerceBoolean(statement, arg, what, node.argument.position);
  if (node.what === "unknown") return { kind: "isNull", arg: value, negated, type: BOOLEAN };
  const wanted = node.what === "true" ? value : negate(value);
  const known: Expr = {
    kind: "coalesce",
    args: [wanted, constant(false, BOOLEAN)],
    type: BOOLEAN,
  };
  return negated ? negate(known) : known;
}

/** A row is null if all of its fields are, and not null if none of them is. */
function isNull(arg: Expr, negated: boolean): Expr {
  const count = arg.type.name === "record" ? (arg.type.fields?.length ?? 0) : 0;
  if (count === 0) return { kind: "isNull", arg, negated, type: BOOLEAN };
  return allOf(
    fields(arg).map((field) => ({ kind: "isNull", arg: field, negated, type: BOOLEAN })),
  );
}

export function bindDistinct(node: NodeOf<"isDistinct">, scope: Scope): Expr {
  const left = bindExpression(node.left, scope);
  const right = bindExpression(node.right, scope);
  const { negated, position } = node;
  if (node.left.kind === "row" && node.right.kind === "row") {
    const [a, b] = [fields(left), fields(right)];
    if (a.length !== b.length) {
      throw new AegisError("PARSE_ERROR", "unequal number of entries in row expressions", {
        position,
      });
    }
    const pairs = a.map((value, i) => distinct(scope.statement, value, b[i]!, negated, position));
    return negated ? allOf(pairs) : anyOf(pairs);
  }
  return distinct(scope.statement, left, right, negated, position);
}

function distinct(
  statement: Statement,
  left: Expr,
  right: Expr,
  negated: boolean,
  position: number,
): Expr {
  // `x IS DISTINCT FROM NULL` needs no type of NULL.
  if (isUnknownNull(right)) return isNull(left, !negated);
  if (isUnknownNull(left)) return isNull(right, !negated);
  const name = negated ? "is not distinct from" : "is distinct from";
  const call = tryScalar(statement, name, [left, right], position);
  // The error names the operator that is missing.
  return call ?? bindOperator(statement, "=", [left, right], position);
}

function isUnknownNull(expr: Expr): boolean {
  return expr.kind === "const" && expr.value === null && expr.type.name === "unknown";
}

export function bindBetween(node: NodeOf<"between">, scope: Scope): Expr {
  const { statement } = scope;
  const { position } = node;
  const argument = bindExpression(node.argument, scope);
  const result = withValue(scope, argument, (value) => {
    const low = bindExpression(node.low, scope);
    const high = bindExpression(node.high, scope);
    const inside = (from: Expr, to: Expr): Expr =>
      allOf([
        bindOperator(statement, ">=", [value, from], position),
        bindOperator(statement, "<=", [value, to], position),
      ]);
    return node.symmetric ? anyOf([inside(low, high), inside(high, low)]) : inside(low, high);
  });
  return node.negated ? negate(result) : result;
}
