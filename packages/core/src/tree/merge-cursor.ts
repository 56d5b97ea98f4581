/**
 * One ordered walk over several sources, of which an earlier one is newer: per key the version of
 * the newest source that has one counts.
 *
 * The sources that are not at their end form a binary heap by (key, age), or by (key descending,
 * age) while walking backward. Turning around, or learning that the sources have changed, puts
 * every source anew beside the current key.
 */
import type { Key } from "../base/key.js";
import type { VersionCursor } from "./contract.js";
import type { RowBatch } from "./row-batch.js";
import type { RowView } from "./row-view.js";

/** What is merged. When `epoch` has moved, cursors open the sources again and go on. */
export interface MergeSources {
  readonly epoch: number;
  /** Cursors over the sources, newest first, at the sequence of the merge. */
  open(): readonly VersionCursor[];
}

export class MergeCursor implements VersionCursor {
  valid = false;
  private currentKey: Key = 0;
  private readonly origin: MergeSources;
  private readonly hideTombstones: boolean;
  private epoch: number;
  private sources: readonly VersionCursor[];
  /** Key of each source that is not at its end. */
  private readonly keys: Key[] = [];
  private readonly heap: number[] = [];
  private backward = false;

  constructor(origin: MergeSources, hideTombstones: boolean) {
    this.origin = origin;
    this.hideTombstones = hideTombstones;
    this.epoch = origin.epoch;
    this.sources = origin.open();
  }

  get key(): Key {
    return this.currentKey;
  }

  get seq(): number {
    return this.top().seq;
  }

  get tombstone(): boolean {
    return this.top().tombstone;
  }

  get row(): RowView {
    return this.top().row;
  }

  seekFirst(): void {
    this.refresh();
    for (const source of this.sources) source.seekFirst();
    this.start(false);
  }

  seekLast(): void {
    this.refresh();
    for (const source of this.sources) source.seekLast();
    this.start(true);
  }

  seek(key: Key): void {
    this.refresh();
    for (const source of this.sources) source.seek(key);
    this.start(false);
  }

  seekBefore(key: Key): void {
    this.refresh();
    for (const source of this.sources) source.seekBefore(key);
    this.start(true);
  }

  next(): void {
    if (this.refresh() || this.backward) {
      this.seekAfter(this.currentKey);
      return;
    }
    this.leaveKey();
    this.settle();
  }

  previous(): void {
    if (this.refresh() || !this.backward) {
      this.seekBefore(this.currentKey);
      return;
    }
    this.leaveKey();
    this.settle();
  }

  /** Takes from a source at once what it has before the next key of every other. */
  take(batch: RowBatch, max: number, end: Key | undefined): void {
    if (this.refresh() || this.backward) this.returnTo(this.currentKey);
    while (this.valid && batch.count < max && (end === undefined || this.currentKey < end)) {
      const source = this.sources[this.heap[0]!]!;
      const other = this.secondKey();
      if (other === this.currentKey) {
        if (source.tombstone) source.next();
        else source.take(batch, batch.count + 1, undefined);
        this.topMoved();
        this.leaveCurrentKey();
      } else {
        const isNearer = other !== undefined && (end === undefined || other < end);
        source.take(batch, max, isNearer ? other : end);
        this.topMoved();
      }
      this.settle();
    }
  }

  /** The smallest key of the sources other than the top one. */
  private secondKey(): Key | undefined {
    const { heap, keys } = this;
    if (heap.length < 2) return undefined;
    const left = keys[heap[1]!]!;
    if (heap.length === 2) return left;
    const right = keys[heap[2]!]!;
    return right < left ? right : left;
  }

  /** The source at the current key; the row is looked up anew if the sources have changed. */
  private top(): VersionCursor {
    if (this.refresh()) this.returnTo(this.currentKey);
    return this.sources[this.heap[0]!]!;
  }

  private returnTo(key: Key): void {
    for (const source of this.sources) source.seek(key);
    this.start(false);
  }

  private seekAfter(key: Key): void {
    for (const source of this.sources) {
      source.seek(key);
      if (source.valid && source.key === key) source.next();
    }
    this.start(false);
  }

  private refresh(): boolean {
    if (this.epoch === this.origin.epoch) return false;
    this.epoch = this.origin.epoch;
    this.sources = this.origin.open();
    return true;
  }

  /** Builds the heap after every source was moved. */
  private start(backward: boolean): void {
    this.backward = backward;
    this.heap.length = 0;
    for (let i = 0; i < this.sources.length; i++) {
      const source = this.sources[i]!;
      if (!source.valid) continue;
      this.keys[i] = source.key;
      this.heap.push(i);
    }
    for (let at = (this.heap.length >>> 1) - 1; at >= 0; at--) this.siftDown(at);
    this.settle();
  }

  /** Moves every source at the current key one key further. */
  private leaveKey(): void {
    this.advanceTop();
    this.leaveCurrentKey();
  }

  private leaveCurrentKey(): void {
    while (this.heap.length > 0 && this.keys[this.heap[0]!] === this.currentKey) this.advanceTop();
  }

  /** Makes the key at the heap's top current, leaving deleted keys behind if they are hidden. */
  private settle(): void {
    while (this.heap.length > 0) {
      const first = this.heap[0]!;
      this.currentKey = this.keys[first]!;
      if (!this.hideTombstones || !this.sources[first]!.tombstone) break;
      this.leaveKey();
    }
    this.valid = this.heap.length > 0;
  }

  private advanceTop(): void {
    const source = this.sources[this.heap[0]!]!;
    if (this.backward) source.previous();
    else source.next();
    this.topMoved();
  }

  /** Puts the source at the top, which has moved, where it belongs. */
  private topMoved(): void {
    const { heap } = this;
    const first = heap[0]!;
    const source = this.sources[first]!;
    if (source.valid) {
      this.keys[first] = source.key;
    } else {
      const last = heap.pop()!;
      if (heap.length === 0) return;
      heap[0] = last;
    }
    if (heap.length > 1) this.siftDown(0);
  }

  private siftDown(from: number): void {
    const { heap } = this;
    const moved = heap[from]!;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.before(heap[child + 1]!, heap[child]!)) child++;
      if (!this.before(heap[child]!, moved)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = moved;
  }

  private before(a: number, b: number): boolean {
    const keyA = this.keys[a]!;
    const keyB = this.keys[b]!;
    if (keyA === keyB) return a < b;
    return this.backward ? keyA > keyB : keyA < keyB;
  }
}
