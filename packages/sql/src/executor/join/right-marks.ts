import { BATCH_ROWS } from "../limits.js";
import { HeldMemory } from "../memory.js";
import type { MemoryMeter, RowBatch } from "../operator.js";
import type { RowStore } from "../row-store.js";
import type { JoinAssembler } from "./join-output.js";

/** Remembers which right rows had a match, to give the others in the end (RIGHT and FULL JOIN). */
export class RightMarks {
  private readonly store: RowStore;
  private readonly marks: Uint8Array;
  private readonly held: HeldMemory;
  private readonly rows = new Int32Array(BATCH_ROWS);
  private position = 0;

  /** Precondition: the store is complete. */
  constructor(store: RowStore, memory: MemoryMeter) {
    this.store = store;
    this.held = new HeldMemory(memory);
    this.held.set(store.rows);
    this.marks = new Uint8Array(store.rows);
  }

  /** Marks `rows[0..count)`. */
  add(rows: Int32Array, count: number): void {
    const { marks } = this;
    for (let k = 0; k < count; k++) marks[rows[k]!] = 1;
  }

  /** Marks `rows[places[0..count)]`. */
  addAt(rows: Int32Array, places: Int32Array, count: number): void {
    const { marks } = this;
    for (let k = 0; k < count; k++) marks[rows[places[k]!]!] = 1;
  }

  /** The next rows without a mark; null once there are no more. */
  next(assembler: JoinAssembler): RowBatch | null {
    const { marks, rows } = this;
    let count = 0;
    let row = this.position;
    for (; row < marks.length && count < BATCH_ROWS; row++) {
      if (marks[row] === 0) rows[count++] = row;
    }
    this.position = row;
    return count === 0 ? null : assembler.unmatchedRight(this.store.columns(), rows, count);
  }

  release(): void {
    this.position = this.marks.length;
    this.held.release();
  }
}
