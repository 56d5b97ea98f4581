import type { LogicalPlan } from "../planner/plan.js";
import { datumsInPlace } from "./column.js";
import type { ExecutionContext } from "./operator.js";
import { compileDatumRow, compilePlacedRow, rowPlan, type RowTarget } from "./row-maker.js";
import { compileKey } from "./scan-bounds.js";

/** Gives the row of the key as users get it; undefined if there is none. */
export type PointRead = (context: ExecutionContext) => unknown;

/**
 * A plan that reads one row by its whole primary key, as a closure that touches no batch;
 * undefined for every other plan.
 */
export function compilePointRead(plan: LogicalPlan, target: RowTarget): PointRead | undefined {
  const rows = rowPlan(plan);
  if (rows === undefined) return undefined;
  const { table, bounds, columns, output } = rows.scan;
  if (bounds === undefined || bounds.index !== undefined) return undefined;
  if (bounds.equal.length === 0 || bounds.equal.length !== table.primaryKey.length) {
    return undefined;
  }
  const key = compileKey(
    bounds.equal,
    table.primaryKey.map((at) => table.columns[at]!.type),
  );
  const place = compilePlacedRow(rows, target);
  if (place !== undefined) {
    return (context) => {
      const values = key(context);
      if (values === undefined) return undefined;
      const row = context.source.find(table, values);
      return row === undefined ? undefined : place(row);
    };
  }
  const make = compileDatumRow(rows, target);
  return (context) => {
    const values = key(context);
    if (values === undefined) return undefined;
    const row = context.source.find(table, values);
    return row === undefined ? undefined : make(datumsInPlace(row, columns, output), context);
  };
}
