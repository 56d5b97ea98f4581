import { randomSeed } from "./prng.js";

/*
 * Hashes of text by its UTF-16 units, for tables in memory: they are different in every process, so
 * that nobody can prepare keys that all collide.
 */

const FIRST_HASH: number = randomSeed() | 0;

/** FNV-1a: it can go on from where a prefix's hash ended. */
function hashUnits(from: number, text: string): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  }
  return hash;
}

/** Spreads the hash, whose lower bits alone would choose the slot. */
function mixed(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return h ^ (h >>> 13);
}

/** 32 bits, signed. */
export function hashText(text: string): number {
  return mixed(hashUnits(FIRST_HASH, text));
}

/** As `hashText(prefix + rest)`, without making that string. */
export function hashConcat(prefix: string, rest: string): number {
  return mixed(hashUnits(hashUnits(FIRST_HASH, prefix), rest));
}
