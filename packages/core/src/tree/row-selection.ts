import { MEMTABLE_CHUNK_ROWS, SCAN_BLOCK_ROWS } from "../limits.js";
import type { Superseded } from "./superseded.js";

const MAX_PART_ROWS = Math.max(MEMTABLE_CHUNK_ROWS, SCAN_BLOCK_ROWS);

/** Rows superseded by a newer source, as that source's sequence sees them. */
export interface Mark {
  readonly superseded: Superseded;
  readonly atSeq: number;
}

/** The rows of one part that a scan selects, and the mask of those it must not; used again. */
export class RowSelection {
  readonly rows: Int32Array = new Int32Array(MAX_PART_ROWS);
  count = 0;
  /** 1 for the rows that are superseded. */
  readonly mask: Uint8Array = new Uint8Array(MAX_PART_ROWS);
  private masked = false;

  /** Starts on a part: nothing selected, its superseded rows masked. Whether any is. */
  start(part: number, marks: readonly Mark[]): boolean {
    this.count = 0;
    if (this.masked) this.mask.fill(0);
    this.masked = false;
    for (const { superseded, atSeq } of marks) {
      if (superseded.mark(part, atSeq, this.mask)) this.masked = true;
    }
    return this.masked;
  }

  select(row: number): void {
    this.rows[this.count++] = row;
  }
}
