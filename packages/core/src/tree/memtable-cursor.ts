import type { Key } from "../base/key.js";
import type { KeyCursor, VersionCursor } from "./contract.js";
import type { Memtable } from "./memtable.js";
import { MemtableRow } from "./memtable-row.js";
import type { RowView } from "./row-view.js";

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
