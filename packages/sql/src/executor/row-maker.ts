import type { RowInPlace } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { columnExpr } from "../planner/expressions.js";
import type { FilterPlan, LogicalPlan, ProjectPlan, ScanPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import type { ResultOptions } from "../types/result.js";
import type { SqlType } from "../types/sql-type.js";
import { fromStorage, isStoredAsIs } from "../types/storage.js";
import { compilePredicate, compileRows } from "./expression/index.js";
import type { ExecutionContext } from "./operator.js";
import { type ResultColumn, type RowShape, rowSource } from "./result-rows.js";
import { converterOf } from "./result-values.js";

/** A plan over the rows of one table: `project(filter(scan))`, of which only the scan must be there. */
export interface RowPlan {
  readonly scan: ScanPlan;
  readonly filter: FilterPlan | undefined;
  readonly project: ProjectPlan | undefined;
}

/** What users get as rows. */
export interface RowTarget {
  readonly columns: readonly ResultColumn[];
  readonly shape: RowShape;
  readonly options: ResultOptions;
}

/** Makes a row for users of one that lies in its table. */
export type PlacedRowMaker = (row: RowInPlace) => unknown;

/** Makes a row for users of the scan's datums; undefined where a condition leaves it out. */
export type DatumRowMaker = (datums: readonly Datum[], context: ExecutionContext) => unknown;

/** Undefined for a plan that is no such plan, and for one that asks where rows are. */
export function rowPlan(plan: LogicalPlan): RowPlan | undefined {
  const project = plan.kind === "project" ? plan : undefined;
  const below = project === undefined ? plan : project.input;
  const filter = below.kind === "filter" ? below : undefined;
  const scan = filter === undefined ? below : filter.input;
  if (scan.kind !== "scan" || scan.locator !== undefined) return undefined;
  return { scan, filter, project };
}

/**
 * Where all results are columns as they are: one literal whose values are read from the row where
 * it lies. Undefined for every other plan.
 */
export function compilePlacedRow(
  { scan, filter, project }: RowPlan,
  { columns, shape, options }: RowTarget,
): PlacedRowMaker | undefined {
  if (filter !== undefined) return undefined;
  const positions = new Map(scan.output.map(({ id }, i) => [id, scan.columns[i]!]));
  const exprs = project?.exprs ?? scan.output.map(columnExpr);
  const converters: unknown[] = [];
  const values: string[] = [];
  for (const [i, expr] of exprs.entries()) {
    const position = expr.kind === "column" ? positions.get(expr.id) : undefined;
    if (position === undefined) return undefined;
    const column = columns[i]!;
    const convert = storedConverter(column, options);
    if (convert === undefined) {
      const read = `r.${readerOf(column.type)}(${position})`;
      const { notNull } = scan.table.columns[position]!;
      values.push(notNull ? read : `(r.isNull(${position}) ? null : ${read})`);
    } else {
      values.push(`k[${converters.length}](r.value(${position}))`);
      converters.push(convert);
    }
  }
  const source = `"use strict"; return (r) => ${rowSource(columns, shape, values)};`;
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- column names enter as quoted literals.
  return (new Function("k", source) as (k: unknown) => PlacedRowMaker)(converters);
}

/** The general way: conditions and expressions over the row's datums. */
export function compileDatumRow(
  { scan, filter, project }: RowPlan,
  { columns, shape, options }: RowTarget,
): DatumRowMaker {
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
  return (datums, context) => {
    if (passes !== undefined && !passes(datums, context)) return undefined;
    const values = exprs.map((expr, i): unknown => {
      const value: Datum = expr(datums, context);
      return converters[i] === undefined ? value : converters[i](value);
    });
    return make(values);
  };
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

/** The method of `RowInPlace` that reads what users get. */
function readerOf({ name }: SqlType): "number" | "boolean" | "text" | "value" {
  switch (name) {
    case "smallint":
    case "integer":
    case "bigint":
    case "real":
    case "double precision":
      return "number";
    case "boolean":
      return "boolean";
    case "text":
    case "varchar":
      return "text";
    default:
      return "value";
  }
}
