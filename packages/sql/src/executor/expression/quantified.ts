import type { Expr } from "../../binder/expr.js";
import { columnsOf, isVolatile } from "../../planner/expressions.js";
import { hashKey } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import type { ExecutionContext } from "../operator.js";
import { type Columns, compileRow } from "./compile-row.js";

export type QuantifiedExpr = Extract<Expr, { kind: "quantified" }>;

/** The rows that a subquery gave, and what was made of them for faster tests. */
export interface RowsOfSubquery {
  readonly rows: readonly (readonly Datum[])[];
  /** Keys of the values compared with, once a test asked for them. */
  keys?: { readonly set: ReadonlySet<unknown>; readonly hasNull: boolean };
}

type Test = (row: readonly Datum[], found: RowsOfSubquery, context: ExecutionContext) => Datum;

/** `args op ANY|ALL (rows)`, three-valued: no rows are FALSE for ANY and TRUE for ALL. */
export function quantifiedTest(expr: QuantifiedExpr, columns: Columns): Test {
  const equality = equalitySides(expr);
  if (equality !== undefined) return keyTest(equality, expr, columns);
  const inner = expr.plan.output;
  const compare = compileRow(expr.comparison, [...columns, ...inner]);
  const any = expr.quantifier === "any";
  return (row, { rows }, context) => {
    const both = row.slice(0, columns.length);
    let unknown = false;
    for (const candidate of rows) {
      for (let i = 0; i < inner.length; i++) both[columns.length + i] = candidate[i]!;
      const answer = compare(both, context);
      if (answer === any) return any;
      if (answer === null) unknown = true;
    }
    return unknown ? null : !any;
  };
}

interface Equality {
  readonly outer: Expr;
  readonly inner: Expr;
}

/** The two sides of `outer = inner` where one is of the outer row and one of the subquery's. */
function equalitySides({ comparison, plan, quantifier }: QuantifiedExpr): Equality | undefined {
  if (quantifier !== "any" || comparison.kind !== "call" || comparison.fn.name !== "=") {
    return undefined;
  }
  const [left, right] = comparison.args;
  if (left === undefined || right === undefined || isVolatile(comparison)) return undefined;
  if (left.type.name !== right.type.name || left.type.name === "record") return undefined;
  const produced = new Set(plan.output.map((column) => column.id));
  const isInner = (expr: Expr): boolean => {
    const used = columnsOf(expr);
    return used.size > 0 && [...used].every((id) => produced.has(id));
  };
  const isOuter = (expr: Expr): boolean => ![...columnsOf(expr)].some((id) => produced.has(id));
  if (isOuter(left) && isInner(right)) return { outer: left, inner: right };
  return isOuter(right) && isInner(left) ? { outer: right, inner: left } : undefined;
}

/** Looks the outer value up among the subquery's, whose keys are kept as long as its rows. */
function keyTest({ outer, inner }: Equality, expr: QuantifiedExpr, columns: Columns): Test {
  const outerValue = compileRow(outer, columns);
  const innerValue = compileRow(inner, expr.plan.output);
  const { type } = outer;
  return (row, found, context) => {
    if (found.rows.length === 0) return false;
    const value = outerValue(row, context);
    if (value === null) return null;
    found.keys ??= keysOf(found.rows, (candidate) => innerValue(candidate, context), inner.type);
    if (found.keys.set.has(hashKey(value, type))) return true;
    return found.keys.hasNull ? null : false;
  };
}

function keysOf(
  rows: RowsOfSubquery["rows"],
  value: (row: readonly Datum[]) => Datum,
  type: SqlType,
): { readonly set: ReadonlySet<unknown>; readonly hasNull: boolean } {
  const set = new Set<unknown>();
  let hasNull = false;
  for (const row of rows) {
    const datum = value(row);
    if (datum === null) hasNull = true;
    else set.add(hashKey(datum, type));
  }
  return { set, hasNull };
}
