import type { Key } from "../base/key.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import type { KeyCursor, VersionCursor } from "./contract.js";
import type { Memtable } from "./memtable.js";
import { MemtableRow } from "./memtable-row.js";
import type { RowBatch } from "./row-batch.js";
import type { RowView } from "./row-view.js";

const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;

/** Rows on their way from the order of keys into a batch; used up before anyone else can run. */
let taken: Int32Array = new Int32Array(128);

/** Ordered walk over the versions of a memtable that are visible at one sequence. */
export class MemtableCursor implements VersionCursor {
  private readonly memtable: Memtable;
  private readonly atSeq: number;
  private readonly keys: KeyCursor;
  private readonly view = new MemtableRow();
  private rowId = -1;

  constructor(memtable: Memtable, atSeq: number) {
    this.memtable = memtable;
    this.atSeq = atSeq;
    this.keys = memtable.cursor();
  }

  get valid(): boolean {
    return this.keys.valid;
  }

  get key(): Key {
    return this.keys.key;
  }

  get seq(): number {
    return this.memtable.seqOf(this.rowId);
  }

  get tombstone(): boolean {
    return this.memtable.isTombstone(this.rowId);
  }

  get row(): RowView {
    return this.view.set(this.memtable, this.rowId);
  }

  seekFirst(): void {
    this.keys.seekFirst();
    this.skipForward();
  }

  seekLast(): void {
    this.keys.seekLast();
    this.skipBackward();
  }

  seek(key: Key): void {
    this.keys.seek(key);
    this.skipForward();
  }

  seekBefore(key: Key): void {
    this.keys.seekBefore(key);
    this.skipBackward();
  }

  next(): void {
    this.keys.next();
    this.skipForward();
  }

  previous(): void {
    this.keys.previous();
    this.skipBackward();
  }

  take(batch: RowBatch, max: number, end: Key | undefined): void {
    const { keys } = this;
    if (taken.length < max) taken = new Int32Array(max);
    while (keys.valid && batch.count < max) {
      const count = keys.take(taken, max - batch.count, end);
      if (count === 0) break;
      for (let i = 0; i < count; i++) this.add(batch, taken[i]!);
    }
    this.skipForward();
  }

  /** Adds the visible version of the key that `row` is a version of. */
  private add(batch: RowBatch, row: number): void {
    const { memtable } = this;
    let chunk = memtable.chunkOf(row);
    let visible = row;
    if (!chunk.isVisibleWhole(this.atSeq)) {
      visible = memtable.visibleFrom(memtable.newest(row), this.atSeq);
      if (visible < 0 || memtable.isTombstone(visible)) return;
      chunk = memtable.chunkOf(visible);
    }
    batch.push(chunk, visible & CHUNK_MASK);
  }

  private skipForward(): void {
    while (this.keys.valid && !this.findVersion()) this.keys.next();
  }

  private skipBackward(): void {
    while (this.keys.valid && !this.findVersion()) this.keys.previous();
  }

  private findVersion(): boolean {
    this.rowId = this.memtable.visibleFrom(this.keys.row, this.atSeq);
    return this.rowId >= 0;
  }
}
