/** Where a session's random numbers come from: its own, once it has a seed. */
export class SessionRandom {
  seeded: SeededRandom | undefined;

  seed(value: number): void {
    this.seeded = new SeededRandom(value);
  }
}

/** Numbers that follow from a seed, for setseed: the same ones for the same seed (xorshift128). */
class SeededRandom {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    const words = new Uint32Array(new Float64Array([seed]).buffer);
    // Constants keep the state from being all zeros, which it would never leave.
    this.#state = Uint32Array.of(words[0]!, words[1]!, 0x9e3779b9, 0x85ebca6b);
    for (let i = 0; i < WARM_UP; i++) this.#word();
  }

  /** Uniform in [0, 1), with 53 bits. */
  random(): number {
    return ((this.#word() >>> 5) * 2 ** 26 + (this.#word() >>> 6)) / 2 ** 53;
  }

  #word(): number {
    const state = this.#state;
    let t = state[3]!;
    t ^= t << 11;
    t ^= t >>> 8;
    state.copyWithin(1, 0, 3);
    const s = state[1]!;
    state[0] = t ^ s ^ (s >>> 19);
    return state[0];
  }
}

/** Steps until the seed has reached every bit. */
const WARM_UP = 20;
