import type { Expr } from "../binder/expr.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import { datumsInPlace } from "./column.js";
import { compileCount } from "./limit.js";
import type { ExecutionContext } from "./operator.js";
import {
  compileDatumRow,
  compilePlacedRow,
  type RowPlan,
  rowPlan,
  type RowTarget,
} from "./row-maker.js";
import { compileKey } from "./scan-bounds.js";

/** Adds the rows that a lookup finds, as users get them and `most` at most, to a list. */
export type LookupRead = (context: ExecutionContext, most: number, into: unknown[]) => void;

interface LookupPlan {
  readonly rows: RowPlan;
  readonly limit: Expr | undefined;
}

/**
 * A plan that reads the rows an index has for some values, as a closure that touches no batch;
 * undefined for every other plan.
 */
export function compileIndexLookup(plan: LogicalPlan, target: RowTarget): LookupRead | undefined {
  const found = lookupPlan(plan);
  if (found === undefined) return undefined;
  const { rows } = found;
  const { table, bounds, columns, output, reverse } = rows.scan;
  const index = bounds?.index;
  if (bounds === undefined || index === undefined || index.constraint === "primary") {
    return undefined;
  }
  if (
    bounds.equal.length === 0 ||
    bounds.from !== undefined ||
    bounds.to !== undefined ||
    reverse
  ) {
    return undefined;
  }
  // How many rows to look up for so many that pass is not known.
  if (found.limit !== undefined && rows.filter !== undefined) return undefined;
  const key = compileKey(
    bounds.equal,
    bounds.equal.map((_, i) => table.columns[index.columns[i]!.column]!.type),
  );
  const limit = compileCount(found.limit, "LIMIT", Infinity);
  const place = compilePlacedRow(rows, target);
  if (place !== undefined) {
    return (context, given, into) => {
      const most = Math.min(limit(context), given);
      const equal = key(context);
      if (equal === undefined || most <= 0) return;
      const lookup = { index, equal, columns, most };
      context.source.lookUp(table, lookup, (row) => void into.push(place(row)));
    };
  }
  const make = compileDatumRow(rows, target);
  return (context, given, into) => {
    const most = Math.min(limit(context), rows.filter === undefined ? given : Infinity);
    const equal = key(context);
    if (equal === undefined || most <= 0) return;
    // What an expression computes may read through the source, so it waits for the last row.
    const taken: Datum[][] = [];
    const lookup = { index, equal, columns, most };
    context.source.lookUp(table, lookup, (row) => {
      taken.push(datumsInPlace(row, columns, output));
    });
    for (let i = 0; i < taken.length && into.length < given; i++) {
      const row = make(taken[i]!, context);
      if (row !== undefined) into.push(row);
    }
  };
}

/** `limit(rows)`, or with the limit below the projection, or without one. */
function lookupPlan(plan: LogicalPlan): LookupPlan | undefined {
  if (plan.kind === "limit") {
    if (plan.offset !== undefined || plan.withTies !== undefined) return undefined;
    const rows = rowPlan(plan.input);
    return rows && { rows, limit: plan.limit };
  }
  if (plan.kind === "project" && plan.input.kind === "limit") {
    const { offset, withTies, limit, input } = plan.input;
    if (offset !== undefined || withTies !== undefined) return undefined;
    const rows = rowPlan({ ...plan, input });
    return rows && { rows, limit };
  }
  const rows = rowPlan(plan);
  return rows && { rows, limit: undefined };
}
