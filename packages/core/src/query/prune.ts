import type { ColumnRange, ColumnType, SqlType, Value } from "@aegisdb/sql";
import { storageType } from "@aegisdb/sql";
import { compareBytes, compareValues } from "../base/compare.js";
import type { BatchScanOptions } from "../engine/contract.js";
import { withoutScale } from "./key-form-units.js";
import type { StoredTable } from "./stored-table.js";

type ZonePredicate = NonNullable<BatchScanOptions["zonePredicate"]>;

interface PrunedColumn {
  /** In the tree. */
  readonly column: number;
  readonly min: Value | undefined;
  readonly max: Value | undefined;
  readonly compare: (a: Value, b: Value) => number;
}

/** Tells from their zone maps which blocks can hold rows inside all `ranges`. */
export function zonePredicate(
  table: StoredTable,
  ranges: readonly ColumnRange[] | undefined,
): ZonePredicate | undefined {
  if (ranges === undefined || ranges.length === 0) return undefined;
  const columns = ranges.flatMap(({ column, min, max }): PrunedColumn[] => {
    const compare = comparator(table.columns[column]!.type);
    if (compare === undefined) return [];
    return [{ column: table.layoutOf[column]!, min, max, compare }];
  });
  if (columns.length === 0) return undefined;
  return (zone) => {
    for (const { column, min, max, compare } of columns) {
      const bounds = zone(column);
      if (min !== undefined && bounds.max !== null && compare(bounds.max, min) < 0) return false;
      if (max !== undefined && bounds.min !== null && compare(bounds.min, max) > 0) return false;
    }
    return true;
  };
}

/** Undefined for types whose order is not that of what they are stored as. */
function comparator(type: SqlType): ((a: Value, b: Value) => number) | undefined {
  if (type.name === "jsonb" || type.name === "json") return undefined;
  const stored: ColumnType = storageType(type);
  switch (stored.kind) {
    case "variant":
    case "interval":
      return undefined;
    case "numeric":
      return (a, b) => compareBytes(withoutScale(a), withoutScale(b));
    default:
      return (a, b) => compareValues(stored, a, b);
  }
}
