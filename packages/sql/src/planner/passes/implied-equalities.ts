import type { ColumnId, Expr } from "../../binder/expr.js";
import { expressionText } from "../expression-text.js";
import { columnsOf, isVolatile } from "../expressions.js";

/**
 * Adds what follows from `a = b` and `a = constant`: `b = constant`, so that both sides of a join
 * are narrowed. The conditions given stay.
 */
export function impliedEqualities(conditions: readonly Expr[]): readonly Expr[] {
  const pairs = conditions.filter(isColumnPair);
  if (pairs.length === 0) return conditions;
  const added: Expr[] = [];
  for (const condition of conditions) {
    const fixed = fixedColumn(condition);
    if (fixed === undefined) continue;
    for (const id of equalTo(fixed.column, pairs)) {
      if (id === fixed.column) continue;
      const other = columnIn(pairs, id);
      if (other === undefined || other.type.name !== fixed.type) continue;
      const args = fixed.call.args.map((arg) => (arg.kind === "column" ? other : arg));
      added.push({ ...fixed.call, args });
    }
  }
  return added.length === 0 ? conditions : [...conditions, ...added.filter(isNew(conditions))];
}

type Call = Extract<Expr, { kind: "call" }>;

function isColumnPair(expr: Expr): expr is Call {
  if (expr.kind !== "call" || expr.fn.name !== "=") return false;
  const [a, b] = expr.args;
  return a?.kind === "column" && b?.kind === "column" && a.type.name === b.type.name;
}

function fixedColumn(
  expr: Expr,
): { readonly call: Call; readonly column: ColumnId; readonly type: string } | undefined {
  if (expr.kind !== "call" || expr.fn.name !== "=" || isVolatile(expr)) return undefined;
  const column = expr.args.find((arg) => arg.kind === "column");
  const value = expr.args.find((arg) => arg !== column);
  if (column?.kind !== "column" || value === undefined) return undefined;
  const constant = value.kind === "const" || value.kind === "param";
  if (!constant || columnsOf(value).size > 0) return undefined;
  return { call: expr, column: column.id, type: column.type.name };
}

/** All columns that equalities tie to one, itself included. */
function equalTo(column: ColumnId, pairs: readonly Call[]): Set<ColumnId> {
  const found = new Set([column]);
  for (const id of found) {
    for (const { args } of pairs) {
      const ids = args.map((arg) => (arg.kind === "column" ? arg.id : -1));
      if (ids.includes(id)) for (const other of ids) found.add(other);
    }
  }
  return found;
}

function columnIn(
  pairs: readonly Call[],
  id: ColumnId,
): Extract<Expr, { kind: "column" }> | undefined {
  for (const { args } of pairs) {
    for (const arg of args) if (arg.kind === "column" && arg.id === id) return arg;
  }
  return undefined;
}

/** Conditions that were already given are not said twice. */
function isNew(conditions: readonly Expr[]): (expr: Expr) => boolean {
  const known = new Set(conditions.map(textOf));
  return (expr) => {
    const text = textOf(expr);
    if (known.has(text)) return false;
    known.add(text);
    return true;
  };
}

function textOf(expr: Expr): string {
  if (expr.kind !== "call") return "";
  const parts = expr.args.map((arg) => {
    if (arg.kind === "column") return `#${arg.id}`;
    if (arg.kind === "param") return `$${arg.index}`;
    return arg.kind === "const" ? expressionText(arg) : "?";
  });
  return `${expr.fn.name}(${parts.join()})`;
}
