import { EntryQueue, PoolEntry, type EntryOwner } from "./pool-entry.js";
import { SlabAllocator, type Region } from "./slab-allocator.js";

export type { EntryOwner, PoolEntry } from "./pool-entry.js";
export type { Region } from "./slab-allocator.js";

export interface PoolStats {
  /** Entries touched in a step where they were there already. */
  readonly hits: number;
  /** Entries loaded. */
  readonly misses: number;
  readonly evictions: number;
  /** Bytes held: slabs, buffers of their own, structures of open sections, bookkeeping. */
  readonly bytes: number;
  readonly capacity: number;
  readonly entries: number;
  /** Bytes of the entries; the rest of `bytes` is free regions of slabs and bookkeeping. */
  readonly entryBytes: number;
}

/** Bytes of an entry's objects: entry, vector, views. */
const ENTRY_BYTES = 600;
/** Share of the pool for entries that have not proved that they are wanted again. */
const PROBATION_SHARE = 0.1;
/** Times an entry may be reprieved; more would make eviction slow to forget. */
const MAX_USES = 3;
/** Evicted entries remembered, so that one that comes back is not put on probation again. */
const MAX_REMEMBERED = 65_536;

/**
 * Chunks and pages in memory, bounded in bytes. One per database.
 *
 * Eviction is S3-FIFO (Yang et al., SOSP 2023): an entry starts in the `probation` queue, a tenth
 * of the pool. At its end, an entry that was used in at least two later steps moves to `main`; others
 * are evicted and remembered. Entries of `main` go round again as long as they are used; an entry
 * that is loaded while it is remembered goes to `main` at once. A scan passes through probation and
 * leaves the rest alone.
 *
 * What a step touches is pinned until `nextStep`: it is not evicted, and its memory is not used
 * again. A step may so exceed the capacity; the next one begins by shrinking.
 */
export class BufferPool {
  readonly capacity: number;
  step = 1;
  readonly #memory: SlabAllocator;
  readonly #probation = new EntryQueue();
  readonly #main = new EntryQueue();
  readonly #remembered = new Set<number>();
  /** Bytes outside of buffers: entries' objects and `reserve`d structures. */
  #overhead = 0;
  #pinned = 0;
  #holds = 0;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #nextSection = 1;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#memory = new SlabAllocator(capacity);
  }

  get #excess(): number {
    return this.#memory.bytes + this.#overhead - this.capacity;
  }

  /**
   * While something is held no step ends: vectors that were handed out are still being read. Each
   * `hold` needs its `unhold`.
   */
  hold(): void {
    this.#holds++;
  }

  unhold(): void {
    this.#holds--;
  }

  /**
   * Unpins everything and, if the last step took more than the capacity, shrinks. Does nothing
   * while something is held.
   */
  nextStep(): void {
    if (this.#holds > 0) return;
    this.step++;
    this.#pinned = 0;
    if (this.#excess > 0) this.#makeRoom(0);
  }

  /** A number for a section, unique in this pool, to build its entries' keys from. */
  sectionNumber(): number {
    return this.#nextSection++;
  }

  /**
   * Memory for at least `size` bytes, with whatever content. It belongs to the caller, who gives it
   * to `admit` or back by `recycle`.
   */
  allocate(size: number): Region {
    const memory = this.#memory;
    if (size > memory.maxRegionBytes) {
      this.#makeRoom(size);
      return memory.own(size);
    }
    for (;;) {
      const region = memory.take(size);
      if (region !== undefined) return region;
      if (this.#excess + memory.slabBytes <= 0) memory.addSlab();
      else if (!this.#evictOne()) return memory.own(size);
    }
  }

  recycle(region: Region): void {
    this.#memory.free(region);
  }

  /** Evicts until `size` bytes more are within the capacity, or all that is left is pinned. */
  #makeRoom(size: number): void {
    // Slabs are given back only whole. Entries in order of eviction come first, as many bytes as
    // are wanted; if that does not help, a slab is cleared.
    let wanted = this.#excess + size;
    while (this.#excess + size > 0) {
      if (this.#memory.dropSlab()) continue;
      const before = this.#resident;
      if (wanted > 0 && this.#evictOne()) wanted -= before - this.#resident;
      else if (!this.#clearSlab() && !this.#evictOne()) return;
    }
  }

  /** Bytes of all entries. */
  get #resident(): number {
    return this.#probation.bytes + this.#main.bytes;
  }

  /** Evicts what is in the emptiest slab that has nothing pinned; false if there is none. */
  #clearSlab(): boolean {
    const pinned = new Set<number>();
    for (const queue of [this.#probation, this.#main]) {
      for (let entry = queue.oldest; entry !== null; entry = entry.newer) {
        if (entry.step === this.step) pinned.add(entry.region.slab);
      }
    }
    const slab = this.#memory.emptiest((number) => !pinned.has(number));
    if (slab < 0) return false;
    let found = false;
    for (const queue of [this.#probation, this.#main]) {
      for (let entry = queue.oldest; entry !== null;) {
        const { newer } = entry;
        if (entry.region.slab === slab) {
          queue.remove(entry);
          this.#evictions++;
          this.#release(entry);
          found = true;
        }
        entry = newer;
      }
    }
    return found;
  }

  /**
   * Takes over a loaded entry with its memory. `key` names the same content whenever it is loaded;
   * `owner.evicted(slot)` is called when the memory is taken away. The entry is pinned.
   */
  admit(owner: EntryOwner, slot: number, key: number, region: Region): PoolEntry {
    const entry = new PoolEntry(owner, slot, key, region);
    entry.bytes = region.length + ENTRY_BYTES;
    entry.step = this.step;
    this.#overhead += ENTRY_BYTES;
    this.#pinned += entry.bytes;
    this.#misses++;
    if (this.#remembered.delete(key)) {
      entry.inMain = true;
      this.#main.push(entry);
    } else {
      this.#probation.push(entry);
    }
    return entry;
  }

  /** Pins an entry for this step and counts the use. Precondition: it was not evicted. */
  touch(entry: PoolEntry): void {
    if (entry.step === this.step) return;
    entry.step = this.step;
    if (entry.uses < MAX_USES) entry.uses++;
    this.#pinned += entry.bytes;
    this.#hits++;
  }

  /** An entry's objects grew, by keys that were decoded for instance. */
  grow(entry: PoolEntry, bytes: number): void {
    entry.bytes += bytes;
    this.#overhead += bytes;
    if (entry.step === this.step) this.#pinned += bytes;
    if (entry.inMain) this.#main.bytes += bytes;
    else this.#probation.bytes += bytes;
  }

  /** Evicts an entry at once, pinned or not. Precondition: nobody uses its memory any more. */
  discard(entry: PoolEntry): void {
    if (entry.step === this.step) this.#pinned -= entry.bytes;
    (entry.inMain ? this.#main : this.#probation).remove(entry);
    this.#release(entry);
  }

  /** Counts memory that lives as long as a section is open. */
  reserve(bytes: number): void {
    this.#overhead += bytes;
  }

  release(bytes: number): void {
    this.#overhead -= bytes;
  }

  stats(): PoolStats {
    return {
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      bytes: this.#memory.bytes + this.#overhead,
      capacity: this.capacity,
      entries: this.#probation.length + this.#main.length,
      entryBytes: this.#resident,
    };
  }

  /** Evicts one entry that is not pinned; false if there is none. */
  #evictOne(): boolean {
    if (this.#pinned >= this.#resident) return false;
    let probation = this.#probation.length;
    // Every pass through `main` takes one use from an entry, so this many looks find one.
    let main = this.#main.length * (MAX_USES + 1) + probation;
    while (probation > 0 || main > 0) {
      const fromProbation =
        probation > 0 && (main <= 0 || this.#probation.bytes > this.capacity * PROBATION_SHARE);
      const queue = fromProbation ? this.#probation : this.#main;
      if (fromProbation) probation--;
      else main--;
      const entry = queue.shift();
      if (entry === undefined) continue;
      if (entry.step === this.step) queue.push(entry);
      else if (fromProbation ? entry.uses > 1 : entry.uses > 0) this.#reprieve(entry);
      else {
        this.#remember(entry);
        this.#evictions++;
        this.#release(entry);
        return true;
      }
    }
    return false;
  }

  /** To the end of `main`. Coming from probation an entry starts there without uses. */
  #reprieve(entry: PoolEntry): void {
    entry.uses = entry.inMain ? entry.uses - 1 : 0;
    entry.inMain = true;
    this.#main.push(entry);
  }

  #remember(entry: PoolEntry): void {
    if (entry.inMain) return;
    this.#remembered.add(entry.key);
    if (this.#remembered.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#remembered) {
      this.#remembered.delete(oldest);
      break;
    }
  }

  #release(entry: PoolEntry): void {
    this.#overhead -= entry.bytes - entry.region.length;
    entry.owner.evicted(entry.slot);
    this.#memory.free(entry.region);
  }
}
