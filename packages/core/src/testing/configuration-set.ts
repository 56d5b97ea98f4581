const INITIAL_SLOTS = 1 << 10;
const MAX_LOAD = 0.5;

/**
 * The configurations a linearizability search has been in: which operations are already placed (a
 * bit set of `words` 32-bit words) and the number of the state they left. Entries lie one after
 * another in a growing arena; an open-addressing table of entry numbers finds them again.
 *
 *   arena   | state | word 0 … word n-1 | state | word 0 … | …
 *   slots   entry number + 1, or 0
 */
export class ConfigurationSet {
  readonly #words: number;
  readonly #stride: number;
  #arena: Int32Array;
  #slots: Int32Array = new Int32Array(INITIAL_SLOTS);
  #count = 0;

  constructor(words: number) {
    this.#words = words;
    this.#stride = words + 1;
    this.#arena = new Int32Array(INITIAL_SLOTS * this.#stride);
  }

  get size(): number {
    return this.#count;
  }

  /** False if the configuration was there already. */
  add(placed: Int32Array, state: number): boolean {
    if (this.#count >= this.#slots.length * MAX_LOAD) this.#grow();
    const mask = this.#slots.length - 1;
    let slot = hash(placed, 0, this.#words, state) & mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#equals(entry - 1, placed, state)) return false;
      slot = (slot + 1) & mask;
    }
    const at = this.#count * this.#stride;
    if (at + this.#stride > this.#arena.length) this.#growArena();
    this.#arena[at] = state;
    this.#arena.set(placed, at + 1);
    this.#count += 1;
    this.#slots[slot] = this.#count;
    return true;
  }

  #equals(entry: number, placed: Int32Array, state: number): boolean {
    const at = entry * this.#stride;
    if (this.#arena[at] !== state) return false;
    for (let i = 0; i < this.#words; i++) {
      if (this.#arena[at + 1 + i] !== placed[i]) return false;
    }
    return true;
  }

  #growArena(): void {
    const larger = new Int32Array(this.#arena.length * 2);
    larger.set(this.#arena);
    this.#arena = larger;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#count; entry++) {
      const at = entry * this.#stride;
      let slot = hash(this.#arena, at + 1, this.#words, this.#arena[at]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.#slots = slots;
  }
}

/** Multiply-xor over the words with murmur3's finaliser, so that single bits reach the low end. */
function hash(words: Int32Array, from: number, count: number, seed: number): number {
  let h = Math.imul(seed + 1, 0x9e3779b1);
  for (let i = 0; i < count; i++) {
    h = Math.imul(h ^ words[from + i]!, 0x85ebca6b);
    h ^= h >>> 13;
  }
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
