import { corrupt, type Place } from "./corruption.js";
import { HASH_PAGE_SLOTS } from "./format.js";

/**
 * Hash index of a section: from a key's hash to the row of its newest version. It is also the
 * filter: most keys that are not there meet no slot with their fingerprint.
 *
 * It is an open-addressing table cut into pages, so that a look-up touches one page of 16 KB:
 *
 *     page         hash * pages / 2^32                 (its high bits)
 *     first slot   hash mod slots                      (its low bits), then one slot after the other
 *     slot         fingerprint << rowBits | row + 1    (0: empty)
 *
 * `rowBits` holds the section's row count; the fingerprint has the bits that are left, at least
 * four. A page is never full, so a probe ends at an empty slot.
 */

/** Share of the slots that are meant to be taken; probes stay short. */
const LOAD = 0.78;
/** Smallest page, for sections of a few rows. */
const MIN_SLOTS = 16;
/** Scatters the hash once more, so that fingerprints differ where pages and slots do not. */
const SCATTER = 0x9e3779b1;

export interface HashIndexShape {
  readonly pages: number;
  /** A power of two, the same for every page. */
  readonly slots: number;
  readonly rowBits: number;
}

export function hashIndexShape(keys: number, rows: number): HashIndexShape {
  const rowBits = 32 - Math.clz32(rows);
  if (keys <= HASH_PAGE_SLOTS * LOAD) {
    const needed = Math.max(MIN_SLOTS, keys / LOAD);
    return { pages: 1, slots: 2 ** Math.ceil(Math.log2(needed)), rowBits };
  }
  return { pages: Math.ceil(keys / (HASH_PAGE_SLOTS * LOAD)), slots: HASH_PAGE_SLOTS, rowBits };
}

/** Page of a hash in any structure of `pages` pages. */
export function pageOf(hash: number, pages: number): number {
  return Math.floor((hash * pages) / 2 ** 32);
}

function fingerprint(hash: number, rowBits: number): number {
  return Math.imul(hash, SCATTER) >>> rowBits;
}

/**
 * Builds all pages, one after the other in one array. Returns null if a page would be full, which
 * takes keys chosen to collide; the caller tries another seed.
 */
export function buildHashIndex(
  shape: HashIndexShape,
  hashes: Uint32Array,
  rows: Uint32Array,
  keys: number,
): Uint32Array | null {
  const { pages, slots, rowBits } = shape;
  const table = new Uint32Array(pages * slots);
  const taken = new Uint32Array(pages);
  for (let i = 0; i < keys; i++) {
    const hash = hashes[i]!;
    const page = pageOf(hash, pages);
    if (++taken[page]! >= slots) return null;
    const first = page * slots;
    let slot = hash & (slots - 1);
    while (table[first + slot] !== 0) slot = (slot + 1) & (slots - 1);
    const tag = fingerprint(hash, rowBits);
    // With 32 row bits there would be no fingerprint; MAX_SECTION_ROWS sees to that.
    table[first + slot] = (tag << rowBits) | (rows[i]! + 1);
  }
  return table;
}

/**
 * A probe of one page for one hash: `next` gives candidate rows until a negative number. Reused for
 * every look-up.
 */
export class HashProbe {
  /** No other row can have the key. */
  static readonly ABSENT: number = -1;
  /** The page is malformed; `fail` says how. */
  static readonly FULL_PAGE: number = -2;
  static readonly BAD_ROW: number = -3;

  #page = new Uint32Array(0);
  #slot = 0;
  #left = 0;
  #tag = 0;
  #rowBits = 0;
  #rows = 0;

  /** Precondition: the page's length is a power of two. */
  start(page: Uint32Array<ArrayBuffer>, hash: number, rows: number): void {
    this.#page = page;
    this.#slot = hash & (page.length - 1);
    this.#left = page.length;
    this.#rowBits = 32 - Math.clz32(rows);
    this.#tag = fingerprint(hash, this.#rowBits);
    this.#rows = rows;
  }

  next(): number {
    const page = this.#page;
    const mask = page.length - 1;
    const rowBits = this.#rowBits;
    let slot = this.#slot;
    while (this.#left-- > 0) {
      const value = page[slot]!;
      if (value === 0) return HashProbe.ABSENT;
      slot = (slot + 1) & mask;
      if (value >>> rowBits !== this.#tag) continue;
      this.#slot = slot;
      const row = (value & ((1 << rowBits) - 1)) - 1;
      return row >= 0 && row < this.#rows ? row : HashProbe.BAD_ROW;
    }
    return HashProbe.FULL_PAGE;
  }

  static fail(result: number, place: Place): never {
    if (result === HashProbe.FULL_PAGE) {
      return corrupt(place, "a page of the hash index has no empty slot");
    }
    return corrupt(place, "a hash slot names a row that is not there");
  }
}
