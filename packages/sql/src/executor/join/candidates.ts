import { rowsOf } from "../batches.js";
import { BATCH_ROWS } from "../limits.js";
import type { Operator, RowBatch } from "../operator.js";
import { PENDING } from "../operator.js";
import type { RowStore } from "../row-store.js";
import { type JoinTable, NO_ROW } from "./join-table.js";

/** Typed arrays of up to 64 bytes cost no allocation outside of the heap. */
const FIRST_PAIRS = 16;
const PAIRS_GROWTH = 8;

/** Pairs of rows that may match: places in the left batch's selection, and rows of the right. */
export class Pairs {
  left: Int32Array = new Int32Array(FIRST_PAIRS);
  right: Int32Array = new Int32Array(FIRST_PAIRS);
  count = 0;
  /** All pairs of left rows before this place were given. */
  complete = 0;

  /** How many are made at a time. */
  get capacity(): number {
    return this.left.length;
  }

  /** Makes more of them at a time once there were as many as fit, so that small joins stay small. */
  makeRoom(): void {
    if (this.count < this.capacity || this.capacity >= BATCH_ROWS) return;
    const capacity = Math.min(PAIRS_GROWTH * this.capacity, BATCH_ROWS);
    this.left = new Int32Array(capacity);
    this.right = new Int32Array(capacity);
  }
}

/**
 * The right side of a join as the left rows see it. Life: `build` until it is done, then for each
 * left batch `start`, and `fill` until all its rows are complete.
 */
export interface Candidates {
  /** The rows that the pairs speak of. */
  readonly store: RowStore;
  /** Takes a step of reading the right side; false once it is read. */
  build(): boolean;
  /** Whether no left row has a pair, so that the left side need not even be read. */
  readonly isEmpty: boolean;
  start(batch: RowBatch): void;
  /** The next pairs in the order of the left rows; PENDING if that needs more time. */
  fill(pairs: Pairs): typeof PENDING | undefined;
  /** No more pairs of the left row that `fill` stopped in are needed. */
  skipRow(): void;
  close(): void;
}

/** Finds right rows by the hash of their keys. */
export class HashCandidates implements Candidates {
  readonly table: JoinTable;
  private readonly input: Operator;
  private readonly leftKeys: readonly number[];
  private heads: Int32Array = new Int32Array(0);
  private selected = 0;
  private place = 0;
  private row = NO_ROW;

  constructor(input: Operator, table: JoinTable, leftKeys: readonly number[]) {
    this.input = input;
    this.table = table;
    this.leftKeys = leftKeys;
  }

  get store(): RowStore {
    return this.table.store;
  }

  get isEmpty(): boolean {
    return this.table.isEmpty;
  }

  build(): boolean {
    const batch = this.input.next();
    if (batch === PENDING) return true;
    if (batch === null) {
      this.table.freeze();
      this.input.close();
      return false;
    }
    this.table.add(batch);
    return true;
  }

  /** Numbers of the left rows' keys: negative where the key is NULL or has no row. */
  find(batch: RowBatch): Int32Array {
    const columns = this.leftKeys.map((key) => batch.columns[key]!);
    return this.table.find(columns, batch, rowsOf(batch), batch.selected);
  }

  start(batch: RowBatch): void {
    this.selected = batch.selected;
    this.heads = this.find(batch);
    this.table.headsOf(this.heads, this.selected);
    this.place = 0;
    this.row = this.selected > 0 ? this.heads[0]! : NO_ROW;
  }

  fill(pairs: Pairs): undefined {
    const { heads, selected } = this;
    const { nextRows } = this.table;
    const { left, right, capacity } = pairs;
    let { place, row } = this;
    let count = 0;
    while (place < selected) {
      while (row !== NO_ROW && count < capacity) {
        left[count] = place;
        right[count++] = row;
        row = nextRows[row]!;
      }
      if (row !== NO_ROW) break;
      place++;
      row = place < selected ? heads[place]! : NO_ROW;
    }
    this.place = place;
    this.row = row;
    pairs.count = count;
    pairs.complete = place;
  }

  skipRow(): void {
    this.row = NO_ROW;
  }

  close(): void {
    this.input.close();
    this.table.release();
  }
}

/** Pairs every left row with every right row: for conditions that no hash table can find. */
export class LoopCandidates implements Candidates {
  readonly store: RowStore;
  private readonly input: Operator;
  private selected = 0;
  private place = 0;
  private row = 0;

  constructor(input: Operator, store: RowStore) {
    this.input = input;
    this.store = store;
  }

  get isEmpty(): boolean {
    return this.store.rows === 0;
  }

  build(): boolean {
    const batch = this.input.next();
    if (batch === PENDING) return true;
    if (batch === null) {
      this.store.freeze();
      this.input.close();
      return false;
    }
    this.store.append(batch);
    return true;
  }

  start(batch: RowBatch): void {
    this.selected = batch.selected;
    this.place = this.isEmpty ? batch.selected : 0;
    this.row = 0;
  }

  fill(pairs: Pairs): undefined {
    const { left, right, capacity } = pairs;
    const { rows } = this.store;
    let count = 0;
    while (this.place < this.selected && count < capacity) {
      const end = Math.min(rows, this.row + capacity - count);
      for (let row = this.row; row < end; row++) {
        left[count] = this.place;
        right[count++] = row;
      }
      this.row = end;
      if (end === rows) this.nextPlace();
    }
    pairs.count = count;
    pairs.complete = this.place;
  }

  skipRow(): void {
    if (this.row > 0) this.nextPlace();
  }

  close(): void {
    this.input.close();
    this.store.release();
  }

  private nextPlace(): void {
    this.place++;
    this.row = 0;
  }
}
