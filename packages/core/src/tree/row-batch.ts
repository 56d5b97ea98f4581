import type { Value } from "@aegisdb/sql/contract";
import type { ByteSink } from "../base/bytes.js";

/** Where a row's values are: a chunk of a memtable or a block of a run. `row` is its index there. */
export interface RowCells {
  isNull(column: number, row: number): boolean;
  number(column: number, row: number): number | bigint;
  boolean(column: number, row: number): boolean;
  text(column: number, row: number): string;
  json(column: number, row: number): unknown;
  value(column: number, row: number): Value;
  /** The bytes of a byte-form value. */
  copyBytes(column: number, row: number, to: ByteSink): void;
  /** Bytes of a byte-form value. */
  size(column: number, row: number): number;
  /** Some byte of a byte-form value, to have it fetched from memory; 0 where that is no use. */
  touch(column: number, row: number): number;
}

/**
 * Rows that a cursor has taken in one go, seen in place: a loop over them costs no call of a cursor
 * per row, and loads that do not depend on each other wait for memory together. Valid until the
 * view's next read.
 */
export class RowBatch {
  count = 0;
  readonly capacity: number;
  readonly cells: (RowCells | null)[];
  readonly rows: Int32Array;
  /** Means nothing; it is kept so that the loads are. */
  private fetched = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.cells = new Array<RowCells | null>(capacity).fill(null);
    this.rows = new Int32Array(capacity);
  }

  /** Precondition: `count` is below `capacity`. */
  push(cells: RowCells, row: number): void {
    this.cells[this.count] = cells;
    this.rows[this.count] = row;
    this.count++;
  }

  /**
   * Has the values of a byte-form column fetched from memory, before they are read: in this loop
   * many loads are under way at once, while between the loads of two reads lies too much work.
   * (300,000 random rows of a memtable in key order: 660 ns a row without, 300 ns with.)
   */
  fetch(column: number): void {
    const { cells, rows, count } = this;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += cells[i]!.touch(column, rows[i]!);
    this.fetched = sum;
  }

  /** Forgets the rows, so that nothing keeps their memory. */
  clear(): void {
    this.cells.fill(null, 0, this.count);
    this.count = 0;
  }
}
