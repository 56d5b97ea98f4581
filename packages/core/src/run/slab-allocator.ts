/**
 * Memory of the buffer pool. Decoded chunks come and go at a high rate; buffers left to the garbage
 * collector would keep about twice the pool's size resident. So memory is taken in slabs, which are
 * cut into regions and used again, never collected:
 *
 *     slab    ├─ used 24 ─┼─ free 3 ─┼───── used 40 ─────┼────────── free 61 ──────────┤  units
 *     tags     -24    -24  3       3  -40             -40  61                        61
 *
 * The first and the last unit of a region say how long it is, negative where it is used (boundary
 * tags, Knuth 1.2.5), so that a region that becomes free joins its free neighbours at once. Free
 * regions are in lists by size. What is too large for a slab gets a buffer of its own.
 */
export const UNIT_BYTES = 1024;
const MAX_SLAB_BYTES: number = 4 * 1024 * 1024;
const MIN_SLAB_BYTES: number = 64 * 1024;
/** Slabs of a pool, so that giving one back costs a small part of it. */
const SLABS = 32;
/** Regions of a list looked at before a larger one is cut. */
const MAX_LOOKS = 8;
const NONE = -1;

/** A piece of memory with whatever content. */
export class Region {
  readonly buffer: ArrayBuffer;
  /** A multiple of UNIT_BYTES; 0 in a buffer of its own. */
  readonly offset: number;
  readonly length: number;
  /** Number of the slab, or -1. */
  readonly slab: number;

  constructor(buffer: ArrayBuffer, offset: number, length: number, slab: number) {
    this.buffer = buffer;
    this.offset = offset;
    this.length = length;
    this.slab = slab;
  }
}

export class SlabAllocator {
  readonly slabBytes: number;
  /** Largest region in a slab. */
  readonly maxRegionBytes: number;
  /** Bytes of slabs and of buffers of their own. */
  bytes = 0;
  readonly #slabUnits: number;
  readonly #slabs: (ArrayBuffer | null)[] = [];
  readonly #usedUnits: number[] = [];
  /** By unit, counted through all slabs: tags, and links of the lists of free regions. */
  #tags = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  /** List i has the free regions of 2^i to 2^(i+1) - 1 units. */
  readonly #lists: Int32Array;

  /** `capacity` is that of the pool; it chooses the size of a slab. */
  constructor(capacity: number) {
    const size = 2 ** Math.floor(Math.log2(Math.max(capacity / SLABS, MIN_SLAB_BYTES)));
    this.slabBytes = Math.min(size, MAX_SLAB_BYTES);
    this.maxRegionBytes = this.slabBytes / 2;
    this.#slabUnits = this.slabBytes / UNIT_BYTES;
    this.#lists = new Int32Array(Math.log2(this.#slabUnits) + 1).fill(NONE);
  }

  /** A region of a slab for `size` bytes; undefined if no slab has one free. */
  take(size: number): Region | undefined {
    const units = Math.max(1, Math.ceil(size / UNIT_BYTES));
    for (let list = log2(units); list < this.#lists.length; list++) {
      let first = this.#lists[list]!;
      for (let looks = 0; first !== NONE && looks < MAX_LOOKS; looks++) {
        if (this.#tags[first]! >= units) return this.#cut(first, units);
        first = this.#next[first]!;
      }
    }
    return undefined;
  }

  #cut(first: number, units: number): Region {
    const rest = this.#tags[first]! - units;
    this.#unlink(first);
    if (rest > 0) this.#link(first + units, rest);
    this.#tag(first, units, -units);
    const slab = Math.floor(first / this.#slabUnits);
    this.#usedUnits[slab]! += units;
    const offset = (first - slab * this.#slabUnits) * UNIT_BYTES;
    return new Region(this.#slabs[slab]!, offset, units * UNIT_BYTES, slab);
  }

  /** A buffer of its own. */
  own(size: number): Region {
    const length = Math.max(8, Math.ceil(size / 8) * 8);
    this.bytes += length;
    return new Region(new ArrayBuffer(length), 0, length, NONE);
  }

  /** Takes a region back. Precondition: nobody reads it any more. */
  free(region: Region): void {
    const { slab } = region;
    if (slab === NONE) {
      this.bytes -= region.length;
      return;
    }
    const start = slab * this.#slabUnits;
    const end = start + this.#slabUnits;
    let first = start + region.offset / UNIT_BYTES;
    let units = region.length / UNIT_BYTES;
    this.#usedUnits[slab]! -= units;
    const after = first + units;
    if (after < end && this.#tags[after]! > 0) {
      units += this.#tags[after]!;
      this.#unlink(after);
    }
    if (first > start && this.#tags[first - 1]! > 0) {
      const before = this.#tags[first - 1]!;
      first -= before;
      units += before;
      this.#unlink(first);
    }
    this.#link(first, units);
  }

  addSlab(): void {
    let slab = this.#slabs.indexOf(null);
    if (slab < 0) {
      slab = this.#slabs.length;
      this.#slabs.push(null);
      this.#usedUnits.push(0);
      this.#growTags();
    }
    this.#slabs[slab] = new ArrayBuffer(this.slabBytes);
    this.bytes += this.slabBytes;
    this.#link(slab * this.#slabUnits, this.#slabUnits);
  }

  /** Gives back a slab of which nothing is used; false if there is none. */
  dropSlab(): boolean {
    const slab = this.#slabs.findIndex((buffer, i) => buffer !== null && this.#usedUnits[i] === 0);
    if (slab < 0) return false;
    this.#unlink(slab * this.#slabUnits);
    this.#slabs[slab] = null;
    this.bytes -= this.slabBytes;
    return true;
  }

  /** The slab of which least is used, among those that `allowed` is true for; -1 if none. */
  emptiest(allowed: (slab: number) => boolean): number {
    let best = NONE;
    this.#slabs.forEach((buffer, slab) => {
      if (buffer === null || !allowed(slab)) return;
      if (best === NONE || this.#usedUnits[slab]! < this.#usedUnits[best]!) best = slab;
    });
    return best;
  }

  #growTags(): void {
    const units = this.#slabs.length * this.#slabUnits;
    if (units <= this.#tags.length) return;
    const grown = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const array = new Int32Array(units * 2);
      array.set(old);
      return array;
    };
    this.#tags = grown(this.#tags);
    this.#next = grown(this.#next);
    this.#previous = grown(this.#previous);
  }

  #tag(first: number, units: number, tag: number): void {
    this.#tags[first] = tag;
    this.#tags[first + units - 1] = tag;
  }

  #link(first: number, units: number): void {
    this.#tag(first, units, units);
    const list = log2(units);
    const head = this.#lists[list]!;
    this.#next[first] = head;
    this.#previous[first] = NONE;
    if (head !== NONE) this.#previous[head] = first;
    this.#lists[list] = first;
  }

  #unlink(first: number): void {
    const next = this.#next[first]!;
    const previous = this.#previous[first]!;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.#next[previous] = next;
    else this.#lists[log2(this.#tags[first]!)] = next;
  }
}

function log2(units: number): number {
  return 31 - Math.clz32(units);
}
