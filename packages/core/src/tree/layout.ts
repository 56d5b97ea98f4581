import type { ColumnType } from "@aegisdb/sql/contract";

/** A column of a tree. Key columns may be null only where `nullable` (indexes); order: nulls last. */
export interface LayoutColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Key columns only: reverse this column's order (nulls first then). */
  readonly descending?: boolean;
  readonly nullable?: boolean;
}

/**
 * What a tree holds. Rows are `[...key columns, ...value columns]` throughout. A layout is stored
 * in the catalog with its tree and never changes in place.
 */
export interface Layout {
  readonly key: readonly LayoutColumn[];
  readonly value: readonly LayoutColumn[];
  /**
   * `point`: small blocks (about 16 KB) and a hash index, for trees read row by row (key-value,
   * documents, indexes). `scan`: blocks of 4,096 rows, for trees read column by column, still with
   * a hash index where `pointReads`.
   */
  readonly access: "point" | "scan";
  /** Whether runs carry a hash index; a Bloom filter otherwise. */
  readonly pointReads: boolean;
}

/** Key columns followed by value columns. */
export function layoutColumns(layout: Layout): readonly LayoutColumn[] {
  return [...layout.key, ...layout.value];
}
