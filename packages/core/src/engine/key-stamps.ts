import { hashText } from "../base/unit-hash.js";

/** Keys that share a stamp seem changed together; so few share one that it costs next to nothing. */
const STAMPS = 65_536;

/**
 * Counts the writes of a tree's keys, by their hashes. Whoever keeps what a key held also keeps the
 * stamp of that moment: while the stamp is the same, no commit has written the key, whatever wrote
 * it. A double counts further than any database will.
 */
export class KeyStamps {
  readonly #counts: Float64Array = new Float64Array(STAMPS);

  /** A key was written. */
  touch(key: string): void {
    this.#counts[hashText(key) & (STAMPS - 1)]!++;
  }

  /** `hash` is that of the key. */
  at(hash: number): number {
    return this.#counts[hash & (STAMPS - 1)]!;
  }
}
