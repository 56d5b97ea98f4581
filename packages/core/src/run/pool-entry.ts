import type { Region } from "./slab-allocator.js";

/** Who decoded an entry's memory and holds views of it. */
export interface EntryOwner {
  /** Forgets everything that points into the memory of entry `slot`; it is used again next. */
  evicted(slot: number): void;
}

/** A piece of memory in the buffer pool. The owner keeps it and tells the pool of each use. */
export class PoolEntry {
  readonly owner: EntryOwner;
  readonly slot: number;
  readonly key: number;
  readonly region: Region;
  /** Region and objects. */
  bytes = 0;
  /** The last step that used it. */
  step = 0;
  /** Steps that used it since it was loaded or reprieved, up to a limit. */
  uses = 0;
  inMain = false;
  older: PoolEntry | null = null;
  newer: PoolEntry | null = null;

  constructor(owner: EntryOwner, slot: number, key: number, region: Region) {
    this.owner = owner;
    this.slot = slot;
    this.key = key;
    this.region = region;
  }
}

/** First in, first out; linked through the entries themselves, so that any one can leave. */
export class EntryQueue {
  length = 0;
  bytes = 0;
  oldest: PoolEntry | null = null;
  #newest: PoolEntry | null = null;

  push(entry: PoolEntry): void {
    entry.older = this.#newest;
    entry.newer = null;
    if (this.#newest === null) this.oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
    this.length++;
    this.bytes += entry.bytes;
  }

  shift(): PoolEntry | undefined {
    const entry = this.oldest;
    if (entry === null) return undefined;
    this.remove(entry);
    return entry;
  }

  /** Precondition: the entry is in this queue. */
  remove(entry: PoolEntry): void {
    if (entry.older === null) this.oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) this.#newest = entry.older;
    else entry.newer.older = entry.older;
    entry.older = null;
    entry.newer = null;
    this.length--;
    this.bytes -= entry.bytes;
  }
}
