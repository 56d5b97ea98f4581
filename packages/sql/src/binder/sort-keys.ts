import { AegisError } from "../contract/errors.js";
import type { SortItem } from "../parser/ast.js";
import { typeName } from "../types/index.js";
import { isOrdered } from "./constructors.js";
import type { Expr, SortKey } from "./expr.js";

/** NULLs come last, or first when descending, unless the text says otherwise. */
export function sortKey(item: SortItem, expr: Expr): SortKey {
  requireOrder(expr, item.position);
  const { descending } = item;
  return { expr, descending, nullsFirst: item.nullsFirst ?? descending };
}

/** Sorting, grouping and DISTINCT need values that can be compared. */
function requireOrder(expr: Expr, position: number): void {
  if (isOrdered(expr.type)) return;
  const message = `could not identify an ordering operator for type ${typeName(expr.type)}`;
  throw new AegisError("FUNCTION_NOT_FOUND", message, {
    position,
    hint: "Cast json to jsonb, which has an order.",
  });
}

export function requireEquality(expr: Expr, position: number): void {
  if (isOrdered(expr.type)) return;
  const message = `could not identify an equality operator for type ${typeName(expr.type)}`;
  throw new AegisError("FUNCTION_NOT_FOUND", message, {
    position,
    hint: "Cast json to jsonb, which can be compared.",
  });
}
