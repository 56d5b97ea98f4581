import { BLOOM_PAGE_BYTES } from "./format.js";
import { pageOf } from "./hash-index.js";

/**
 * Bloom filter of a section without a hash index, cut into pages so that a look-up touches one:
 * the page is chosen by the hash's high bits, and all probes of a key fall into it. Ten bits a key
 * and six probes let about one in a hundred absent keys through.
 */
const BITS_PER_KEY = 10;
const PROBES = 6;
const PAGE_BITS = BLOOM_PAGE_BYTES * 8;
const MIN_WORDS = 2;

export interface BloomShape {
  readonly pages: number;
  /** 32-bit words of a page, the same for every page. */
  readonly words: number;
}

export function bloomShape(keys: number): BloomShape {
  const bits = keys * BITS_PER_KEY;
  if (bits <= PAGE_BITS) return { pages: 1, words: Math.max(MIN_WORDS, Math.ceil(bits / 32)) };
  return { pages: Math.ceil(bits / PAGE_BITS), words: PAGE_BITS / 32 };
}

/** Builds all pages, one after the other in one array. */
export function buildBloom(shape: BloomShape, hashes: Uint32Array, keys: number): Uint32Array {
  const { pages, words } = shape;
  const table = new Uint32Array(pages * words);
  for (let i = 0; i < keys; i++) {
    const hash = hashes[i]!;
    const first = pageOf(hash, pages) * words;
    const step = probeStep(hash);
    let probe = hash;
    for (let n = 0; n < PROBES; n++) {
      const bit = bitOf(probe, words);
      table[first + (bit >>> 5)]! |= 1 << (bit & 31);
      probe = (probe + step) | 0;
    }
  }
  return table;
}

/** Whether the key of `hash` may be in the section whose page this is. */
export function bloomContains(page: Uint32Array, hash: number): boolean {
  const step = probeStep(hash);
  let probe = hash;
  for (let n = 0; n < PROBES; n++) {
    const bit = bitOf(probe, page.length);
    if (((page[bit >>> 5]! >>> (bit & 31)) & 1) === 0) return false;
    probe = (probe + step) | 0;
  }
  return true;
}

/** An odd distance between a key's probes, from the hash mixed once more. */
function probeStep(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 12)) | 1;
}

/**
 * The probe's bit of the page. The high bits of the hash itself chose the page, so they are
 * scattered first; otherwise all keys of a page would fall on a few of its bits.
 */
function bitOf(probe: number, words: number): number {
  const scattered = Math.imul(probe, 0x9e3779b1) >>> 0;
  return Math.floor((scattered * words * 32) / 2 ** 32);
}
