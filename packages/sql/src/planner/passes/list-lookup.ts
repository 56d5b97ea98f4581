import type { ColumnDef, Expr } from "../../binder/expr.js";
import type { IndexInfo } from "../../contract/source.js";
import type { TableFunction } from "../../functions/registry.js";
import { hashKey } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { filtered, joined, restricted } from "../build.js";
import { LIST_FUNCTION } from "../cardinality.js";
import type { ColumnIds } from "../column-ids.js";
import { columnExpr } from "../expressions.js";
import type { LogicalPlan, ScanPlan, TableFunctionPlan } from "../plan.js";
import type { ScanCondition, ScanList } from "./scan-conditions.js";

/** Items of an array that is known only when the statement runs. */
const ASSUMED_ITEMS = 10;
/** Rows of the table to each lookup from which on lookups are the better way. */
const LOOKUP_FACTOR = 8;

/**
 * The rows of a scan whose column has one of several values: `IN (…)`, `= ANY (array)`, `= … OR = …`.
 * Each value is looked up by a key that begins with what is equal and goes on with that column.
 * Undefined where no key does, or where the table is read faster as a whole.
 */
export function listLookup(
  scan: ScanPlan,
  predicates: readonly Expr[],
  conditions: readonly ScanCondition[],
  lists: readonly ScanList[],
  rows: number,
  ids: ColumnIds,
): LogicalPlan | undefined {
  for (const list of lists) {
    const items = list.array ? ASSUMED_ITEMS : list.values.length;
    if (items * LOOKUP_FACTOR > rows) continue;
    const found = keyFor(scan, conditions, list);
    if (found === undefined) continue;
    const values = valuesOf(list, ids);
    const equal = [...found.equal.map((item) => item.value), columnExpr(values.output[0]!)];
    const lookup: ScanPlan = { ...scan, bounds: { index: found.index, equal }, prune: [] };
    const kept = new Set<Expr>([list.condition, ...found.equal.map((item) => item.condition)]);
    const left = predicates.filter((predicate) => !kept.has(predicate));
    const join = joined("inner", values, filtered(lookup, left), [], { lateral: true });
    return restricted(join, scan.output);
  }
  return undefined;
}

/** The first key whose columns are fixed up to the list's. */
function keyFor(
  scan: ScanPlan,
  conditions: readonly ScanCondition[],
  list: ScanList,
): { readonly index: IndexInfo | undefined; readonly equal: ScanCondition[] } | undefined {
  for (const index of [undefined, ...scan.table.indexes]) {
    if (index?.constraint === "primary") continue;
    const columns = index?.columns.map((item) => item.column) ?? scan.table.primaryKey;
    const at = columns.indexOf(list.column);
    if (at < 0) continue;
    const equal = columns
      .slice(0, at)
      .map((column) => conditions.find((c) => c.column === column && c.comparison === "="));
    if (equal.every((item) => item !== undefined)) return { index, equal };
  }
  return undefined;
}

/** Each value once; NULL is equal to nothing. */
function valuesOf(list: ScanList, ids: ColumnIds): TableFunctionPlan {
  const { type } = list;
  const output: readonly ColumnDef[] = [{ id: ids.next(), name: "value", type }];
  const call = { fn: listFunction(type), args: list.values };
  return { kind: "tableFunction", calls: [call], ordinality: undefined, output };
}

function listFunction(type: SqlType): TableFunction {
  return {
    kind: "table",
    name: LIST_FUNCTION,
    params: [],
    variadic: true,
    columns: () => [{ name: "value", type }],
    strict: false,
    evaluate: (args) => distinctItems(args, type),
  };
}

function* distinctItems(args: readonly Datum[], type: SqlType): Iterable<readonly Datum[]> {
  const seen = new Set<unknown>();
  const items = args.flatMap((arg) =>
    Array.isArray(arg) ? (arg.flat(Infinity) as Datum[]) : [arg],
  );
  for (const item of items) {
    if (item === null) continue;
    const key = hashKey(item, type);
    if (seen.has(key)) continue;
    seen.add(key);
    yield [item];
  }
}
