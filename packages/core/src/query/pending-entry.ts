import type { IndexInfo, Value } from "@aegisdb/sql";
import type { Key } from "../base/key.js";
import type { StoredIndex } from "./stored-index.js";
import type { StoredTable } from "./stored-table.js";

/** A row of an index that is about to be written, with its key. */
export interface PendingEntry {
  readonly index: StoredIndex;
  readonly entry: readonly Value[];
  readonly key: Key;
}

export function pending(
  index: StoredIndex,
  row: readonly Value[],
  primary: readonly Value[],
): PendingEntry {
  const entry = index.entry(row, primary);
  return { index, entry, key: index.tree.codec.encode(entry) };
}

/** As the primary key's constraint is called where its definition does not say. */
export function primaryIndex(table: StoredTable): IndexInfo {
  return (
    table.primary ?? {
      name: `${table.name}_pkey`,
      columns: table.primaryKey.map((column) => ({ column, descending: false })),
      unique: true,
      nullsNotDistinct: false,
      constraint: "primary",
    }
  );
}
