import type { Key } from "../base/key.js";

/**
 * A 32-bit hash of a key, for hash index and filter. Every bit of the result depends on every bit
 * of the key (tested), so that callers may use any of them. The mixing constants are those of
 * MurmurHash3 by Austin Appleby; strings are taken two units at a time.
 */
const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;
const TWO_32 = 2 ** 32;

export function hashKey(key: Key, seed: number): number {
  if (typeof key === "number") return hashInt(key | 0, Math.floor(key / TWO_32) | 0, seed);
  if (typeof key === "string") return hashUnits(key, seed);
  return hashInt(Number(BigInt.asIntN(32, key)), Number(BigInt.asIntN(32, key >> 32n)), seed);
}

function hashInt(low: number, high: number, seed: number): number {
  let h = mixIn(seed, low);
  h = mixIn(h, high);
  return finish(h ^ 8);
}

function hashUnits(key: string, seed: number): number {
  const { length } = key;
  const even = length & ~1;
  let h = seed;
  for (let i = 0; i < even; i += 2) {
    h = mixIn(h, key.charCodeAt(i) | (key.charCodeAt(i + 1) << 16));
  }
  if (even < length) h = mixIn(h, key.charCodeAt(even));
  return finish(h ^ length);
}

function mixIn(hash: number, word: number): number {
  let k = Math.imul(word, C1);
  k = (k << 15) | (k >>> 17);
  let h = hash ^ Math.imul(k, C2);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
