import type { Batch } from "@aegisdb/sql/contract";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import type { Memtable } from "../tree/memtable.js";
import type { BatchScanOptions } from "./contract.js";
import type { EngineTree } from "./engine-tree.js";

/**
 * Batches of a tree as a transaction sees them: the committed batches without the rows whose keys
 * it has written, then its own live rows.
 */
export function* batchesWithOwnWrites(
  tree: EngineTree,
  own: Memtable,
  committed: Iterable<Batch>,
  options: BatchScanOptions,
): Iterable<Batch> {
  const upTo = own.maxSeq;
  for (const batch of committed) {
    const selection = new Int32Array(batch.selected);
    let selected = 0;
    for (let i = 0; i < batch.selected; i++) {
      const row = batch.selection === null ? i : batch.selection[i]!;
      if (own.find(tree.codec.encodeRow(batch.columns, row), upTo) < 0) selection[selected++] = row;
    }
    yield { ...batch, selection, selected };
  }
  yield* ownBatches(own, upTo, options);
}

function* ownBatches(own: Memtable, upTo: number, options: BatchScanOptions): Iterable<Batch> {
  for (let chunk = 0; chunk < own.chunkCount(); chunk++) {
    const columns = own.chunk(chunk);
    const length = columns[0]!.length;
    const first = chunk * MEMTABLE_CHUNK_ROWS;
    const selection = new Int32Array(length);
    let selected = 0;
    for (let i = 0; i < length; i++) {
      const row = first + i;
      if (own.seqOf(row) > upTo || own.endSeqOf(row) <= upTo || own.isTombstone(row)) continue;
      const key = own.keyOf(row);
      if (options.start !== undefined && key < options.start) continue;
      if (options.end !== undefined && key >= options.end) continue;
      selection[selected++] = i;
    }
    if (selected > 0) yield { length, columns, selection, selected };
  }
}
