import type { Key } from "../base/key.js";
import type { KeyCursor } from "./contract.js";
import type { KeyIndex } from "./key-index.js";
import type { NewestRows, SortedKeys } from "./sorted-keys.js";

/** See `KeyCursor`. Keys that arrive during a walk are seen from its next seek on. */
export class SortedKeyCursor implements KeyCursor {
  valid = false;
  row = -1;
  /** The key of `keyRow`, made when it was asked for. */
  private rowKey: Key = 0;
  private keyRow = -1;
  private readonly sorted: SortedKeys;
  private readonly index: KeyIndex;
  private readonly rows: NewestRows;
  private version = -1;
  private chunk = 0;
  private place = 0;

  constructor(sorted: SortedKeys, index: KeyIndex, rows: NewestRows) {
    this.sorted = sorted;
    this.index = index;
    this.rows = rows;
  }

  get key(): Key {
    if (this.keyRow !== this.row) {
      this.rowKey = this.index.keyOf(this.row);
      this.keyRow = this.row;
    }
    return this.rowKey;
  }

  seekFirst(): void {
    this.settle();
    this.chunk = 0;
    this.place = 0;
    this.load();
  }

  seekLast(): void {
    this.settle();
    this.chunk = this.sorted.chunks.length - 1;
    this.place = this.chunk < 0 ? 0 : this.sorted.chunks[this.chunk]!.count - 1;
    this.load();
  }

  seek(key: Key): void {
    this.settle();
    this.locate(key);
    this.load();
  }

  seekBefore(key: Key): void {
    this.settle();
    this.locate(key);
    this.stepBack();
    this.load();
  }

  next(): void {
    if (this.version !== this.sorted.version) this.relocate();
    const chunk = this.sorted.chunks[this.chunk]!;
    if (++this.place === chunk.count) {
      this.chunk++;
      this.place = 0;
    }
    this.load();
  }

  previous(): void {
    if (this.version !== this.sorted.version) this.relocate();
    this.stepBack();
    this.load();
  }

  take(into: Int32Array, max: number, end: Key | undefined): number {
    if (this.version !== this.sorted.version) this.relocate();
    const { sorted } = this;
    let taken = 0;
    while (taken < max && this.chunk < sorted.chunks.length) {
      const chunk = sorted.chunks[this.chunk]!;
      const stop = end === undefined ? chunk.count : sorted.firstFrom(chunk, this.place, end);
      const until = Math.min(stop, this.place + max - taken);
      while (this.place < until) into[taken++] = chunk.rows[this.place++]!;
      if (this.place < chunk.count) break;
      this.chunk++;
      this.place = 0;
    }
    this.load();
    return taken;
  }

  private settle(): void {
    this.sorted.settle();
    this.version = this.sorted.version;
  }

  /** The chunks changed under the cursor; its key is still there, for keys never leave. */
  private relocate(): void {
    this.version = this.sorted.version;
    this.locate(this.key);
  }

  private locate(key: Key): void {
    this.chunk = this.sorted.findChunk(key);
    const chunk = this.sorted.chunks[this.chunk];
    this.place = chunk === undefined ? 0 : this.sorted.lowerBound(chunk, key);
  }

  private stepBack(): void {
    if (--this.place >= 0) return;
    this.chunk--;
    this.place = this.chunk < 0 ? 0 : this.sorted.chunks[this.chunk]!.count - 1;
  }

  private load(): void {
    this.valid = this.chunk >= 0 && this.chunk < this.sorted.chunks.length;
    if (!this.valid) return;
    const chunk = this.sorted.chunks[this.chunk]!;
    const row = chunk.rows[this.place]!;
    const newest = this.rows.newest(row);
    if (newest !== row) chunk.rows[this.place] = newest;
    this.row = newest;
  }
}
