import type { Column, RowBatch } from "./operator.js";
import { BATCH_ROWS } from "./limits.js";

let ascending: Int32Array = Int32Array.from({ length: BATCH_ROWS }, (_, i) => i);

/** The numbers from 0 to at least `length` - 1; nobody may change them. */
export function ascendingRows(length: number): Int32Array {
  if (length > ascending.length) {
    ascending = Int32Array.from({ length: 2 * length }, (_, i) => i);
  }
  return ascending;
}

/** Indexes of the rows that count; the first `batch.selected` entries are valid. */
export function rowsOf(batch: RowBatch): Int32Array {
  return batch.selection ?? ascendingRows(batch.length);
}

/** The index of the `place`-th of the rows that count. */
export function rowAt({ selection }: RowBatch, place: number): number {
  return selection === null ? place : selection[place]!;
}

/** A batch all of whose rows count. */
export function fullBatch(length: number, columns: readonly Column[]): RowBatch {
  return { length, columns, selection: null, selected: length };
}

/** The rows `rows[0..selected)` of a batch, which ascend. */
export function selectRows(batch: RowBatch, rows: Int32Array, selected: number): RowBatch {
  if (selected === batch.length) return batch.selection === null ? batch : fullOf(batch);
  const { length, columns } = batch;
  return { length, columns, selection: rows.subarray(0, selected), selected };
}

function fullOf({ length, columns }: RowBatch): RowBatch {
  return fullBatch(length, columns);
}

/** The same rows with other columns. */
export function withColumns(batch: RowBatch, columns: readonly Column[]): RowBatch {
  const { length, selection, selected } = batch;
  return { length, columns, selection, selected };
}
