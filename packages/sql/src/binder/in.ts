import { AegisError } from "../contract/errors.js";
import { columnExpr } from "../planner/expressions.js";
import type { ExpressionNode, QueryNode } from "../parser/ast.js";
import type { LogicalPlan } from "../planner/plan.js";
import { castsImplicitly, commonType, typeName, type SqlType } from "../types/index.js";
import { coerce, tryCoerce } from "./coerce.js";
import { compareRows, fields } from "./comparison.js";
import { call } from "./constructors.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { bindOperator } from "./functions.js";
import { withValue } from "./once.js";
import { quantifiedOver } from "./quantified-array.js";
import type { Scope } from "./scope.js";
import type { Statement } from "./statement.js";
import { bindSubquery } from "./subqueries.js";
import { anyOf, BOOLEAN, negate } from "./tree.js";

type NodeOf<K extends ExpressionNode["kind"]> = Extract<ExpressionNode, { kind: K }>;

export function bindInList(node: NodeOf<"inList">, scope: Scope): Expr {
  const { statement } = scope;
  const { negated, position } = node;
  const arg = bindExpression(node.argument, scope);
  const items = node.items.map((item) => bindExpression(item, scope));
  const type = listType([arg, ...items]);
  if (type !== undefined && node.argument.kind !== "row") {
    // Makes sure that values of the type can be compared at all.
    const sample: Expr = { kind: "const", value: null, type };
    bindOperator(statement, "=", [sample, sample], position);
    const positions = [node.argument.position, ...node.items.map((item) => item.position)];
    const [value, ...list] = [arg, ...items].map((expr, i) =>
      coerce(statement, expr, type, "implicit", positions[i]!),
    );
    return { kind: "in", arg: value!, list, negated, type: BOOLEAN };
  }
  return withValue(scope, arg, (value) => {
    const tests = items.map((item, i) => {
      const isRow = node.argument.kind === "row" && node.items[i]!.kind === "row";
      return isRow
        ? compareRows(statement, "=", fields(value), fields(item), position)
        : bindOperator(statement, "=", [value, item], position);
    });
    return negated ? negate(anyOf(tests)) : anyOf(tests);
  });
}

/** The one type that all values of a list can be compared as; undefined if there is none. */
function listType(exprs: readonly Expr[]): SqlType | undefined {
  const types = exprs.map((expr) => expr.type);
  if (types.some((type) => type.name === "record")) return undefined;
  try {
    const type = commonType(types, "IN");
    const fits = (from: SqlType): boolean => from.name === "unknown" || castsImplicitly(from, type);
    return types.every(fits) ? withoutLength(type) : undefined;
  } catch (error) {
    if (error instanceof AegisError) return undefined;
    throw error;
  }
}

/** A literal longer than the column is no error here: it is just not equal. */
function withoutLength(type: SqlType): SqlType {
  return type.element === undefined ? { name: type.name } : type;
}

export function bindInQuery(node: NodeOf<"inQuery">, scope: Scope): Expr {
  const test = bindQueryComparison(node.argument, "=", "any", node.query, node.position, scope);
  return node.negated ? negate(test) : test;
}

export function bindQuantified(node: NodeOf<"quantified">, scope: Scope): Expr {
  const { operator, quantifier, right, position } = node;
  if (right.kind === "query") {
    return bindQueryComparison(node.left, operator, quantifier, right, position, scope);
  }
  const { statement } = scope;
  const left = bindExpression(node.left, scope);
  const array = arrayOperand(statement, bindExpression(right, scope), left, right.position);
  const element: Expr = { kind: "const", value: null, type: array.type.element! };
  const test = bindOperator(statement, operator, [left, element], position);
  if (test.kind !== "call" || test.type.name !== "boolean") {
    throw new AegisError(
      "WRONG_OBJECT_TYPE",
      "op ANY/ALL (array) requires operator to yield boolean",
      {
        position,
      },
    );
  }
  const [value, item] = test.args as readonly [Expr, Expr];
  const arrayType: SqlType = { name: "array", element: item.type };
  const cast = coerce(statement, array, arrayType, "implicit", position);
  return call(quantifiedOver(test.fn, quantifier), [value, cast], BOOLEAN, position);
}

/** A literal or parameter is an array of what it is compared with. */
function arrayOperand(statement: Statement, array: Expr, left: Expr, position: number): Expr {
  if (array.type.name === "array") return array;
  if (array.type.name === "unknown") {
    const element: SqlType =
      left.type.name === "unknown" ? { name: "text" } : { name: left.type.name };
    const type: SqlType = { name: "array", element };
    const result = tryCoerce(statement, array, type, "implicit", position);
    if (result !== undefined) return result;
  }
  const message = "op ANY/ALL (array) requires array on right side";
  throw new AegisError("WRONG_OBJECT_TYPE", message, {
    detail: `It is of type ${typeName(array.type)}.`,
    position,
  });
}

/** `a op ANY (query)` or `(a, b) op ANY (query)`. */
function bindQueryComparison(
  argument: ExpressionNode,
  operator: string,
  quantifier: "any" | "all",
  query: QueryNode,
  position: number,
  scope: Scope,
): Expr {
  const { statement } = scope;
  const left = bindExpression(argument, scope);
  const values = argument.kind === "row" ? fields(left) : [left];
  const { plan } = bindSubquery(query, scope);
  checkWidth(values.length, plan, position);
  const columns = plan.output.map(columnExpr);
  const comparison =
    values.length === 1
      ? compareOne(statement, operator, values[0]!, columns[0]!, position)
      : compareRows(statement, operator, values, columns, position);
  return { kind: "quantified", quantifier, plan, comparison, type: BOOLEAN };
}

function compareOne(
  statement: Statement,
  operator: string,
  left: Expr,
  right: Expr,
  position: number,
): Expr {
  const test = bindOperator(statement, operator, [left, right], position);
  if (test.type.name === "boolean") return test;
  const message = `operator ${operator} must return type boolean, not type ${typeName(test.type)}`;
  throw new AegisError("TYPE_MISMATCH", message, { position });
}

function checkWidth(wanted: number, plan: LogicalPlan, position: number): void {
  const given = plan.output.length;
  if (given === wanted) return;
  const what = given > wanted ? "many" : "few";
  throw new AegisError("PARSE_ERROR", `subquery has too ${what} columns`, { position });
}
