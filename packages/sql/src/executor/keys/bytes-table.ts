import { AegisError } from "../../contract/errors.js";
import { MAX_COLUMN_BYTES } from "../limits.js";
import { grownCapacity } from "../store/stored-column.js";
import { MISSING_ID } from "./number-table.js";

const EMPTY = -1;
const FIRST_KEYS = 32;
/** Slots a key, at least. */
const SLOTS_PER_KEY = 2;

/** Strings up to this long are compared as four overlapping words, without a loop. */
const SHORT = 16;
const WORDS = 4;

/** The words of the short string that was looked for last: first, second, last but one, last. */
const sought = new Int32Array(WORDS);

/** Where the strings of a vector are in its bytes. */
export interface ByteRanges {
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/** Numbers distinct byte strings from 0 on in order of first appearance. */
export class BytesTable {
  private content = new Uint8Array(1024);
  private used = 0;
  private starts = new Uint32Array(FIRST_KEYS + 1);
  private hashes = new Int32Array(FIRST_KEYS);
  private sizes = new Int32Array(FIRST_KEYS);
  /** Of short keys. */
  private words = new Int32Array(FIRST_KEYS * WORDS);
  private slots = new Int32Array(FIRST_KEYS * SLOTS_PER_KEY).fill(EMPTY);
  private count = 0;
  private reserved = EMPTY;

  get size(): number {
    return this.count;
  }

  get bytes(): number {
    return this.content.length + 28 * this.hashes.length + 4 * this.slots.length;
  }

  intern(bytes: Uint8Array, start: number, end: number): number {
    const isShort = end - start <= SHORT;
    const hash = isShort ? hashWords(bytes, start, end - start) : hashBytes(bytes, start, end);
    const slot = isShort ? this.shortSlot(end - start, hash) : this.slotOf(bytes, start, end, hash);
    const id = this.slots[slot]!;
    if (id !== EMPTY) return id;
    this.slots[slot] = this.count;
    if (isShort) this.words.set(sought, WORDS * this.count);
    return this.add(bytes, start, end, hash);
  }

  /**
   * `ids[j] = intern(bytes[starts[rows[j]], ends[rows[j]]))`. Known keys of 4 to 16 bytes, which
   * most are where texts are grouped by, are found without a call.
   */
  internAll(
    bytes: Uint8Array,
    { starts, ends }: ByteRanges,
    rows: Int32Array,
    count: number,
    ids: Int32Array,
  ): void {
    const content = viewOf(bytes);
    let { slots, words, sizes } = this;
    let mask = slots.length - 1;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      const start = starts[row]!;
      const end = ends[row]!;
      const size = end - start;
      if (size >= 4 && size <= SHORT) {
        const first = content.getInt32(start, true);
        const last = content.getInt32(end - 4, true);
        const isLong = size > 8;
        const second = isLong ? content.getInt32(start + 4, true) : 0;
        const third = isLong ? content.getInt32(end - 8, true) : 0;
        const id = slots[hashOf(size, first, second, third, last) & mask]!;
        if (
          id !== EMPTY &&
          sizes[id] === size &&
          words[WORDS * id] === first &&
          words[WORDS * id + 3] === last &&
          words[WORDS * id + 1] === second &&
          words[WORDS * id + 2] === third
        ) {
          ids[j] = id;
          continue;
        }
      }
      ids[j] = this.intern(bytes, start, end);
      ({ slots, words, sizes } = this);
      mask = slots.length - 1;
    }
  }

  find(bytes: Uint8Array, start: number, end: number): number {
    const size = end - start;
    const slot =
      size <= SHORT
        ? this.shortSlot(size, hashWords(bytes, start, size))
        : this.slotOf(bytes, start, end, hashBytes(bytes, start, end));
    const id = this.slots[slot]!;
    return id === EMPTY ? MISSING_ID : id;
  }

  /** Takes the next id for NULL; at most once. */
  reserve(): number {
    this.reserved = this.count;
    return this.add(this.content, 0, 0, 0);
  }

  /** The slot that holds the key, or the empty one where it belongs. */
  private slotOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const { slots, hashes } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = slots[slot]!;
      if (id === EMPTY) return slot;
      if (hashes[id] === hash && this.equals(id, bytes, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** As `slotOf`, for the short key whose words are `sought`. */
  private shortSlot(size: number, hash: number): number {
    const { slots, hashes, words, sizes } = this;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = slots[slot]!;
      if (id === EMPTY) return slot;
      const at = WORDS * id;
      if (
        hashes[id] === hash &&
        words[at] === sought[0] &&
        words[at + 3] === sought[3] &&
        words[at + 1] === sought[1] &&
        words[at + 2] === sought[2] &&
        sizes[id] === size
      ) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private equals(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[id]!;
    const size = end - start;
    if (this.starts[id + 1]! - from !== size) return false;
    const { content } = this;
    for (let i = 0; i < size; i++) {
      if (content[from + i] !== bytes[start + i]) return false;
    }
    return true;
  }

  private add(bytes: Uint8Array, start: number, end: number, hash: number): number {
    const id = this.count++;
    const size = end - start;
    if (this.used + size > this.content.length) {
      if (this.used + size > MAX_COLUMN_BYTES) {
        throw new AegisError("OUT_OF_MEMORY", "the distinct texts of a column need more than 4 GB");
      }
      const grown = new Uint8Array(grownCapacity(this.content.length, this.used + size));
      grown.set(this.content);
      this.content = grown;
    }
    const { content, used } = this;
    for (let i = 0; i < size; i++) content[used + i] = bytes[start + i]!;
    this.used += size;
    this.starts[id] = used;
    this.starts[id + 1] = this.used;
    this.hashes[id] = hash;
    this.sizes[id] = size;
    if (this.count === this.hashes.length) this.grow();
    return id;
  }

  private grow(): void {
    const capacity = 2 * this.hashes.length;
    const starts = new Uint32Array(capacity + 1);
    starts.set(this.starts);
    this.starts = starts;
    const hashes = new Int32Array(capacity);
    hashes.set(this.hashes);
    this.hashes = hashes;
    const sizes = new Int32Array(capacity);
    sizes.set(this.sizes);
    this.sizes = sizes;
    const words = new Int32Array(WORDS * capacity);
    words.set(this.words);
    this.words = words;
    const slots = new Int32Array(capacity * SLOTS_PER_KEY).fill(EMPTY);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      if (id === this.reserved) continue;
      let slot = hashes[id]! & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

/**
 * Puts a short string's words into `sought`, which tell it from all others of its size, and gives
 * their hash.
 */
function hashWords(bytes: Uint8Array, start: number, size: number): number {
  const words = viewOf(bytes);
  let first = 0;
  let last = 0;
  if (size >= 4) {
    first = words.getInt32(start, true);
    last = words.getInt32(start + size - 4, true);
  } else if (size > 0) {
    // One to three bytes: the first, the middle and the last are all there are.
    first = bytes[start]! | (bytes[start + (size >> 1)]! << 8) | (bytes[start + size - 1]! << 16);
  }
  let second = 0;
  let third = 0;
  if (size > 8) {
    second = words.getInt32(start + 4, true);
    third = words.getInt32(start + size - 8, true);
  }
  sought[0] = first;
  sought[1] = second;
  sought[2] = third;
  sought[3] = last;
  return hashOf(size, first, second, third, last);
}

function hashOf(size: number, first: number, second: number, third: number, last: number): number {
  let hash = Math.imul(first ^ size, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 15) ^ last, 0x85ebca6b);
  if (size > 8) {
    hash = Math.imul(hash ^ (hash >>> 15) ^ second, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15) ^ third, 0x85ebca6b);
  }
  return hash ^ (hash >>> 13);
}

let viewed: Uint8Array | undefined;
let view: DataView = new DataView(new ArrayBuffer(0));

/** One load for four bytes, which typed arrays give only at multiples of four. */
function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    viewed = bytes;
  }
  return view;
}

/** A multiplicative hash over the bytes, with its high bits folded into the low ones. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = (end - start) | 0;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
