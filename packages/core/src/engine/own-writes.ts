import type { Batch } from "@aegisdb/sql/contract";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import type { Memtable } from "../tree/memtable.js";
import type { BatchScanOptions } from "./contract.js";
import type { EngineTree } from "./engine-tree.js";

/**
 * Batches of a tree as a transaction sees them: the committed batches without the rows whose keys
 * it has written, then its own live rows. The committed batches hold the columns `scanned`, which
 * begin with the key's; the batches given out hold those of the options.
 */
export function* batchesWithOwnWrites(
  tree: EngineTree,
  own: Memtable,
  committed: Iterable<Batch>,
  scanned: readonly number[],
  options: BatchScanOptions,
): Iterable<Batch> {
  const places = options.columns.map((column) => scanned.indexOf(column));
  const upTo = own.maxSeq;
  for (const batch of committed) {
    const selection = new Int32Array(batch.selected);
    let selected = 0;
    for (let i = 0; i < batch.selected; i++) {
      const row = batch.selection === null ? i : batch.selection[i]!;
      if (own.find(tree.codec.encodeRow(batch.columns, row), upTo) < 0) selection[selected++] = row;
    }
    const columns = places.map((place) => batch.columns[place]!);
    yield { length: batch.length, columns, selection, selected };
  }
  yield* ownBatches(own, upTo, options);
}

function* ownBatches(own: Memtable, upTo: number, options: BatchScanOptions): Iterable<Batch> {
  for (let chunk = 0; chunk < own.chunkCount(); chunk++) {
    const vectors = own.chunk(chunk);
    const length = vectors[0]!.length;
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
    if (selected === 0) continue;
    const columns = options.columns.map((column) => vectors[column]!);
    yield { length, columns, selection, selected };
  }
}
