import type { ColumnId } from "../binder/expr.js";
import type { ScanPlan } from "./plan.js";

/** Whether no two rows of a scan are equal, and none NULL, in all of these columns. */
export function hasKey(scan: ScanPlan, ids: ReadonlySet<ColumnId>): boolean {
  const { table } = scan;
  const known = new Set<number>();
  scan.columns.forEach((column, i) => {
    if (ids.has(scan.output[i]!.id)) known.add(column);
  });
  const { primaryKey } = table;
  if (primaryKey.length > 0 && primaryKey.every((column) => known.has(column))) return true;
  return table.indexes.some(
    ({ unique, columns }) =>
      unique && columns.every(({ column }) => known.has(column) && table.columns[column]!.notNull),
  );
}
