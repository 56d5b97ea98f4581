import type { Key } from "../base/key.js";
import { FIRST_SLOTS, nextCapacity, nextSlots, type KeyIndex } from "./key-index.js";
import { sortRowsByNumber } from "./key-sort.js";

const MAX_LOAD = 0.5;

/** Hash index over number keys; the rare bigint beyond ±2^53 lives in maps at the side. */
export class NumberKeyIndex implements KeyIndex {
  size = 0;
  private table: Int32Array = new Int32Array(FIRST_SLOTS);
  /** 32 minus the logarithm of the table's length: the hash's upper bits choose the slot. */
  private shift = 26;
  /** Key by row; NaN where the key is a bigint. */
  private keys: Float64Array = new Float64Array(FIRST_SLOTS);
  private readonly bigRows = new Map<bigint, number>();
  private readonly bigKeys = new Map<number, bigint>();
  private readonly expectedKeys: number;

  constructor(expectedKeys = 0) {
    this.expectedKeys = expectedKeys;
  }

  get bytes(): number {
    const sideMaps = (this.bigRows.size + this.bigKeys.size) * SIDE_ENTRY_BYTES;
    return this.table.byteLength + this.keys.byteLength + sideMaps;
  }

  find(key: Key): number {
    if (typeof key !== "number") return this.bigRows.get(key as bigint) ?? -1;
    const { table, keys } = this;
    const mask = table.length - 1;
    let slot = hashNumber(key) >>> this.shift;
    for (;;) {
      const row = table[slot]! - 1;
      if (row < 0 || keys[row] === key) return row;
      slot = (slot + 1) & mask;
    }
  }

  insert(key: Key, row: number): number {
    if (row === this.keys.length) this.growKeys();
    if (typeof key !== "number") return this.insertBig(key as bigint, row);
    this.keys[row] = key;
    const { table, keys } = this;
    const mask = table.length - 1;
    let slot = hashNumber(key) >>> this.shift;
    for (;;) {
      const older = table[slot]! - 1;
      if (older < 0) break;
      if (keys[older] === key) {
        table[slot] = row + 1;
        return older;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = row + 1;
    this.size++;
    if (this.size - this.bigRows.size > table.length * MAX_LOAD) this.growTable();
    return -1;
  }

  newest(row: number): number {
    return this.find(this.keyOf(row));
  }

  isBelow(row: number, key: Key): boolean {
    return this.keyOf(row) < key;
  }

  isBefore(a: number, b: number): boolean {
    return this.keyOf(a) < this.keyOf(b);
  }

  keyOf(row: number): Key {
    const key = this.keys[row]!;
    return key === key ? key : this.bigKeys.get(row)!;
  }

  sort(rows: Int32Array): void {
    if (this.bigRows.size > 0) {
      rows.sort((a, b) => (this.isBefore(a, b) ? -1 : 1));
      return;
    }
    sortRowsByNumber(rows, this.keys);
  }

  private insertBig(key: bigint, row: number): number {
    this.keys[row] = NaN;
    this.bigKeys.set(row, key);
    const older = this.bigRows.get(key) ?? -1;
    this.bigRows.set(key, row);
    if (older < 0) this.size++;
    return older;
  }

  private growKeys(): void {
    const keys = new Float64Array(nextCapacity(this.keys.length));
    keys.set(this.keys);
    this.keys = keys;
  }

  private growTable(): void {
    const old = this.table;
    const table = new Int32Array(nextSlots(old.length, this.size, MAX_LOAD, this.expectedKeys));
    const mask = table.length - 1;
    this.shift = 32 - Math.log2(table.length);
    for (let i = 0; i < old.length; i++) {
      const entry = old[i]!;
      if (entry === 0) continue;
      let slot = hashNumber(this.keys[entry - 1]!) >>> this.shift;
      while (table[slot] !== 0) slot = (slot + 1) & mask;
      table[slot] = entry;
    }
    this.table = table;
  }
}

/** A Map entry and its bigint. */
const SIDE_ENTRY_BYTES = 64;

/** Multiplicative hashing of both halves of a safe integer; the upper bits are the good ones. */
function hashNumber(key: number): number {
  const high = (key / 0x1_0000_0000) | 0;
  return Math.imul(Math.imul(high, 0x85eb_ca6b) ^ (key | 0), 0x9e37_79b1);
}
