import type { ColumnId, Expr, SortKey } from "../../binder/expr.js";
import type { IndexInfo } from "../../contract/source.js";
import { filtered } from "../build.js";
import { mapParts } from "../expressions.js";
import { mapChildren, mapExprs } from "../nodes.js";
import type { AggregatePlan, LogicalPlan, ScanPlan } from "../plan.js";
import { withPlan } from "../rewrite.js";

/**
 * A limit over a sort by a key reads the first rows in that key's order instead of all of them, and
 * so does min or max of a key's column. Without a limit a sort of columns is faster than a merge of
 * rows, so it stays.
 */
export function useOrder(plan: LogicalPlan): LogicalPlan {
  const visit = (node: LogicalPlan): LogicalPlan => {
    const inner = mapChildren(mapExprs(node, inSubqueries), visit);
    if (inner.kind === "aggregate") return firstOfKey(inner);
    if (inner.kind !== "limit" || inner.withTies !== undefined || inner.limit === undefined) {
      return inner;
    }
    const input = unsorted(inner.input, undefined);
    return input === undefined ? inner : { ...inner, input };
  };
  const inSubqueries = (expr: Expr): Expr => withPlan(mapParts(expr, inSubqueries), visit);
  return visit(plan);
}

/** A single min or max reads one row where the rows can come in the order of its argument. */
function firstOfKey(plan: AggregatePlan): AggregatePlan {
  const [call] = plan.aggregates;
  if (plan.groups.length > 0 || plan.groupingSets !== undefined) return plan;
  if (call === undefined || plan.aggregates.length > 1 || call.filter !== undefined) return plan;
  const { kernel } = call.fn;
  const [arg] = call.args;
  if ((kernel !== "min" && kernel !== "max") || arg?.kind !== "column") return plan;
  const descending = kernel === "max";
  const key: SortKey = { expr: arg, descending, nullsFirst: descending };
  const input = unsorted(plan.input, [{ id: arg.id, key }]);
  if (input === undefined) return plan;
  const present: Expr = { kind: "isNull", arg, negated: true, type: { name: "boolean" } };
  const one: Expr = { kind: "const", value: 1, type: { name: "bigint" } };
  const some = filtered(input, [present]);
  const first: LogicalPlan = {
    kind: "limit",
    input: some,
    limit: one,
    offset: undefined,
    withTies: undefined,
    output: some.output,
  };
  return { ...plan, input: first };
}

/** The plan without its sort, if what it sorts can come in that order. */
function unsorted(
  plan: LogicalPlan,
  keys: readonly { readonly id: ColumnId; readonly key: SortKey }[] | undefined,
): LogicalPlan | undefined {
  switch (plan.kind) {
    case "sort": {
      if (keys !== undefined) return undefined;
      const columns = sortColumns(plan.keys);
      return columns === undefined ? undefined : unsorted(plan.input, columns);
    }
    case "project": {
      // Above the sort a projection changes nothing of the order; below it keys are renamed.
      const below = keys?.map(({ id, key }) => {
        const expr = plan.exprs[plan.output.findIndex((column) => column.id === id)];
        return { id: expr?.kind === "column" ? expr.id : -1, key };
      });
      const input = unsorted(plan.input, below);
      return input === undefined ? undefined : { ...plan, input };
    }
    case "filter": {
      const input = keys === undefined ? undefined : unsorted(plan.input, keys);
      return input === undefined ? undefined : { ...plan, input };
    }
    case "scan":
      return keys === undefined ? undefined : orderedScan(plan, keys);
    default:
      return undefined;
  }
}

function sortColumns(
  keys: readonly SortKey[],
): readonly { readonly id: ColumnId; readonly key: SortKey }[] | undefined {
  const columns = keys.map((key) => ({ id: key.expr.kind === "column" ? key.expr.id : -1, key }));
  return columns.some((column) => column.id < 0) ? undefined : columns;
}

/** The scan in the order of the keys: by the key it is bound to, or by any where it is free. */
function orderedScan(
  scan: ScanPlan,
  keys: readonly { readonly id: ColumnId; readonly key: SortKey }[],
): ScanPlan | undefined {
  if (scan.table.kind === "virtual" || scan.ordered) return undefined;
  const wanted = keys.map(({ id, key }) => {
    const at = scan.output.findIndex((column) => column.id === id);
    return { column: at < 0 ? -1 : (scan.columns[at] ?? -1), key };
  });
  const candidates =
    scan.bounds === undefined ? [undefined, ...scan.table.indexes] : [scan.bounds.index];
  for (const index of candidates) {
    if (index?.constraint === "primary") continue;
    const reverse = direction(scan, index, wanted);
    if (reverse === undefined) continue;
    return { ...scan, bounds: scan.bounds ?? { index, equal: [] }, ordered: true, reverse };
  }
  return undefined;
}

/** Whether the key gives the order forwards (false) or backwards (true); undefined: neither. */
function direction(
  scan: ScanPlan,
  index: IndexInfo | undefined,
  wanted: readonly { readonly column: number; readonly key: SortKey }[],
): boolean | undefined {
  const columns =
    index?.columns ?? scan.table.primaryKey.map((column) => ({ column, descending: false }));
  // Columns fixed by equality do not disturb the order of those after them.
  const free = columns.slice(scan.bounds?.equal.length ?? 0);
  let reverse: boolean | undefined;
  for (const [i, { column, key }] of wanted.entries()) {
    const item = free[i];
    if (item?.column !== column) return undefined;
    const backwards = key.descending !== item.descending;
    // Keys have NULL after all values where they ascend, before them where they descend.
    const nullsFirst = key.descending;
    const nullable = !scan.table.columns[column]!.notNull && index !== undefined;
    if (nullable && key.nullsFirst !== nullsFirst) return undefined;
    if (reverse !== undefined && reverse !== backwards) return undefined;
    reverse = backwards;
  }
  return reverse;
}
