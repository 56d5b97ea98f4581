import { AegisError } from "../../contract/errors.js";
import type { SqlType } from "../../types/sql-type.js";
import { HeldMemory } from "../memory.js";
import type { Column, MemoryMeter, RowBatch } from "../operator.js";
import { MISSING_ID, NumberTable } from "./number-table.js";
import { createValueTable, type KeyRows, type ValueTable } from "./value-table.js";

export interface KeyPart {
  readonly type: SqlType;
  /** NULL is a key like others (DISTINCT, IS NOT DISTINCT FROM) rather than equal to nothing. */
  readonly nullsEqual: boolean;
}

/** Two ids of 26 bits make one number that a double holds. */
const PAIR_UNIT: number = 2 ** 26;

/**
 * Numbers the distinct keys of rows from 0 on. A key of several columns is numbered in steps: each
 * column's values have numbers, and the number of a pair is that of (pair so far, next value):
 *
 *     a → 3 ┐
 *     b → 0 ┴ (3,0) → 5 ┐
 *     c → 7 ────────────┴ (5,7) → 2
 *
 * So no key is ever made into an object or a text of its own.
 */
export class RowKeys {
  private readonly tables: readonly ValueTable[];
  private readonly pairs: readonly NumberTable[];
  private readonly held: HeldMemory;
  private ids = new Int32Array(0);
  private next = new Int32Array(0);
  private seen = false;

  constructor(parts: readonly KeyPart[], meter: MemoryMeter) {
    this.tables = parts.map((part) => createValueTable(part.type, part.nullsEqual));
    this.pairs = parts.slice(1).map(() => new NumberTable());
    this.held = new HeldMemory(meter);
  }

  get size(): number {
    if (this.tables.length === 0) return this.seen ? 1 : 0;
    return this.pairs.at(-1)?.size ?? this.tables[0]!.size;
  }

  /**
   * The ids of the keys at `rows[0..count)`, new ones added; NULL_ID where a part is NULL that
   * equals nothing. What it gives is valid until the next call.
   */
  intern(columns: readonly Column[], batch: RowBatch, rows: Int32Array, count: number): Int32Array {
    const ids = this.resolve(columns, { batch, rows, count }, true);
    this.seen ||= count > 0;
    let bytes = 8 * this.ids.length;
    for (const table of this.tables) bytes += table.bytes;
    for (const pair of this.pairs) bytes += pair.bytes;
    this.held.set(bytes);
    return ids;
  }

  /** As `intern`, but MISSING_ID for keys that are not there. */
  find(columns: readonly Column[], batch: RowBatch, rows: Int32Array, count: number): Int32Array {
    return this.resolve(columns, { batch, rows, count }, false);
  }

  /** Nothing will be interned any more. */
  freeze(): void {
    for (const table of this.tables) table.freeze();
  }

  release(): void {
    this.held.release();
  }

  private resolve(columns: readonly Column[], at: KeyRows, insert: boolean): Int32Array {
    if (this.ids.length < at.count) {
      this.ids = new Int32Array(at.count);
      this.next = new Int32Array(at.count);
    }
    const { ids, next, tables } = this;
    if (tables.length === 0) return ids.fill(insert || this.seen ? 0 : MISSING_ID, 0, at.count);
    tables[0]!.resolve(columns[0]!, at, ids, insert);
    for (let part = 1; part < tables.length; part++) {
      tables[part]!.resolve(columns[part]!, at, next, insert);
      combine(this.pairs[part - 1]!, ids, next, at.count, insert);
    }
    return ids;
  }
}

/** `ids[j]` becomes the number of the pair (ids[j], next[j]); NULL_ID and MISSING_ID stay. */
function combine(
  pairs: NumberTable,
  ids: Int32Array,
  next: Int32Array,
  count: number,
  insert: boolean,
): void {
  for (let j = 0; j < count; j++) {
    const left = ids[j]!;
    const right = next[j]!;
    if (left < 0 || right < 0) {
      // NULL_ID is the greater: a key with a NULL part is NULL even where another part is missing.
      ids[j] = left < 0 && right < 0 ? Math.max(left, right) : Math.min(left, right);
      continue;
    }
    if (right >= PAIR_UNIT || left >= PAIR_UNIT) throw tooManyKeys();
    const key = left * PAIR_UNIT + right;
    ids[j] = insert ? pairs.intern(key) : pairs.find(key);
  }
}

function tooManyKeys(): AegisError {
  return new AegisError("OUT_OF_MEMORY", `more than ${PAIR_UNIT} distinct values of a key column`);
}
