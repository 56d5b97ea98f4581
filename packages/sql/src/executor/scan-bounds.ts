import type { Expr } from "../binder/expr.js";
import type { ColumnRange, KeyBounds } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { ScanPlan } from "../planner/plan.js";
import { round } from "../types/decimal-arithmetic.js";
import type { Datum } from "../types/datum.js";
import type { Decimal } from "../types/decimal.js";
import type { SqlType } from "../types/sql-type.js";
import { storageType, toStorage } from "../types/storage.js";
import { compileRow } from "./expression/index.js";
import type { ExecutionContext } from "./operator.js";

export interface CompiledBounds {
  /** "nothing" where a bound is NULL, or no stored value can equal it. */
  range(context: ExecutionContext): KeyBounds | "nothing" | undefined;
  prune(context: ExecutionContext): readonly ColumnRange[];
}

/** Evaluates the bounds of a scan when it is opened, in storage form. */
export function compileBounds(plan: ScanPlan): CompiledBounds {
  return { range: compileRange(plan), prune: compilePrune(plan) };
}

/** The values of a whole key in storage form; undefined where no row can have it. */
export function compileKey(
  exprs: readonly Expr[],
  types: readonly SqlType[],
): (context: ExecutionContext) => readonly Value[] | undefined {
  const parts = exprs.map((expr) => compileRow(expr, []));
  return (context) => {
    const values: Value[] = [];
    for (let i = 0; i < parts.length; i++) {
      const value = exactValue(parts[i]!(NO_ROW, context), types[i]!);
      if (value === undefined) return undefined;
      values.push(value);
    }
    return values;
  };
}

const NO_ROW: readonly Datum[] = [];

function compileRange({ bounds, table }: ScanPlan): CompiledBounds["range"] {
  if (bounds === undefined) return () => undefined;
  const positions = bounds.index?.columns.map(({ column }) => column) ?? table.primaryKey;
  const typeAt = (i: number): SqlType => table.columns[positions[i]!]!.type;
  const key = compileKey(
    bounds.equal,
    bounds.equal.map((_, i) => typeAt(i)),
  );
  const next = bounds.equal.length;
  const from = bounds.from && compileEnd(bounds.from, typeAt(next), 1);
  const to = bounds.to && compileEnd(bounds.to, typeAt(next), -1);
  return (context) => {
    const equal = key(context);
    if (equal === undefined) return "nothing";
    const low = from?.(context);
    const high = to?.(context);
    if (low === "nothing" || high === "nothing") return "nothing";
    const ends = { ...(low && { from: low }), ...(high && { to: high }) };
    return { index: bounds.index, equal, ...ends };
  };
}

interface End {
  readonly value: Value;
  readonly inclusive: boolean;
}

type EndOf = (context: ExecutionContext) => End | "nothing" | undefined;

/** `side` is 1 for a lower end, -1 for an upper one. */
function compileEnd(
  end: { readonly expr: Expr; readonly inclusive: boolean },
  type: SqlType,
  side: 1 | -1,
): EndOf {
  const compute = compileRow(end.expr, []);
  return (context) => {
    const datum = compute([], context);
    if (datum === null) return "nothing";
    if (storageType(type).kind !== "decimal") {
      return { value: toStorage(datum, type), inclusive: end.inclusive };
    }
    return decimalEnd(datum as Decimal, type, side, end.inclusive);
  };
}

/** An end for a column of scaled integers, which may hold neither the value nor its neighbours. */
function decimalEnd(
  value: Decimal,
  type: SqlType,
  side: 1 | -1,
  inclusive: boolean,
): ReturnType<EndOf> {
  const limit = 10n ** BigInt(type.precision ?? 0);
  if (!value.isFinite) return value.sign === side ? "nothing" : undefined;
  const nearest = round(value, type.scale ?? 0);
  const order = nearest.compare(value);
  // Rounded outwards, the neighbour lies outside of the range: exactly what is not inclusive.
  const stillInclusive = order === 0 ? inclusive : order === side;
  if (nearest.unscaled >= limit) return side === 1 ? "nothing" : undefined;
  if (nearest.unscaled <= -limit) return side === -1 ? "nothing" : undefined;
  return { value: toStorage(nearest, type), inclusive: stillInclusive };
}

/** The stored form of a datum; undefined for NULL and for what the column cannot hold. */
function exactValue(datum: Datum, type: SqlType): Value | undefined {
  if (datum === null) return undefined;
  if (type.name !== "numeric" || storageType(type).kind !== "decimal") {
    return toStorage(datum, type);
  }
  const decimal = datum as Decimal;
  if (!decimal.isFinite) return undefined;
  const scaled = round(decimal, type.scale ?? 0);
  const fits = scaled.unscaled < 10n ** 18n && scaled.unscaled > -(10n ** 18n);
  return fits && scaled.compare(decimal) === 0 ? toStorage(scaled, type) : undefined;
}

function compilePrune({ prune, table }: ScanPlan): CompiledBounds["prune"] {
  const ranges = prune.map(({ column, min, max }) => ({
    column,
    min: min && pruneEnd(min, table.columns[column]!.type, 1),
    max: max && pruneEnd(max, table.columns[column]!.type, -1),
  }));
  return (context) =>
    ranges.map(({ column, min, max }) => ({ column, min: min?.(context), max: max?.(context) }));
}

/** Ends to skip blocks by are hints: what is not a plain end skips nothing. */
function pruneEnd(
  expr: Expr,
  type: SqlType,
  side: 1 | -1,
): (c: ExecutionContext) => Value | undefined {
  const end = compileEnd({ expr, inclusive: true }, type, side);
  return (context) => {
    const found = end(context);
    return found === undefined || found === "nothing" ? undefined : found.value;
  };
}
