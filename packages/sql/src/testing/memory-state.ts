import type {
  IndexInfo,
  RowLocator,
  SequenceInfo,
  TableInfo,
  ViewInfo,
} from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { duplicatedKey } from "../modify/violations.js";
import { hashKey } from "../types/compare.js";
import { fromStorage } from "../types/storage.js";

export type Row = readonly Value[];

export interface FoundRow {
  readonly locator: RowLocator;
  readonly row: Row;
}

/** One version of a table. Versions of the database share it until one of them writes to it. */
export interface StoredTable {
  info: TableInfo;
  /** Rows never change in place. */
  rows: Map<number, Row>;
  nextRow: number;
}

/** All that a transaction sees. */
export interface MemoryState {
  readonly tables: Map<number, StoredTable>;
  readonly views: Map<string, ViewInfo>;
  readonly sequences: Map<string, SequenceInfo>;
  readonly schemas: string[];
  nextTable: number;
  catalogVersion: number;
}

let versions = 1;

/** A version that no other state of any catalog has. */
export function nextVersion(): number {
  return ++versions;
}

export function emptyState(): MemoryState {
  return {
    tables: new Map(),
    views: new Map(),
    sequences: new Map(),
    schemas: ["public"],
    nextTable: 1,
    catalogVersion: 1,
  };
}

/** A state of its own, whose tables are still shared. */
export function copyState(state: MemoryState): MemoryState {
  return {
    ...state,
    tables: new Map(state.tables),
    views: new Map(state.views),
    sequences: new Map(state.sequences),
    schemas: [...state.schemas],
  };
}

/** Equal for equal values; undefined where a NULL makes the key unlike any other. */
export function keyOf(
  table: TableInfo,
  columns: readonly number[],
  row: Row,
  nullsEqual: boolean,
): string | undefined {
  let key = "";
  for (const column of columns) {
    const { type } = table.columns[column]!;
    const datum = fromStorage(row[column] ?? null, type);
    if (datum === null && !nullsEqual) return undefined;
    const part = datum === null ? "" : String(hashKey(datum, type));
    key += datum === null ? "n" : `${part.length}:${part}`;
  }
  return key;
}

export function indexKey(table: TableInfo, index: IndexInfo, row: Row): string | undefined {
  const columns = index.columns.map(({ column }) => column);
  return keyOf(table, columns, row, index.nullsNotDistinct);
}

/** Throws where two rows have one key of a unique index. */
export function checkIndex({ info, rows }: StoredTable, index: IndexInfo): void {
  if (!index.unique) return;
  const seen = new Set<string>();
  for (const row of rows.values()) {
    const key = indexKey(info, index, row);
    if (key === undefined) continue;
    if (seen.has(key)) throw duplicatedKey(info, index, row);
    seen.add(key);
  }
}
