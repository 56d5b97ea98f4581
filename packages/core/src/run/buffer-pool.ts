import { EntryQueue, PoolEntry, type EntryOwner } from "./pool-entry.js";
import { SlabAllocator } from "./slab-allocator.js";

export { PoolEntry, type EntryOwner } from "./pool-entry.js";

export interface PoolStats {
  /** Entries touched in a step where they were there already. */
  readonly hits: number;
  /** Entries loaded. */
  readonly misses: number;
  readonly evictions: number;
  /** Bytes held: buffers in use and free, structures of open sections, bookkeeping. */
  readonly bytes: number;
  readonly capacity: number;
  readonly entries: number;
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
  readonly #memory = new SlabAllocator();
  readonly #probation = new EntryQueue();
  readonly #main = new EntryQueue();
  readonly #remembered = new Set<number>();
  /** Bytes outside of buffers: entries' objects and `reserve`d structures. */
  #overhead = 0;
  #pinned = 0;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #nextSection = 1;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** Unpins everything and, if the last step took more than the capacity, shrinks. */
  nextStep(): void {
    this.step++;
    this.#pinned = 0;
    if (this.#memory.bytes + this.#overhead > this.capacity) this.#shrink();
  }

  /** A number for a section, unique in this pool, to build its entries' keys from. */
  sectionNumber(): number {
    return this.#nextSection++;
  }

  /**
   * Memory for at least `size` bytes, with whatever content. It belongs to the caller, who gives it
   * to `admit` or back by `recycle`.
   */
  allocate(size: number): ArrayBuffer {
    for (;;) {
      const slab = this.#memory.reuse(size);
      if (slab !== undefined) return slab;
      const excess =
        this.#memory.bytes + this.#overhead + this.#memory.sizeFor(size) - this.capacity;
      if (excess <= 0) break;
      // Evicting goes on until a slab of the right size turns up, or twice the bytes are free.
      if (this.#memory.freeBytes >= excess * 2 || !this.#evictOne()) {
        this.#memory.dropFree(excess);
        break;
      }
    }
    return this.#memory.create(size);
  }

  recycle(buffer: ArrayBuffer): void {
    this.#memory.recycle(buffer);
  }

  /**
   * Takes over a loaded entry with its memory. `key` names the same content whenever it is loaded;
   * `owner.evicted(slot)` is called when the memory is taken away. The entry is pinned.
   */
  admit(owner: EntryOwner, slot: number, key: number, buffer: ArrayBuffer): PoolEntry {
    const entry = new PoolEntry(owner, slot, key, buffer);
    entry.bytes = buffer.byteLength + ENTRY_BYTES;
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
    };
  }

  #shrink(): void {
    let excess = this.#memory.bytes + this.#overhead - this.capacity;
    while (excess > 0) {
      if (this.#memory.freeBytes < excess && this.#evictOne()) {
        excess = this.#memory.bytes + this.#overhead - this.capacity;
        continue;
      }
      this.#memory.dropFree(excess);
      return;
    }
  }

  /** Evicts one entry that is not pinned; false if there is none. */
  #evictOne(): boolean {
    if (this.#pinned >= this.#probation.bytes + this.#main.bytes) return false;
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
    this.#overhead -= entry.bytes - entry.buffer.byteLength;
    entry.owner.evicted(entry.slot);
    this.#memory.recycle(entry.buffer);
  }
}
