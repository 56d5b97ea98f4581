import { AegisError } from "../contract/errors.js";
import type { ExpressionNode, FieldNode, ListNode, SubscriptNode } from "../parser/ast.js";
import { typeName, type SqlType } from "../types/index.js";
import { coerce, coerceFor, unify } from "./coerce.js";
import { arrayOf, fieldOf, rowOf, sliceOf, subscriptOf } from "./constructors.js";
import type { Expr } from "./expr.js";
import { bindExpression } from "./expression.js";
import { bindOperator } from "./functions.js";
import { didYouMean } from "./nearest.js";
import type { Scope } from "./scope.js";
import { expandStar } from "./stars.js";
import { INTEGER, TEXT } from "./tree.js";

/** ARRAY[…]; `wanted` is the array type of a cast around it. */
export function bindArray(node: ListNode, scope: Scope, wanted: SqlType | undefined): Expr {
  const { statement } = scope;
  const { position } = node;
  const element = wanted?.element;
  const nested = node.items.some((item) => item.kind === "array");
  const items = node.items.map((item) =>
    item.kind === "array" ? bindArray(item, scope, wanted) : bindExpression(item, scope),
  );
  if (items.length === 0 && wanted === undefined) {
    throw new AegisError("INDETERMINATE_TYPE", "cannot determine type of empty array", {
      position,
      hint: "Explicitly cast to the desired type, for example ARRAY[]::integer[].",
    });
  }
  if (wanted !== undefined && element !== undefined) {
    const cast = items.map((item, i) => {
      const type = nested || item.type.name === "array" ? wanted : element;
      return coerce(statement, item, type, "explicit", node.items[i]!.position);
    });
    return arrayOf(cast, wanted, position);
  }
  const positions = node.items.map((item) => item.position);
  const { exprs, type } = unify(statement, items, "ARRAY", positions);
  // An array of arrays is an array of more dimensions, not of another type.
  const result: SqlType = type.name === "array" ? type : { name: "array", element: type };
  return arrayOf(exprs, result, position);
}

/** ROW(…) and (a, b); `t.*` inside stands for its columns. */
export function bindRow(node: ListNode, scope: Scope): Expr {
  const values: Expr[] = [];
  for (const item of node.items) {
    if (item.kind === "star") {
      values.push(...expandStar(item, scope).map((column) => column.expr));
    } else values.push(bindExpression(item, scope));
  }
  return rowOf(values);
}

/** `(row).field`. */
export function bindField(node: FieldNode, scope: Scope): Expr {
  const record = bindExpression(node.argument, scope);
  const { field, position } = node;
  if (field === "*") {
    const message = 'row expansion via "*" is not supported here';
    throw new AegisError("UNSUPPORTED", message, { position });
  }
  const names = record.type.fields?.map(({ name }) => name) ?? [];
  const index = names.indexOf(field);
  if (record.type.name === "record" && index >= 0) return fieldOf(record, index);
  if (record.type.name === "record") {
    const hint = didYouMean(field, names);
    const { argument } = node;
    // A row of a table is known by the table's name.
    if (argument.kind === "column") {
      const message = `column ${argument.path.join(".")}.${field} does not exist`;
      const { position: at } = argument;
      throw new AegisError("COLUMN_NOT_FOUND", message, { position: at, column: field, hint });
    }
    const message = `could not identify column "${field}" in record data type`;
    throw new AegisError("COLUMN_NOT_FOUND", message, { position, column: field, hint });
  }
  const type = typeName(record.type);
  const message = `column notation .${field} applied to type ${type}, which is not a composite type`;
  throw new AegisError("WRONG_OBJECT_TYPE", message, { position });
}

/** `a[1][2]` and `a[1:2]`, whose subscripts belong together, and `json['key']`. */
export function bindSubscript(node: SubscriptNode, scope: Scope): Expr {
  const { statement } = scope;
  const chain = [node];
  for (let first = node; first.continues && first.argument.kind === "subscript";) {
    first = first.argument;
    chain.unshift(first);
  }
  const base = chain[0]!.argument;
  const value = bindExpression(base, scope);
  if (value.type.name === "jsonb") return jsonSubscripts(value, chain, scope);
  const element = value.type.element;
  if (element === undefined) {
    const message = `cannot subscript type ${typeName(value.type)} because it does not support subscripting`;
    throw new AegisError("TYPE_MISMATCH", message, { position: base.position });
  }
  const bound = (item: ExpressionNode | undefined, missing: number): Expr => {
    if (item === undefined) return { kind: "const", value: missing, type: INTEGER };
    const expr = bindExpression(item, scope);
    return coerceFor(statement, expr, INTEGER, "array subscript", item.position);
  };
  const { position } = node;
  if (!chain.some(({ slice }) => slice)) {
    const subscripts = chain.map(({ low }) => bound(low, 1));
    return subscriptOf(value, subscripts, element, position);
  }
  // As soon as one subscript is a slice, a single number n means 1:n.
  const bounds = chain.flatMap(({ slice, low, high }) =>
    slice ? [bound(low, 1), bound(high, LAST)] : [bound(undefined, 1), bound(low, 1)],
  );
  return sliceOf(value, bounds, position);
}

/** Past the end of any array. */
const LAST = 2 ** 31 - 1;

function jsonSubscripts(value: Expr, chain: readonly SubscriptNode[], scope: Scope): Expr {
  const { statement } = scope;
  let result = value;
  for (const { low, slice, position } of chain) {
    if (low === undefined || slice) {
      const message = "jsonb subscript does not support slices";
      throw new AegisError("TYPE_MISMATCH", message, { position });
    }
    const key = bindExpression(low, scope);
    const isText = key.type.name === "unknown" || key.type.name === "text";
    const cast = coerce(statement, key, isText ? TEXT : INTEGER, "assignment", low.position);
    result = bindOperator(statement, "->", [result, cast], position);
  }
  return result;
}
