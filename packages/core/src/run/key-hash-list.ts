import type { Key } from "../base/key.js";
import { bloomShape, buildBloom } from "./bloom-filter.js";
import { FILTER_BLOOM, FILTER_HASH, type FilterKind } from "./format.js";
import { buildHashIndex, hashIndexShape } from "./hash-index.js";
import { hashKey } from "./key-hash.js";

export interface BuiltFilter {
  readonly kind: FilterKind;
  readonly pages: number;
  /** 32-bit words of a page. */
  readonly words: number;
  /** All pages, one after the other. */
  readonly table: Uint32Array;
}

/** Hash and row of every distinct key of the section being written. */
export class KeyHashList {
  length = 0;
  readonly seed: number;
  #hashes = new Uint32Array(4096);
  #rows = new Uint32Array(4096);

  constructor(seed: number) {
    this.seed = seed;
  }

  add(key: Key, row: number): void {
    const at = this.length++;
    if (at === this.#hashes.length) this.#grow();
    this.#hashes[at] = hashKey(key, this.seed);
    this.#rows[at] = row;
  }

  /**
   * The section's filter. Where so many keys share hashes that a page of the hash index would be
   * full (keys chosen to do so), a Bloom filter takes its place, which is slower but never full.
   */
  build(wantsHashIndex: boolean, rows: number): BuiltFilter {
    const keys = this.length;
    if (wantsHashIndex) {
      const shape = hashIndexShape(keys, rows);
      const table = buildHashIndex(shape, this.#hashes, this.#rows, keys);
      if (table !== null) {
        return { kind: FILTER_HASH, pages: shape.pages, words: shape.slots, table };
      }
    }
    const shape = bloomShape(keys);
    const table = buildBloom(shape, this.#hashes, keys);
    return { kind: FILTER_BLOOM, pages: shape.pages, words: shape.words, table };
  }

  #grow(): void {
    const hashes = new Uint32Array(this.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const rows = new Uint32Array(this.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }
}
