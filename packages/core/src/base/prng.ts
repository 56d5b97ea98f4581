/**
 * The only source of randomness. Everything random takes a `Prng`, so that a test replays from its
 * printed seed; a running database makes one from the system's entropy.
 *
 * The generator is sfc32 (Chris Doty-Humphrey's Small Fast Counter): 128 bits of state, of which 32
 * count, so that its period is at least 2^32. It is not for secrets; `secureBytes` is.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `seed` is any integer; generators of different seeds give unrelated sequences. */
  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / TWO_32) | 0;
    this.#c = 0x9e37_79b9 | 0;
    for (let i = 0; i < WARM_UP; i++) this.uint32();
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A number in [0, 1) with 53 random bits. */
  float(): number {
    return ((this.uint32() >>> 5) * TWO_26 + (this.uint32() >>> 6)) / TWO_53;
  }

  /** An integer in [0, n). Precondition: n is an integer from 1 to 2^53. */
  int(n: number): number {
    return Math.floor(this.float() * n);
  }

  /** True with probability `p`. */
  chance(p: number): boolean {
    return this.float() < p;
  }

  /** Precondition: `items` is not empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)]!;
  }

  /** Shuffles `items` in place and returns it. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.int(i + 1);
      const item = items[i]!;
      items[i] = items[j]!;
      items[j] = item;
    }
    return items;
  }

  bytes(length: number): Uint8Array {
    const out = new Uint8Array(length);
    for (let i = 0; i < length; i++) out[i] = this.uint32() >>> 24;
    return out;
  }

  /** A generator of its own, so that one part's draws do not shift another's. */
  fork(): Prng {
    return new Prng(this.int(TWO_53));
  }
}

const TWO_26 = 2 ** 26;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;
/** Rounds until every bit of the seed has reached every word of the state. */
const WARM_UP = 15;

/** A seed from the system's entropy. */
export function randomSeed(): number {
  const words = crypto.getRandomValues(new Uint32Array(2));
  return (words[0]! >>> 11) * TWO_32 + words[1]!;
}

/** Unpredictable bytes from the system, for nonces and identifiers. */
export function secureBytes(length: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(length));
}
