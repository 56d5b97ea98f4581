import type { Expr } from "../../binder/expr.js";
import type { IndexInfo, TableInfo } from "../../contract/source.js";
import { filtered, joined, restricted } from "../build.js";
import type { Cardinality } from "../cardinality.js";
import type { ColumnIds } from "../column-ids.js";
import { conjuncts, mapParts } from "../expressions.js";
import { mapChildren, mapExprs } from "../nodes.js";
import type { JoinPlan, LogicalPlan, ScanPlan, ScanRange } from "../plan.js";
import { withPlan } from "../rewrite.js";
import { listLookup } from "./list-lookup.js";
import { scanConditions, scanLists, type ScanCondition } from "./scan-conditions.js";

/** Rows that a join could read and compare by hash in the time that it looks one key up in. */
const ROWS_PER_LOOKUP = 100;
/** The same for each row that a lookup finds. */
const ROWS_PER_FOUND = 20;

/**
 * Chooses how each table is read: by primary key, by an index, or from end to end with blocks left
 * out by their zone maps; and which joins look their right side up by key, row by row.
 */
export function chooseAccess(
  plan: LogicalPlan,
  cardinality: Cardinality,
  ids: ColumnIds,
): LogicalPlan {
  const visit = (node: LogicalPlan): LogicalPlan => {
    const inner = mapChildren(mapExprs(node, inSubqueries), visit);
    if (inner.kind === "join") return lookedUp(inner, cardinality);
    if (inner.kind !== "filter" || inner.input.kind !== "scan") return inner;
    return accessed(inner.input, conjuncts(inner.predicate), cardinality, ids);
  };
  const inSubqueries = (expr: Expr): Expr => withPlan(mapParts(expr, inSubqueries), visit);
  return visit(plan);
}

/** The scan under its conditions, by the key that fits them best. */
function accessed(
  scan: ScanPlan,
  predicates: readonly Expr[],
  cardinality: Cardinality,
  ids: ColumnIds,
): LogicalPlan {
  if (scan.bounds !== undefined || scan.table.kind === "virtual") return filtered(scan, predicates);
  const conditions = scanConditions(scan, predicates);
  const access = bestAccess(scan.table, conditions);
  if (access === undefined || access.bounds.equal.length === 0) {
    const lists = scanLists(scan, predicates);
    const rows = cardinality.rows(scan);
    const looked = listLookup(scan, predicates, conditions, lists, rows, ids);
    if (looked !== undefined) return looked;
  }
  if (access === undefined) {
    const prune = pruneRanges(conditions);
    return filtered(prune.length === 0 ? scan : { ...scan, prune }, predicates);
  }
  const used = new Set(access.used.map((condition) => condition.condition));
  return filtered(
    { ...scan, bounds: access.bounds },
    predicates.filter((predicate) => !used.has(predicate)),
  );
}

interface Access {
  readonly bounds: NonNullable<ScanPlan["bounds"]>;
  /** Conditions that the bounds keep exactly. */
  readonly used: readonly ScanCondition[];
  readonly score: number;
}

/** The key or index whose bounds say most, or undefined where a full scan is better. */
function bestAccess(table: TableInfo, conditions: readonly ScanCondition[]): Access | undefined {
  let best: Access | undefined;
  for (const index of [undefined, ...table.indexes]) {
    if (index?.constraint === "primary") continue;
    const access = accessBy(table, index, conditions);
    if (access !== undefined && (best === undefined || access.score > best.score)) best = access;
  }
  return best;
}

function accessBy(
  table: TableInfo,
  index: IndexInfo | undefined,
  conditions: readonly ScanCondition[],
): Access | undefined {
  const columns = index?.columns.map((item) => item.column) ?? table.primaryKey;
  const equal: ScanCondition[] = [];
  for (const column of columns) {
    const found = conditions.find((item) => item.column === column && item.comparison === "=");
    if (found === undefined) break;
    equal.push(found);
  }
  const next = columns[equal.length];
  const on = conditions.filter((item) => item.column === next);
  const from = on.find((item) => item.comparison === ">" || item.comparison === ">=");
  const to = on.find((item) => item.comparison === "<" || item.comparison === "<=");
  const ends = (from === undefined ? 0 : 1) + (to === undefined ? 0 : 1);
  if (equal.length === 0 && !rangePays(index, ends)) return undefined;
  const whole = equal.length === columns.length && (index === undefined || index.unique);
  return {
    bounds: {
      index,
      equal: equal.map((item) => item.value),
      ...(from && { from: { expr: from.value, inclusive: from.comparison === ">=" } }),
      ...(to && { to: { expr: to.value, inclusive: to.comparison === "<=" } }),
    },
    used: [...equal, ...(from ? [from] : []), ...(to ? [to] : [])],
    // Unique first, then columns fixed, then ends, and the table itself before an index of it.
    score: (whole ? 1000 : 0) + equal.length * 10 + ends * 2 + (index === undefined ? 1 : 0),
  };
}

/** An index costs a lookup a row, so that half-open ranges are better read from the table. */
function rangePays(index: IndexInfo | undefined, ends: number): boolean {
  return index === undefined ? ends > 0 : ends === 2;
}

/** Bounds of columns for zone maps; exclusive ends are taken as inclusive. */
function pruneRanges(conditions: readonly ScanCondition[]): ScanRange[] {
  return conditions.map(({ column, comparison, value }) => ({
    column,
    min: comparison === "<" || comparison === "<=" ? undefined : value,
    max: comparison === ">" || comparison === ">=" ? undefined : value,
  }));
}

/** A join of few rows with a big table becomes a lookup in that table for each of them. */
function lookedUp(plan: JoinPlan, cardinality: Cardinality): LogicalPlan {
  if (plan.lateral || plan.nullAware || plan.on === undefined) return plan;
  if (plan.join === "right" || plan.join === "full" || plan.join === "cross") return plan;
  const direct = lookup(plan, cardinality);
  if (direct !== undefined) return direct;
  if (plan.join !== "inner") return plan;
  const { left, right } = plan;
  const swapped = lookup({ ...plan, left: right, right: left }, cardinality);
  return swapped === undefined ? plan : restricted(swapped, plan.output);
}

function lookup(plan: JoinPlan, cardinality: Cardinality): JoinPlan | undefined {
  const { scan, predicates } = scanOf(plan.right);
  if (scan?.bounds !== undefined || scan?.table.kind !== "table") return undefined;
  const left = cardinality.rows(plan.left);
  const all = cardinality.rows(scan);
  if (left * ROWS_PER_LOOKUP > all) return undefined;
  const conditions = scanConditions(scan, conjuncts(plan.on));
  const access = bestAccess(scan.table, conditions);
  if (access === undefined || access.bounds.equal.length === 0) return undefined;
  const found = cardinality.joined(left, all, conjuncts(plan.on));
  if (left * ROWS_PER_LOOKUP + found * ROWS_PER_FOUND > all) return undefined;
  const used = new Set(access.used.map((condition) => condition.condition));
  const right = filtered({ ...scan, bounds: access.bounds, prune: [] }, predicates);
  const on = conjuncts(plan.on).filter((condition) => !used.has(condition));
  const join = plan.join === "inner" ? "inner" : plan.join;
  return joined(join, plan.left, right, on, { lateral: true });
}

/** A scan under nothing but a filter. */
function scanOf(plan: LogicalPlan): {
  readonly scan: ScanPlan | undefined;
  readonly predicates: readonly Expr[];
} {
  if (plan.kind === "scan") return { scan: plan, predicates: [] };
  if (plan.kind !== "filter" || plan.input.kind !== "scan") {
    return { scan: undefined, predicates: [] };
  }
  return { scan: plan.input, predicates: conjuncts(plan.predicate) };
}
