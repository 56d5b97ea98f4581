import type { ColumnId, Expr } from "../../binder/expr.js";
import type { SqlType } from "../../types/sql-type.js";
import { columnsOf, isSubquery, isVolatile, some } from "../expressions.js";
import type { ScanPlan } from "../plan.js";

type Comparison = "=" | "<" | "<=" | ">" | ">=";

/** `column comparison value`, where the value does not depend on the scan's own rows. */
export interface ScanCondition {
  /** Position in the table. */
  readonly column: number;
  readonly comparison: Comparison;
  readonly value: Expr;
  /** The condition it came from. */
  readonly condition: Expr;
}

/** `column` is one of `values`; with `array`, of the items of that one value. */
export interface ScanList {
  readonly column: number;
  readonly type: SqlType;
  readonly values: readonly Expr[];
  readonly array: boolean;
  readonly condition: Expr;
}

const MIRRORED: Readonly<Record<Comparison, Comparison>> = {
  "=": "=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** The conditions on a scan's columns that keys and zone maps can be asked for. */
export function scanConditions(scan: ScanPlan, predicates: readonly Expr[]): ScanCondition[] {
  const own = new Map<ColumnId, number>();
  scan.columns.forEach((column, i) => own.set(scan.output[i]!.id, column));
  return predicates.flatMap((predicate) => {
    const condition = scanCondition(scan, own, predicate);
    return condition === undefined ? [] : [condition];
  });
}

/** The conditions that name several values for a column. */
export function scanLists(scan: ScanPlan, predicates: readonly Expr[]): ScanList[] {
  const own = new Map<ColumnId, number>();
  scan.columns.forEach((column, i) => own.set(scan.output[i]!.id, column));
  return predicates.flatMap((predicate) => {
    const list = scanList(scan, own, predicate);
    return list === undefined ? [] : [list];
  });
}

function scanList(
  scan: ScanPlan,
  own: ReadonlyMap<ColumnId, number>,
  condition: Expr,
): ScanList | undefined {
  const named = namedValues(condition);
  if (named === undefined) return alternatives(scan, own, condition);
  const { tested, values, array } = named;
  const type = array ? values[0]!.type.element : values[0]?.type;
  const column = ownColumn(tested, own);
  if (column === undefined || type === undefined) return undefined;
  if (!sameForm(scan.table.columns[column]!.type, type)) return undefined;
  if (!values.every((value) => isFixed(value, own))) return undefined;
  return { column, type, values, array, condition };
}

function namedValues(
  condition: Expr,
):
  { readonly tested: Expr; readonly values: readonly Expr[]; readonly array: boolean } | undefined {
  if (condition.kind === "in" && !condition.negated) {
    return { tested: condition.arg, values: condition.list, array: false };
  }
  if (condition.kind !== "call" || condition.fn.name !== "= any") return undefined;
  const [tested, values] = condition.args as [Expr, Expr];
  return { tested, values: [values], array: true };
}

/** `a = 1 OR a = 2`. */
function alternatives(
  scan: ScanPlan,
  own: ReadonlyMap<ColumnId, number>,
  condition: Expr,
): ScanList | undefined {
  if (condition.kind !== "or") return undefined;
  const found = condition.args.map((arg) => scanCondition(scan, own, arg));
  const first = found[0];
  if (first === undefined) return undefined;
  const values: Expr[] = [];
  for (const item of found) {
    if (item?.comparison !== "=" || item.column !== first.column) return undefined;
    values.push(item.value);
  }
  return { column: first.column, type: first.value.type, values, array: false, condition };
}

function scanCondition(
  scan: ScanPlan,
  own: ReadonlyMap<ColumnId, number>,
  condition: Expr,
): ScanCondition | undefined {
  if (condition.kind !== "call" || condition.args.length !== 2) return undefined;
  const comparison = condition.fn.name as Comparison;
  if (!(comparison in MIRRORED)) return undefined;
  const [a, b] = condition.args as [Expr, Expr];
  for (const [side, value, op] of [
    [a, b, comparison],
    [b, a, MIRRORED[comparison]],
  ] as const) {
    const column = ownColumn(side, own);
    if (column === undefined || !isFixed(value, own)) continue;
    if (!sameForm(scan.table.columns[column]!.type, value.type)) continue;
    return { column, comparison: op, value, condition };
  }
  return undefined;
}

function isFixed(value: Expr, own: ReadonlyMap<ColumnId, number>): boolean {
  if (isVolatile(value) || some(value, isSubquery)) return false;
  for (const id of columnsOf(value)) if (own.has(id)) return false;
  return true;
}

/** The scan's column behind casts that change nothing of how its values are held. */
function ownColumn(expr: Expr, own: ReadonlyMap<ColumnId, number>): number | undefined {
  let inner = expr;
  while (inner.kind === "cast" && sameForm(inner.arg.type, inner.type)) {
    if (inner.type.length !== undefined) return undefined;
    inner = inner.arg;
  }
  return inner.kind === "column" ? own.get(inner.id) : undefined;
}

/** Types whose values are held and ordered alike, in batches and in keys. */
const FORMS: Readonly<Record<string, string>> = {
  boolean: "boolean",
  smallint: "integer",
  integer: "integer",
  bigint: "integer",
  "double precision": "float",
  text: "text",
  varchar: "text",
  date: "date",
  time: "time",
  timestamp: "timestamp",
  timestamptz: "timestamptz",
  uuid: "uuid",
  bytea: "bytea",
};

function sameForm(a: SqlType, b: SqlType): boolean {
  const form = FORMS[a.name];
  return form !== undefined && form === FORMS[b.name];
}
