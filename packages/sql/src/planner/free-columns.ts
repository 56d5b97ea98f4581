import type { ColumnId } from "../binder/expr.js";
import { addColumns } from "./expressions.js";
import type { LogicalPlan } from "./plan.js";
import { children, nodeColumns, nodeExprs } from "./nodes.js";

const known = new WeakMap<LogicalPlan, ReadonlySet<ColumnId>>();

/** Columns that a plan reads and no node of it produces: what ties it to the query around it. */
export function freeColumns(plan: LogicalPlan): ReadonlySet<ColumnId> {
  const cached = known.get(plan);
  if (cached !== undefined) return cached;
  const used = new Set<ColumnId>();
  for (const expr of nodeExprs(plan)) addColumns(expr, used);
  for (const child of children(plan)) for (const id of freeColumns(child)) used.add(id);
  // Ids are given out once a statement, so it does not matter which node made one.
  for (const child of children(plan)) for (const column of child.output) used.delete(column.id);
  for (const id of nodeColumns(plan)) used.delete(id);
  known.set(plan, used);
  return used;
}

/** Whether a plan depends on none of the rows around it. */
export function isSelfContained(plan: LogicalPlan): boolean {
  return freeColumns(plan).size === 0;
}
