import type { ColumnVector } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import type { Layout } from "./layout.js";
import type { RowBatch } from "./row-batch.js";
import type { RowView } from "./row-view.js";

/** The rows of distinct keys in key order, taken some at a time. */
export interface RowsInOrder {
  /** Whether there are rows to take. */
  readonly valid: boolean;
  seekFirst(): void;
  /**
   * Writes up to `max` rows, from this one on and with keys below `end`, to the beginning of `into`
   * and goes on behind them; returns how many. They need not be their keys' newest rows.
   */
  take(into: Int32Array, max: number, end: Key | undefined): number;
}

/**
 * Ordered walk over the distinct keys of a memtable. Insertions between two steps never
 * invalidate it: it goes on from its key. `row` is the newest version's row id at that moment.
 */
export interface KeyCursor extends RowsInOrder {
  readonly key: Key;
  readonly row: number;
  seekLast(): void;
  /** To the first key >= `key`. */
  seek(key: Key): void;
  /** To the last key < `key`. */
  seekBefore(key: Key): void;
  next(): void;
  previous(): void;
}

/** What a flush needs of a memtable. Row ids are dense, in order of arrival. */
export interface FlushSource {
  readonly layout: Layout;
  /** The newest version of the key that `row` is a version of. */
  newest(row: number): number;
  /** The next older version of the same key, or -1. */
  older(row: number): number;
  keyOf(row: number): Key;
  seqOf(row: number): number;
  /** Seq of the version that superseded this one; Infinity while it is the newest. */
  endSeqOf(row: number): number;
  isTombstone(row: number): boolean;
  chunkCount(): number;
  /** Vectors over `[...key, ...value]` of rows [chunk * MEMTABLE_CHUNK_ROWS, …). */
  chunk(chunk: number): readonly ColumnVector[];
  cursor(): RowsInOrder;
}

/** What reads need of a memtable besides. */
export interface MemtableReader extends FlushSource {
  readonly codec: KeyCodec;
  /** Versions held, tombstones included. */
  readonly rowCount: number;
  /** Distinct keys held. */
  readonly keyCount: number;
  /** Bytes really held: vectors, arenas, keys, indexes. */
  readonly bytes: number;
  readonly minSeq: number;
  readonly maxSeq: number;
  /** Newest version of `key` with seq <= `atSeq` (a tombstone counts); -1 if there is none. */
  find(key: Key, atSeq: number): number;
  cursor(): KeyCursor;
}

/**
 * Ordered walk over the keys of one source (write set, memtable, section or a merge of them) as
 * seen at one sequence: for each key its newest version with seq <= the cursor's; keys without one
 * are skipped, tombstones are not (a merge needs them).
 */
export interface VersionCursor {
  readonly valid: boolean;
  readonly key: Key;
  readonly seq: number;
  readonly tombstone: boolean;
  /** The row at the cursor; valid until the cursor moves. */
  readonly row: RowView;
  seekFirst(): void;
  seekLast(): void;
  seek(key: Key): void;
  seekBefore(key: Key): void;
  next(): void;
  previous(): void;
  /**
   * Adds the rows from this one on whose keys are below `end`, but no tombstones, to `batch`, until
   * that holds `max` rows, and stands behind them as `next` would. Precondition: `valid`; `max` is
   * at most the batch's capacity.
   */
  take(batch: RowBatch, max: number, end: Key | undefined): void;
}

/** Work that is done elsewhere: by another thread, or by the disk. */
export interface Elsewhere {
  /** Settles, and never rejects, once the next step gets on. */
  readonly done: Promise<void>;
  /** Waits for that on this thread. */
  wait(): void;
}

/**
 * A long job cut into short steps, so that the same code runs inline, between turns of the event
 * loop, or in a worker. Each step does at most a few milliseconds of work.
 */
export interface StepJob<Result> {
  /** What the next step would wait for; undefined, or not there, if it gets on at once. */
  readonly elsewhere?: Elsewhere | undefined;
  /** Does one slice; true when the job is finished. */
  step(): boolean;
  /** Precondition: the last `step` returned true. */
  result(): Result;
  /** Gives up: closes and removes what the job wrote. */
  abandon(): void;
}
