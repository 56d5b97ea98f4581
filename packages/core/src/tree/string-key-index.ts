import type { Key } from "../base/key.js";
import { randomSeed } from "../base/prng.js";
import { FIRST_SLOTS, nextCapacity, type KeyIndex } from "./key-index.js";
import { sortRowsByText } from "./key-sort.js";

/** Where the rows are whose keys are indexed. */
export interface IndexedRows {
  /** Has memory fetch what a reader of the row will want. The result means nothing. */
  fetch(row: number): number;
}

/** Hash index over string keys. */
export class StringKeyIndex implements KeyIndex {
  size = 0;
  private readonly rows: IndexedRows;
  /** Means nothing; it is kept so that the loads are. */
  private fetched = 0;
  private table: Int32Array = new Int32Array(2 * FIRST_SLOTS);
  private readonly keys: string[] = [];
  private keyCapacity = 0;
  private stringBytes = 0;

  constructor(rows: IndexedRows) {
    this.rows = rows;
  }

  get bytes(): number {
    return this.table.byteLength + this.keyCapacity * 8 + this.stringBytes;
  }

  find(key: Key): number {
    const text = key as string;
    const hash = mixed(hashUnits(FIRST_HASH, text));
    const { table, keys } = this;
    const mask = table.length - 1;
    let at = (hash << 1) & mask;
    for (;;) {
      const row = table[at]! - 1;
      if (row < 0 || (table[at + 1] === hash && keys[row] === text)) return row;
      at = (at + 2) & mask;
    }
  }

  /** As `find(prefix + rest)`, without making that string. */
  findConcat(prefix: string, rest: string): number {
    const hash = mixed(hashUnits(hashUnits(FIRST_HASH, prefix), rest));
    const { table, keys } = this;
    const mask = table.length - 1;
    let at = (hash << 1) & mask;
    for (;;) {
      const row = table[at]! - 1;
      if (row < 0) return row;
      if (table[at + 1] === hash) {
        // It is nearly surely this row. Its values come from memory while the key is compared, not
        // after that (300,000 random rows: 1,080 ns a read without, 800 ns with).
        this.fetched = this.rows.fetch(row);
        if (isConcat(keys[row]!, prefix, rest)) return row;
      }
      at = (at + 2) & mask;
    }
  }

  insert(key: Key, row: number): number {
    const text = key as string;
    const hash = mixed(hashUnits(FIRST_HASH, text));
    const { table, keys } = this;
    const mask = table.length - 1;
    let at = (hash << 1) & mask;
    for (;;) {
      const older = table[at]! - 1;
      if (older < 0) break;
      if (table[at + 1] === hash && keys[older] === text) {
        table[at] = row + 1;
        this.push(keys[older]);
        return older;
      }
      at = (at + 2) & mask;
    }
    table[at] = row + 1;
    table[at + 1] = hash;
    this.push(text);
    this.stringBytes += heapBytes(text);
    this.size++;
    // Three slots in four may be filled: a probe along the table rarely leaves its cache line.
    if (this.size * 8 > table.length * 3) this.growTable();
    return -1;
  }

  keyOf(row: number): Key {
    return this.keys[row]!;
  }

  sort(rows: Int32Array): void {
    sortRowsByText(rows, this.keys);
  }

  private push(key: string): void {
    this.keys.push(key);
    // V8 grows an array by half and sixteen.
    while (this.keys.length > this.keyCapacity) this.keyCapacity += (this.keyCapacity >> 1) + 16;
  }

  private growTable(): void {
    const old = this.table;
    const table = new Int32Array(nextCapacity(old.length));
    const mask = table.length - 1;
    for (let i = 0; i < old.length; i += 2) {
      if (old[i] === 0) continue;
      const hash = old[i + 1]!;
      let at = (hash << 1) & mask;
      while (table[at] !== 0) at = (at + 2) & mask;
      table[at] = old[i]!;
      table[at + 1] = hash;
    }
    this.table = table;
  }
}

/** Different in every process, so that nobody can prepare keys that all collide. */
const FIRST_HASH: number = randomSeed() | 0;

/** FNV-1a over UTF-16 units: it can go on from where a prefix's hash ended. */
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

function isConcat(key: string, prefix: string, rest: string): boolean {
  return key.length === prefix.length + rest.length && key.endsWith(rest) && key.startsWith(prefix);
}

/** What V8 takes for a flat string: a header, then one byte a unit, two beyond Latin-1. */
function heapBytes(text: string): number {
  let all = 0;
  for (let i = 0; i < text.length; i++) all |= text.charCodeAt(i);
  return (16 + text.length * (all > 0xff ? 2 : 1) + 7) & ~7;
}
