import type { SqlType } from "../../types/sql-type.js";
import { rowsOf, withColumns } from "../batches.js";
import { type KeyPart, RowKeys } from "../keys/row-keys.js";
import { HeldMemory } from "../memory.js";
import type { Column, MemoryMeter, RowBatch } from "../operator.js";
import { RowStore } from "../row-store.js";
import { grownCapacity } from "../store/stored-column.js";

/** No row: the end of a chain. */
export const NO_ROW = -1;

export interface JoinTableShape {
  /** Types of the columns that are kept, and where they are in the input. */
  readonly types: readonly SqlType[];
  readonly columns: readonly number[];
  readonly keys: readonly KeyPart[];
  readonly keyColumns: readonly number[];
  /** Rows whose key is NULL are kept too: they match nothing, but are given in the end. */
  readonly keepsNulls: boolean;
  /** Only whether a key is there is asked: no rows are kept. */
  readonly keysOnly: boolean;
}

/**
 * The rows of one side of a join by their keys. Rows of one key are chained in the order they came
 * in: `heads[key]` is the first, `nextRows[row]` the one after.
 */
export class JoinTable {
  readonly store: RowStore;
  /** Whether a row with a NULL key was there. */
  hasNull = false;
  /** Whether no key has two rows. */
  isUnique = true;
  nextRows: Int32Array = new Int32Array(0);
  private readonly shape: JoinTableShape;
  private readonly keys: RowKeys;
  private readonly held: HeldMemory;
  private heads = new Int32Array(0);
  private tails = new Int32Array(0);
  private kept = new Int32Array(0);
  private added = 0;

  constructor(shape: JoinTableShape, memory: MemoryMeter) {
    this.shape = shape;
    this.store = new RowStore(shape.types, memory);
    this.keys = new RowKeys(shape.keys, memory);
    this.held = new HeldMemory(memory);
  }

  /** Whether nothing was added, rows with a NULL key included. */
  get isEmpty(): boolean {
    return this.added === 0;
  }

  add(batch: RowBatch): void {
    const { shape, keys } = this;
    const rows = rowsOf(batch);
    const count = batch.selected;
    this.added += count;
    const keyColumns = shape.keyColumns.map((column) => batch.columns[column]!);
    const ids = keys.intern(keyColumns, batch, rows, count);
    if (shape.keysOnly) {
      for (let j = 0; j < count && !this.hasNull; j++) this.hasNull = ids[j]! < 0;
      return;
    }
    this.reserve(this.store.rows + count, keys.size);
    if (this.kept.length < count) this.kept = new Int32Array(count);
    let kept = 0;
    for (let j = 0; j < count; j++) {
      const id = ids[j]!;
      if (id < 0) {
        this.hasNull = true;
        if (!shape.keepsNulls) continue;
      } else this.link(id, this.store.rows + kept);
      this.kept[kept++] = rows[j]!;
    }
    const columns = shape.columns.map((column) => batch.columns[column]!);
    this.store.appendRows(withColumns(batch, columns), columns, this.kept, kept);
  }

  /** Everything was added: lookups may begin. */
  freeze(): void {
    this.keys.freeze();
    this.store.freeze();
  }

  /** The numbers of the keys at `rows[0..count)`, negative where no row has them. */
  find(columns: readonly Column[], batch: RowBatch, rows: Int32Array, count: number): Int32Array {
    return this.keys.find(columns, batch, rows, count);
  }

  /** The first row of a key that is there. */
  head(id: number): number {
    return this.heads[id]!;
  }

  /** Turns numbers of keys into their first rows, NO_ROW for those without. */
  headsOf(ids: Int32Array, count: number): void {
    const { heads } = this;
    for (let j = 0; j < count; j++) {
      const id = ids[j]!;
      ids[j] = id < 0 ? NO_ROW : heads[id]!;
    }
  }

  release(): void {
    this.store.release();
    this.keys.release();
    this.held.release();
  }

  private link(id: number, row: number): void {
    this.nextRows[row] = NO_ROW;
    if (this.heads[id] === NO_ROW) this.heads[id] = row;
    else {
      this.isUnique = false;
      this.nextRows[this.tails[id]!] = row;
    }
    this.tails[id] = row;
  }

  private reserve(rows: number, keys: number): void {
    if (rows > this.nextRows.length) this.nextRows = grown(this.nextRows, rows);
    if (keys > this.heads.length) {
      this.heads = grown(this.heads, keys);
      this.tails = grown(this.tails, keys);
    }
    this.held.set(4 * (this.nextRows.length + 2 * this.heads.length));
  }
}

function grown(array: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(grownCapacity(array.length, needed)).fill(NO_ROW, array.length);
  larger.set(array);
  return larger;
}
