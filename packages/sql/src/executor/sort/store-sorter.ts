import type { SortKey } from "../../binder/expr.js";
import { comparatorOf } from "../../types/compare.js";
import type { SqlType } from "../../types/sql-type.js";
import type { RowStore } from "../row-store.js";
import { rowSorter, type RowSorter } from "./row-sorter.js";
import { sortKeyData, type SortKeyData } from "./sort-keys.js";

/** A column to sort by, and how. */
export interface SortPart {
  readonly column: number;
  readonly type: SqlType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/** Throws FUNCTION_NOT_FOUND for types without an order, so that an empty input does not hide it. */
export function sortPart({ expr, descending, nullsFirst }: SortKey, column: number): SortPart {
  comparatorOf(expr.type);
  return { column, type: expr.type, descending, nullsFirst };
}

/** The sort keys of the rows that a store holds now. */
export function storeKeys(store: RowStore, parts: readonly SortPart[]): SortKeyData[] {
  return parts.map(({ column, ...order }) =>
    sortKeyData({ column: store.column(column), ...order }),
  );
}

/** A sorter over the rows that a store holds now. */
export function storeSorter(store: RowStore, parts: readonly SortPart[]): RowSorter {
  return rowSorter(storeKeys(store, parts));
}
