import type { Batch } from "@aegisdb/sql/contract";
import type { KeyRange } from "../base/key.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import { makeBatch, type SourceScan } from "./batch-scan.js";
import type { Memtable } from "./memtable.js";
import type { MemtableChunk } from "./memtable-chunk.js";

const CHUNK_SHIFT = Math.log2(MEMTABLE_CHUNK_ROWS);
const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;
/** A range with fewer than one in so many of the rows is found through the order of the keys. */
const NARROW_SHARE = 4;

/** Batches of a memtable, one a chunk. */
export function* memtableBatches(
  memtable: Memtable,
  scan: SourceScan,
): Generator<Batch, void, undefined> {
  const { start, end } = scan.options;
  const bounded = start !== undefined || end !== undefined;
  if (bounded && memtable.countKeys(scan.options) * NARROW_SHARE < memtable.rowCount) {
    yield* orderedRows(memtable, scan);
    return;
  }
  for (let number = 0; number < memtable.chunkCount(); number++) {
    const chunk = memtable.chunkRows(number);
    const { selection } = scan;
    const masked = selection.start(number, scan.marks);
    const whole = !bounded && !masked && chunk.isVisibleWhole(scan.atSeq);
    if (!whole) selectVisible(chunk, scan);
    if (!whole && bounded) keepInRange(memtable, number, scan);
    if (!whole && selection.count === 0) continue;
    const vectors = memtable.chunk(number);
    yield makeBatch(scan.options, chunk.rows, (c) => vectors[c]!, whole ? null : selection);
  }
}

/** Selects the live rows of a chunk, masked ones left out. */
function selectVisible(chunk: MemtableChunk, scan: SourceScan): void {
  const { atSeq, selection } = scan;
  const { seqs, endSeqs, tombstones, rows } = chunk;
  const { mask } = selection;
  // Rows arrive in the order of their seqs, so the first unseen row ends the chunk.
  for (let row = 0; row < rows && seqs[row]! <= atSeq; row++) {
    if (endSeqs[row]! > atSeq && tombstones[row] === 0 && mask[row] === 0) selection.select(row);
  }
}

function keepInRange(memtable: Memtable, chunk: number, scan: SourceScan): void {
  const { selection } = scan;
  const { start, end } = scan.options;
  const first = chunk * MEMTABLE_CHUNK_ROWS;
  const selected = selection.count;
  selection.count = 0;
  for (let i = 0; i < selected; i++) {
    const row = selection.rows[i]!;
    const key = memtable.keyOf(first + row);
    if (start !== undefined && key < start) continue;
    if (end === undefined || key < end) selection.select(row);
  }
}

/** Batches of the rows of a narrow range, found in key order and grouped by chunk. */
function* orderedRows(memtable: Memtable, scan: SourceScan): Generator<Batch, void, undefined> {
  const rows = visibleRows(memtable, scan.options, scan.atSeq).sort();
  const { selection } = scan;
  for (let i = 0; i < rows.length;) {
    const number = rows[i]! >>> CHUNK_SHIFT;
    selection.start(number, scan.marks);
    for (; i < rows.length && rows[i]! >>> CHUNK_SHIFT === number; i++) {
      const row = rows[i]! & CHUNK_MASK;
      if (selection.mask[row] === 0) selection.select(row);
    }
    if (selection.count === 0) continue;
    const vectors = memtable.chunk(number);
    yield makeBatch(scan.options, vectors[0]!.length, (c) => vectors[c]!, selection);
  }
}

/** Row ids of the versions that `atSeq` sees of the keys in a range, in key order. */
function visibleRows(memtable: Memtable, range: KeyRange, atSeq: number): Int32Array {
  const rows = new Int32Array(memtable.countKeys(range));
  const cursor = memtable.cursor();
  if (range.start === undefined) cursor.seekFirst();
  else cursor.seek(range.start);
  let count = 0;
  for (let left = rows.length; left > 0; left--, cursor.next()) {
    const row = memtable.visibleFrom(cursor.row, atSeq);
    if (row >= 0 && !memtable.isTombstone(row)) rows[count++] = row;
  }
  return rows.subarray(0, count);
}
