import type { Value } from "../contract/types.js";
import { columnExpr } from "../planner/expressions.js";
import type { FilterPlan, LogicalPlan, ProjectPlan, ScanPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import type { ResultOptions } from "../types/result.js";
import type { SqlType } from "../types/sql-type.js";
import { fromStorage } from "../types/storage.js";
import { rowDatums } from "./column.js";
import { compilePredicate, compileRows } from "./expression/index.js";
import type { ExecutionContext } from "./operator.js";
import { type ResultColumn, type RowShape, rowSource } from "./result-rows.js";
import { converterOf } from "./result-values.js";
import { compileKey } from "./scan-bounds.js";

/** Gives the row of the key as users get it; undefined if there is none. */
export type PointRead = (context: ExecutionContext) => unknown;

/** Makes a row for users of a stored one; undefined where a condition leaves it out. */
type RowMaker = (row: readonly Value[], context: ExecutionContext) => unknown;

/** A plan that reads one row: `project(filter(scan))`, of which only the scan must be there. */
interface PointPlan {
  readonly scan: ScanPlan;
  readonly filter: FilterPlan | undefined;
  readonly project: ProjectPlan | undefined;
}

/**
 * A plan that reads one row by its whole primary key, as a closure that touches no batch;
 * undefined for every other plan.
 */
export function compilePointRead(
  plan: LogicalPlan,
  columns: readonly ResultColumn[],
  shape: RowShape,
  options: ResultOptions,
): PointRead | undefined {
  const point = pointPlan(plan);
  if (point === undefined) return undefined;
  const { table, bounds } = point.scan;
  const key = compileKey(
    bounds!.equal,
    table.primaryKey.map((at) => table.columns[at]!.type),
  );
  const make =
    storedRowMaker(point, columns, shape, options) ??
    computedRowMaker(point, columns, shape, options);
  return (context) => {
    const values = key(context);
    if (values === undefined) return undefined;
    const row = context.source.getByKey(table, values);
    return row === undefined ? undefined : make(row, context);
  };
}

function pointPlan(plan: LogicalPlan): PointPlan | undefined {
  const project = plan.kind === "project" ? plan : undefined;
  const below = project === undefined ? plan : project.input;
  const filter = below.kind === "filter" ? below : undefined;
  const scan = filter === undefined ? below : filter.input;
  if (scan.kind !== "scan" || scan.locator !== undefined) return undefined;
  const { bounds, table } = scan;
  if (bounds === undefined || bounds.index !== undefined) return undefined;
  const isWhole = bounds.equal.length > 0 && bounds.equal.length === table.primaryKey.length;
  return isWhole ? { scan, filter, project } : undefined;
}

/** Where all results are columns as they are: one literal over the stored row. */
function storedRowMaker(
  { scan, filter, project }: PointPlan,
  columns: readonly ResultColumn[],
  shape: RowShape,
  options: ResultOptions,
): RowMaker | undefined {
  if (filter !== undefined) return undefined;
  const positions = new Map(scan.output.map(({ id }, i) => [id, scan.columns[i]!]));
  const ids = (project?.exprs ?? scan.output.map(columnExpr)).map((expr) =>
    expr.kind === "column" ? positions.get(expr.id) : undefined,
  );
  const converters: unknown[] = [];
  const values: string[] = [];
  for (const [i, position] of ids.entries()) {
    if (position === undefined) return undefined;
    const convert = storedConverter(columns[i]!, options);
    if (convert === undefined) values.push(`r[${position}]`);
    else {
      values.push(`k[${converters.length}](r[${position}])`);
      converters.push(convert);
    }
  }
  const source = `"use strict"; return (r) => ${rowSource(columns, shape, values)};`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- column names enter as quoted literals.
  return (new Function("k", source) as (k: unknown) => RowMaker)(converters);
}

/** From the stored value to the user's; undefined where they are the same. */
function storedConverter(
  column: ResultColumn,
  options: ResultOptions,
): ((value: Value) => unknown) | undefined {
  const { type } = column;
  const convert = converterOf(column, options);
  if (convert === undefined && isStoredAsIs(type)) return undefined;
  if (convert === undefined) return (value) => fromStorage(value, type);
  return (value) => (value === null ? null : convert(fromStorage(value, type)));
}

function isStoredAsIs({ name }: SqlType): boolean {
  return (
    name !== "numeric" &&
    name !== "jsonb" &&
    name !== "date" &&
    name !== "array" &&
    !name.startsWith("timestamp")
  );
}

/** The general way: conditions and expressions over the row's datums. */
function computedRowMaker(
  { scan, filter, project }: PointPlan,
  columns: readonly ResultColumn[],
  shape: RowShape,
  options: ResultOptions,
): RowMaker {
  const passes = filter && compilePredicate(filter.predicate, scan.output);
  const exprs = compileRows(project?.exprs ?? scan.output.map(columnExpr), scan.output);
  const converters = columns.map((column) => converterOf(column, options));
  const source = rowSource(
    columns,
    shape,
    columns.map((_, i) => `v[${i}]`),
  );
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- column names enter as quoted literals.
  const make = new Function("v", `return ${source};`) as (values: readonly unknown[]) => unknown;
  return (row, context) => {
    const datums = rowDatums(row, scan.columns, scan.output);
    if (passes !== undefined && !passes(datums, context)) return undefined;
    const values = exprs.map((expr, i): unknown => {
      const value: Datum = expr(datums, context);
      return converters[i] === undefined ? value : converters[i](value);
    });
    return make(values);
  };
}
