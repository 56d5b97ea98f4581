import type { TableInfo } from "../contract/source.js";
import { freeColumns } from "../planner/free-columns.js";
import type { JoinPlan, LogicalPlan } from "../planner/plan.js";
import type { ColumnDef, ColumnId, Expr } from "./expr.js";
import type { Statement } from "./statement.js";

/** Nodes as the binder makes them. */

/** One row without columns: what a SELECT without FROM reads. */
export function oneRow(): LogicalPlan {
  return { kind: "values", rows: [[]], output: [] };
}

/** All columns of a table; later passes leave out what nobody reads. */
export function scanOf(
  statement: Statement,
  table: TableInfo,
  { locator, alias }: { readonly locator?: ColumnId; readonly alias?: string | undefined } = {},
): Extract<LogicalPlan, { kind: "scan" }> {
  return {
    kind: "scan",
    table,
    alias,
    columns: table.columns.map((_column, i) => i),
    bounds: undefined,
    prune: [],
    ordered: false,
    reverse: false,
    locator,
    output: table.columns.map((column) => statement.column(column.name, column.type)),
  };
}

export function filterOf(input: LogicalPlan, predicate: Expr | undefined): LogicalPlan {
  return predicate === undefined
    ? input
    : { kind: "filter", input, predicate, output: input.output };
}

export function projectOf(
  input: LogicalPlan,
  exprs: readonly Expr[],
  output: readonly ColumnDef[],
): LogicalPlan {
  return { kind: "project", input, exprs, output };
}

/** `lateralUsed`: the right side was bound with the left one in sight and named something of it. */
export function joinOf(
  join: JoinPlan["join"],
  left: LogicalPlan,
  right: LogicalPlan,
  on: Expr | undefined,
  lateralUsed: boolean,
): LogicalPlan {
  return {
    kind: "join",
    join,
    left,
    right,
    on,
    lateral: lateralUsed && refersTo(right, left),
    nullAware: false,
    output: [...left.output, ...right.output],
  };
}

function refersTo(plan: LogicalPlan, other: LogicalPlan): boolean {
  const free = freeColumns(plan);
  return other.output.some((column) => free.has(column.id));
}
