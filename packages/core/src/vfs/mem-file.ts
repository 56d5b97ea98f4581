/**
 * The content of a file in memory, and what of it is durable.
 *
 * `#bytes` is what the running program sees. Each change that is not durable yet is kept in
 * `#pending` with the bytes it replaced, so that a sync costs nothing and a power cut can take the
 * changes back:
 *
 *     durable content  =  bytes, with every pending change undone, newest first
 *     after a crash    =  durable content, with some of the pending changes done again, in part
 */
export interface Change {
  readonly kind: "write" | "truncate";
  /** Place among all changes of the file system. */
  readonly time: number;
  /** Where a write starts; the new size for a truncation. */
  readonly offset: number;
  /** What a write replaced, or what a truncation cut off. */
  readonly before: Uint8Array;
  /** What a write wrote; empty for a truncation. */
  readonly after: Uint8Array;
  readonly sizeBefore: number;
  readonly sizeAfter: number;
  /** Survives every crash, though an older change is still pending. */
  durable: boolean;
  /** A failed sync dropped it: no later sync makes it durable, though reads still see it. */
  lost: boolean;
}

export interface Content {
  readonly bytes: Uint8Array;
  readonly size: number;
}

const FIRST_CAPACITY = 256;
const NOTHING = new Uint8Array(0);

export class MemFile {
  readonly kind = "file" as const;
  /** Bytes past the size are always zero, so that growing shows zeros. */
  #bytes: Uint8Array;
  #size: number;
  #pending: Change[] = [];
  readonly #tracked: boolean;

  /** `tracked`: whether it remembers what is not durable; without it every change is at once. */
  constructor(tracked: boolean, content: Uint8Array = NOTHING) {
    this.#tracked = tracked;
    this.#bytes = content;
    this.#size = content.length;
  }

  get size(): number {
    return this.#size;
  }

  /** Changes that a power cut may undo, oldest first. */
  get pending(): readonly Change[] {
    return this.#pending;
  }

  read(into: Uint8Array, offset: number): number {
    const end = Math.min(offset + into.length, this.#size);
    if (end <= offset) return 0;
    into.set(this.#bytes.subarray(offset, end));
    return end - offset;
  }

  /** The change, to be made durable later; undefined where nothing is tracked or written. */
  write(data: Uint8Array, offset: number, time: number): Change | undefined {
    if (data.length === 0) return undefined;
    const end = offset + data.length;
    const size = this.#size;
    let change: Change | undefined;
    if (this.#tracked) {
      const before = this.#bytes.slice(offset, Math.min(end, size));
      const sizeAfter = Math.max(end, size);
      const after = data.slice();
      change = { kind: "write", time, offset, before, after, ...unsynced(size, sizeAfter) };
      this.#pending.push(change);
    }
    this.#reserve(end);
    this.#bytes.set(data, offset);
    this.#size = Math.max(end, size);
    return change;
  }

  truncate(size: number, time: number): void {
    if (this.#tracked) {
      const before = this.#bytes.slice(Math.min(size, this.#size), this.#size);
      this.#pending.push({
        kind: "truncate",
        time,
        offset: size,
        before,
        after: NOTHING,
        ...unsynced(this.#size, size),
      });
    }
    this.#reserve(size);
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(size, this.#bytes.length * 2, FIRST_CAPACITY));
    grown.set(this.#bytes.subarray(0, this.#size));
    this.#bytes = grown;
  }

  /** A sync: everything changed at or before `time` survives from now on, but for what was lost. */
  makeDurable(time: number): void {
    for (const change of this.#pending) {
      if (change.time <= time && !change.lost) change.durable = true;
    }
    this.#forgetDurable();
  }

  /** A write to a file opened for synchronous data: it survives, older ones not necessarily. */
  makeChangeDurable(change: Change): void {
    change.durable = true;
    this.#forgetDurable();
  }

  /** Changes before the first one that can be lost are part of the durable content. */
  #forgetDurable(): void {
    let count = 0;
    while (count < this.#pending.length && this.#pending[count]!.durable) count++;
    if (count > 0) this.#pending.splice(0, count);
  }

  /** A failed sync: the changes pending now never become durable by a later sync. */
  loseUnsynced(): void {
    for (const change of this.#pending) change.lost = !change.durable;
  }

  /** The content with all pending changes undone, in a buffer with room for each of them. */
  durableContent(): Content {
    let size = this.#size;
    let room = size;
    for (const change of this.#pending) {
      room = Math.max(room, change.sizeBefore, change.sizeAfter);
    }
    const bytes = new Uint8Array(room);
    bytes.set(this.#bytes.subarray(0, size));
    for (let i = this.#pending.length - 1; i >= 0; i--) {
      const change = this.#pending[i]!;
      bytes.fill(0, change.offset, change.offset + change.after.length);
      bytes.set(change.before, change.offset);
      size = change.sizeBefore;
    }
    return { bytes, size };
  }

  /** A copy in the same state, pending changes included. */
  clone(): MemFile {
    const copy = new MemFile(this.#tracked, this.#bytes.slice(0, this.#size));
    copy.#pending = this.#pending.map((change) => ({ ...change }));
    return copy;
  }
}

function unsynced(
  sizeBefore: number,
  sizeAfter: number,
): Pick<Change, "sizeBefore" | "sizeAfter" | "durable" | "lost"> {
  return { sizeBefore, sizeAfter, durable: false, lost: false };
}
