/**
 * A memtable: the newest versions of a tree's rows, in columns.
 *
 *   key ──index──► newest row ──older──► row ──older──► row …
 *
 *   chunk 0                          chunk 1
 *   ┌ seq  end  older  tomb ┐        ┌
 *   │ key columns           │ 4,096  │ …
 *   └ value columns         ┘ rows   └
 *
 * Rows are only ever appended, in the order of commits; a row of an existing key marks the row
 * before as superseded at its seq. A version is visible at S iff seq <= S < end seq.
 */
import type { ColumnVector } from "@aegisdb/sql/contract";
import type { Key, KeyRange } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import { assert } from "../errors.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import type { KeyCursor, MemtableReader } from "./contract.js";
import type { KeyIndex } from "./key-index.js";
import type { Layout } from "./layout.js";
import { MemtableChunk } from "./memtable-chunk.js";
import type { RowBatch } from "./row-batch.js";
import { NumberKeyIndex } from "./number-key-index.js";
import type { RowKeys } from "./row-keys.js";
import { MemtableMemory, type SharedMemory } from "./shared-memory.js";
import { SortedKeyCursor } from "./sorted-key-cursor.js";
import { SortedKeys, type NewestRows } from "./sorted-keys.js";
import { StringKeyIndex } from "./string-key-index.js";

const CHUNK_SHIFT = Math.log2(MEMTABLE_CHUNK_ROWS);
const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;
/** A memtable of so many chunks is larger than what the processor keeps near. */
const FETCHED_CHUNKS = 8;
/** Rows a memtable can number. */
const MAX_ROWS = 2 ** 30;

export class Memtable implements MemtableReader, NewestRows {
  readonly layout: Layout;
  readonly codec: KeyCodec;
  rowCount = 0;
  tombstoneCount = 0;
  /** Rows that a newer one of the same key has replaced. Where there is none, rows need no look. */
  private supersededCount = 0;
  minSeq: number = Infinity;
  maxSeq = 0;
  private readonly memory: MemtableMemory;
  private readonly chunks: MemtableChunk[] = [];
  private readonly index: KeyIndex;
  /** The same index when keys are strings, for `findConcat`. */
  private readonly stringIndex: StringKeyIndex | null;
  private readonly sorted: SortedKeys;

  /**
   * Without `source` its memory is left to the garbage collector. It may come to about as many keys as
   * the one before it.
   */
  constructor(layout: Layout, codec: KeyCodec, source?: SharedMemory, before?: Memtable) {
    this.layout = layout;
    this.codec = codec;
    this.memory = new MemtableMemory(source);
    const expectedKeys = before?.keyCount ?? 0;
    this.stringIndex =
      codec.form === "string" ? new StringKeyIndex(this, this.memory, expectedKeys) : null;
    this.index = this.stringIndex ?? new NumberKeyIndex(expectedKeys);
    this.sorted = new SortedKeys(this.index);
  }

  /** Gives the memory of all rows back. Precondition: nobody reads the memtable any more. */
  release(): void {
    this.memory.release();
  }

  get keyCount(): number {
    return this.index.size;
  }

  get bytes(): number {
    return this.memory.bytes + this.index.bytes + this.sorted.bytes;
  }

  /**
   * Makes the encoded row at `offset` of `bytes` the newest version of `key`; returns its row id.
   * A second version of one seq replaces the first. Precondition: `seq` >= every seq before.
   */
  put(key: Key, seq: number, bytes: Uint8Array, offset: number): number {
    return this.append(key, seq, false, bytes, offset);
  }

  /** The same for a tombstone; `offset` is that of the encoded key. */
  delete(key: Key, seq: number, bytes: Uint8Array, offset: number): number {
    this.tombstoneCount++;
    return this.append(key, seq, true, bytes, offset);
  }

  find(key: Key, atSeq: number): number {
    return this.visibleFrom(this.index.find(key), atSeq);
  }

  /** As `find(prefix + rest)`, without making that string. Precondition: keys are strings. */
  findConcat(prefix: string, rest: string, atSeq: number): number {
    return this.visibleFrom(this.stringIndex!.findConcat(prefix, rest), atSeq);
  }

  /** The newest version with seq <= `atSeq` among `newest` and what is older, or -1. */
  visibleFrom(newest: number, atSeq: number): number {
    if (atSeq >= this.maxSeq) return newest;
    let row = newest;
    while (row >= 0 && this.seqOf(row) > atSeq) row = this.older(row);
    return row;
  }

  older(row: number): number {
    if (this.supersededCount === 0) return -1;
    return this.chunkOf(row).olderRows[row & CHUNK_MASK]!;
  }

  newest(row: number): number {
    if (this.supersededCount === 0 || this.endSeqOf(row) === Infinity) return row;
    return this.index.newest(row);
  }

  keyOf(row: number): Key {
    return this.index.keyOf(row);
  }

  /** The keys of all rows where they are strings, else null. */
  get rowKeys(): RowKeys | null {
    return this.stringIndex?.keys ?? null;
  }

  seqOf(row: number): number {
    return this.chunkOf(row).seqs[row & CHUNK_MASK]!;
  }

  endSeqOf(row: number): number {
    return this.chunkOf(row).endSeqs[row & CHUNK_MASK]!;
  }

  isTombstone(row: number): boolean {
    return this.tombstoneCount > 0 && this.chunkOf(row).tombstones[row & CHUNK_MASK] === 1;
  }

  chunkCount(): number {
    return this.chunks.length;
  }

  chunk(chunk: number): readonly ColumnVector[] {
    return this.chunks[chunk]!.currentVectors();
  }

  /** Versions' bookkeeping of a chunk, for scans. */
  chunkRows(chunk: number): MemtableChunk {
    return this.chunks[chunk]!;
  }

  /** Keys in a range, whatever their versions. */
  countKeys(range: KeyRange): number {
    this.sorted.settle();
    return this.sorted.countBetween(range.start, range.end);
  }

  /** Sorts rows of distinct keys by key, in place. */
  sortByKey(rows: Int32Array): void {
    this.index.sort(rows);
  }

  cursor(): KeyCursor {
    return new SortedKeyCursor(this.sorted, this.index, this);
  }

  /** Small memtables lie in the processor's caches. */
  fetch(row: number): number {
    return this.chunks.length < FETCHED_CHUNKS ? 0 : this.chunkOf(row).fetch(row & CHUNK_MASK);
  }

  /** Adds a row to a batch, unless it is a tombstone. */
  addTo(batch: RowBatch, row: number): void {
    if (!this.isTombstone(row)) batch.push(this.chunkOf(row), row & CHUNK_MASK);
  }

  /** Holds `row` at the index of its last bits. */
  chunkOf(row: number): MemtableChunk {
    return this.chunks[row >>> CHUNK_SHIFT]!;
  }

  private append(
    key: Key,
    seq: number,
    tombstone: boolean,
    bytes: Uint8Array,
    offset: number,
  ): number {
    assert(seq >= this.maxSeq, "commits are applied in the order of the log");
    const row = this.rowCount;
    const chunk = this.chunkForNext();
    const index = chunk.append(seq, tombstone, bytes, offset);
    this.rowCount = row + 1;
    const newest = this.index.insert(key, row);
    if (newest < 0) {
      this.sorted.arrive(row);
    } else {
      const replaced = this.seqOf(newest) === seq;
      chunk.olderRows[index] = replaced ? this.older(newest) : newest;
      this.chunkOf(newest).supersede(newest & CHUNK_MASK, seq);
      this.supersededCount++;
    }
    if (seq < this.minSeq) this.minSeq = seq;
    this.maxSeq = seq;
    return row;
  }

  private chunkForNext(): MemtableChunk {
    const last = this.chunks.at(-1);
    if (last !== undefined && last.rows < MEMTABLE_CHUNK_ROWS) return last;
    assert(this.rowCount < MAX_ROWS, "a memtable is frozen long before it holds 2^30 rows");
    const chunk = new MemtableChunk(this.layout, this.memory, last);
    this.chunks.push(chunk);
    return chunk;
  }
}
