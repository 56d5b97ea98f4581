import type { ColumnVector, Value } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { Layout } from "../tree/layout.js";
import type { ByteSink } from "../base/bytes.js";

/**
 * A run is an immutable sorted part of one tree: a *section* of a run file. A flush writes one
 * file with a section per tree; compaction writes files of one section.
 *
 * Rows are ordered by (key ascending, seq descending): a key may appear several times, newest
 * version first, while snapshots need the older ones.
 */
export interface SectionMeta {
  readonly fileId: number;
  readonly treeId: number;
  /** Byte range of the section in its file; the section's footer is at its end. */
  readonly offset: number;
  readonly length: number;
  readonly rows: number;
  readonly tombstones: number;
  readonly firstKey: Key;
  readonly lastKey: Key;
  readonly minSeq: number;
  readonly maxSeq: number;
}

/** Rows that lie in chunks of MEMTABLE_CHUNK_ROWS, in the order of their keys. */
export interface ChunkedRows {
  /** By column over `[...key, ...value]`, then by chunk. */
  readonly columns: readonly (readonly ColumnVector[])[];
  /** Row ids; keys and seqs at the same places are theirs. */
  readonly rows: Int32Array;
  readonly keys: readonly Key[];
  readonly seqs: Float64Array;
}

/**
 * Writes one section, row by row in order. Rows arrive as a source's vectors and an index, so
 * that flush (from memtable chunks) and compaction (from decoded blocks) copy column to column.
 */
export interface SectionWriter {
  /**
   * Appends row `index` of `columns` (over `[...key, ...value]`). For a tombstone only the key
   * columns are read. A seq of 0 says that the row is visible to every snapshot. Precondition:
   * (key, seq) sorts after the row before.
   */
  add(
    key: Key,
    seq: number,
    tombstone: boolean,
    columns: readonly ColumnVector[],
    index: number,
  ): void;
  /**
   * Appends rows [from, to), each the only version of its key and none a tombstone, or as many of
   * them as come into this block; returns how many. Precondition: as for `add`; `from < to`.
   */
  addRows(source: ChunkedRows, from: number, to: number): number;
  /** Uncompressed bytes added so far; compaction cuts its outputs by this. */
  readonly pendingBytes: number;
  readonly rows: number;
  /**
   * Writes what is left, index and footer. Not durable until the file is synced. Precondition:
   * there is a row; a section without rows is just left, and its file does not have it.
   */
  finish(): SectionMeta;
}

/**
 * A block of a section with its columns decoded on demand through the buffer pool. Values are
 * copies; vectors are the pool's memory, valid until its next step.
 */
export interface BlockView {
  readonly block: number;
  readonly rows: number;
  /** Decoded vector of a column; valid until the pool's next step. */
  column(column: number): ColumnVector;
  /** Decodes one value without decoding the whole column where the encoding allows it. */
  value(column: number, row: number): Value;
  /** As the methods of `RowView`, which do not check the column's kind. */
  isNull(column: number, row: number): boolean;
  number(column: number, row: number): number | bigint;
  boolean(column: number, row: number): boolean;
  text(column: number, row: number): string;
  bytes(column: number, row: number): Uint8Array;
  copyBytes(column: number, row: number, to: ByteSink): void;
  json(column: number, row: number): unknown;
  /** Bytes of a byte-form value, as stored. */
  size(column: number, row: number): number;
  /** Nothing: the values of a block lie together, so that there is little to fetch ahead. */
  touch(column: number, row: number): number;
  key(row: number): Key;
  /** Sequence of a row; 0 where the block is visible to all and stores none. */
  seq(row: number): number;
  tombstone(row: number): boolean;
  /** First row whose key is >= `key`; `rows` if none. */
  lowerBound(key: Key): number;
  /** The same among the rows from `row` on, quick where it is near. */
  firstFrom(row: number, key: Key): number;
}

export interface ZoneMap {
  /**
   * Inclusive bounds of the values that are not null; long text and bytes are cut, min downwards
   * and max upwards. Null where nothing is known: every value is null, the kind has no order of
   * its own (variant, interval), or a bound is too long to keep. Tombstones count as nulls.
   */
  readonly min: Value;
  readonly max: Value;
  readonly nullCount: number;
}

/** Reads a section. Opening reads nothing; the footer is read on first use. */
export interface SectionReader {
  readonly meta: SectionMeta;
  readonly layout: Layout;
  readonly blockCount: number;
  /**
   * Global row number of the newest version of `key`, or -1. Uses hash index or filter first.
   * Precondition: `key` was made by the layout's codec from all key columns.
   */
  find(key: Key): number;
  /** Block that holds a global row number, and the row's index in it. The object is reused. */
  locate(globalRow: number): { readonly block: number; readonly row: number };
  /** First block that may hold a key >= `key`; `blockCount` if none. */
  seekBlock(key: Key): number;
  block(block: number): BlockView;
  blockRows(block: number): number;
  /** Global row number of a block's first row. */
  blockStart(block: number): number;
  zone(block: number, column: number): ZoneMap;
  firstKey(block: number): Key;
  lastKey(block: number): Key;
  /** Largest seq in a block; with `hasVersions` false the block is visible to every snapshot. */
  blockMaxSeq(block: number): number;
  hasVersions(block: number): boolean;
  /** Reads and verifies every byte and invariant; reports each problem found. */
  check(report: (problem: string, offset: number) => void): void;
  /** Drops the section's chunks from the pool. The file is closed by whoever opened it. */
  close(): void;
}
