/** An id that stands for a key that is not in the table. */
export const MISSING_ID = -2;
/** An id that stands for NULL where NULL equals nothing. */
export const NULL_ID = -1;

const EMPTY = -1;
/** Slots a key, at least; probes are short below half load. */
const SLOTS_PER_KEY = 2;
/** Typed arrays of up to 64 bytes cost no allocation outside of the heap. */
const FIRST_SLOTS = 16;

/** How many entries of a lookup array a key may cost before a hash table is the better one. */
const DENSE_ENTRIES_PER_KEY = 8;
const DENSE_MINIMUM = 65_536;
/** Keys from which on those near zero are found by an array, if most of them are. */
const NEAR_FROM_KEYS = 512;

const scratch = new Float64Array(1);
const words = new Uint32Array(scratch.buffer);

/**
 * Numbers distinct doubles from 0 on in order of first appearance: open addressing over typed
 * arrays, no object a key. -0 is 0, and NaN is itself.
 */
export class NumberTable {
  private keys = new Float64Array(FIRST_SLOTS / SLOTS_PER_KEY);
  private slots = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  private count = 0;
  private nan = EMPTY;
  private dense: Int32Array | null = null;
  private denseFrom = 0;
  /** One more than the id of each key that is a whole number near zero; 0 where it is not known. */
  private near: Int32Array | null = null;

  get size(): number {
    return this.count;
  }

  get bytes(): number {
    const arrays = (this.dense?.byteLength ?? 0) + (this.near?.byteLength ?? 0);
    return this.keys.byteLength + this.slots.byteLength + arrays;
  }

  /** The key's id, which is `size` before the call if it is new. */
  intern(key: number): number {
    if (key !== key) return this.nan === EMPTY ? (this.nan = this.add(key)) : this.nan;
    const { slots, keys } = this;
    const mask = slots.length - 1;
    let slot = hashNumber(key) & mask;
    for (;;) {
      const id = slots[slot]!;
      if (id === EMPTY) break;
      if (keys[id] === key) return id;
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.count;
    return this.add(key);
  }

  find(key: number): number {
    if (key !== key) return this.nan === EMPTY ? MISSING_ID : this.nan;
    const { slots, keys } = this;
    const mask = slots.length - 1;
    let slot = hashNumber(key) & mask;
    for (;;) {
      const id = slots[slot]!;
      if (id === EMPTY) return MISSING_ID;
      if (keys[id] === key) return id;
      slot = (slot + 1) & mask;
    }
  }

  /** Takes the next id for a key that is kept elsewhere (NULL, a wide integer). */
  reserve(): number {
    return this.add(NaN);
  }

  /** `ids[j] = intern(values[rows[j]])`. */
  internAll(values: Float64Array, rows: Int32Array, count: number, ids: Int32Array): void {
    for (let j = 0; j < count; j++) {
      const key = values[rows[j]!]!;
      const { near } = this;
      if (near === null || !(key >= 0 && key < near.length) || (key | 0) !== key) {
        ids[j] = this.intern(key);
        continue;
      }
      const known = near[key | 0]!;
      if (known > 0) ids[j] = known - 1;
      else {
        const id = this.intern(key);
        // A new key may have made the table grow, and this array with it.
        this.near![key | 0] = id + 1;
        ids[j] = id;
      }
    }
  }

  /** `ids[j] = find(values[rows[j]])`. */
  findAll(values: Float64Array, rows: Int32Array, count: number, ids: Int32Array): void {
    if (this.dense !== null) this.findDense(this.dense, values, rows, count, ids);
    else for (let j = 0; j < count; j++) ids[j] = this.find(values[rows[j]!]!);
  }

  /**
   * Makes lookups of whole numbers as fast as they get where the keys lie close together; nothing
   * may be interned afterwards. Precondition: all keys, and all that are looked up, are whole.
   */
  freezeWhole(): void {
    const { keys, count } = this;
    if (count === 0) return;
    let min = Infinity;
    let max = -Infinity;
    for (let id = 0; id < count; id++) {
      const key = keys[id]!;
      if (key !== key) continue;
      if (key < min) min = key;
      if (key > max) max = key;
    }
    const range = max - min + 1;
    const most = Math.max(DENSE_MINIMUM, DENSE_ENTRIES_PER_KEY * count);
    // Infinite instants make the range infinite or NaN, and without keys it is negative.
    if (!(range >= 1 && range <= most)) return;
    const dense = new Int32Array(range).fill(MISSING_ID);
    for (let id = 0; id < count; id++) {
      const key = keys[id]!;
      if (key === key) dense[key - min] = id;
    }
    this.dense = dense;
    this.denseFrom = min;
  }

  private findDense(
    dense: Int32Array,
    values: Float64Array,
    rows: Int32Array,
    count: number,
    ids: Int32Array,
  ): void {
    const from = this.denseFrom;
    const range = dense.length;
    for (let j = 0; j < count; j++) {
      const entry = values[rows[j]!]! - from;
      ids[j] = entry >= 0 && entry < range ? dense[entry | 0]! : MISSING_ID;
    }
  }

  private add(key: number): number {
    const id = this.count++;
    this.keys[id] = key;
    if (this.count === this.keys.length) this.grow();
    return id;
  }

  /** Twice as many keys and slots. */
  private grow(): void {
    const grown = new Float64Array(2 * this.keys.length);
    grown.set(this.keys);
    this.keys = grown;
    const slots = new Int32Array(SLOTS_PER_KEY * this.keys.length).fill(EMPTY);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      const key = this.keys[id]!;
      if (key !== key) continue;
      let slot = hashNumber(key) & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
    this.near = this.nearKeys();
  }

  /** Null where few keys would be in it. */
  private nearKeys(): Int32Array | null {
    const { keys, count } = this;
    if (count < NEAR_FROM_KEYS) return null;
    const length = Math.max(DENSE_MINIMUM, DENSE_ENTRIES_PER_KEY * count);
    let inside = 0;
    for (let id = 0; id < count; id++) {
      const key = keys[id]!;
      if (key >= 0 && key < length && (key | 0) === key) inside++;
    }
    if (2 * inside < count) return null;
    const near = new Int32Array(length);
    for (let id = 0; id < count; id++) {
      const key = keys[id]!;
      if (key >= 0 && key < length && (key | 0) === key) near[key | 0] = id + 1;
    }
    return near;
  }
}

/** Both words of the double, mixed so that every bit of the key reaches the low bits. */
function hashNumber(key: number): number {
  scratch[0] = key + 0;
  let hash = Math.imul(words[0]!, 0x85ebca6b) ^ Math.imul(words[1]!, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return hash;
}
