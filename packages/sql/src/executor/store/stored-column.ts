import type { ColumnVector } from "../../contract/vector.js";
import type { Column, RowBatch } from "../operator.js";

/** Rows of a batch that are to be stored: the first `count` of `rows`. */
export interface StoredRows {
  readonly batch: RowBatch;
  readonly rows: Int32Array;
  readonly count: number;
}

/**
 * One column of a row store in one physical form. A form that cannot hold what comes says so by
 * giving back false, having stored nothing; the store then goes over to the next wider form.
 */
export interface StoredColumn {
  readonly length: number;
  /** Bytes held, an estimate where they are JavaScript's. */
  readonly bytes: number;
  append(column: Column, from: StoredRows): boolean;
  /** All rows stored so far; valid until the next append or truncate. */
  view(): Column;
  /** Forgets the rows from `length` on. */
  truncate(length: number): void;
}

/** The next capacity that holds `needed`. */
export function grownCapacity(capacity: number, needed: number): number {
  return Math.max(needed, 2 * capacity, 64);
}

export function sameColumnType(a: ColumnVector["type"], b: ColumnVector["type"]): boolean {
  return a.kind === b.kind && (a.kind !== "decimal" || a.scale === (b as typeof a).scale);
}

/** A column of NULL marks that is there from the first NULL on. */
export class NullMarks {
  marks: Uint8Array | null = null;

  /** Marks row `at`; `capacity` is the capacity of the column. */
  set(at: number, capacity: number): void {
    if (this.marks === null || this.marks.length < capacity) {
      const grown = new Uint8Array(capacity);
      if (this.marks !== null) grown.set(this.marks);
      this.marks = grown;
    }
    this.marks[at] = 1;
  }

  view(length: number): Uint8Array | null {
    if (this.marks === null) return null;
    if (this.marks.length >= length) return this.marks.subarray(0, length);
    const grown = new Uint8Array(length);
    grown.set(this.marks);
    this.marks = grown;
    return grown;
  }

  truncate(length: number): void {
    this.marks?.fill(0, length);
  }

  get bytes(): number {
    return this.marks?.length ?? 0;
  }
}
