import type { Batch, ColumnVector, RowLocator, ScanRequest, SourceBatch } from "@aegisdb/sql";
import type { KeyRange } from "../base/key.js";
import type { ReadView } from "../engine/contract.js";
import { RowBatch } from "../tree/row-batch.js";
import { zonePredicate } from "./prune.js";
import { BatchSizes, collected, MAX_BATCH_ROWS, RowCollector } from "./row-collector.js";
import type { StoredTable } from "./stored-table.js";

/** Rows of a key range in no order: the engine's batches as they are. */
export function* rangeBatches(
  view: ReadView,
  table: StoredTable,
  request: ScanRequest,
  range: KeyRange,
): Generator<SourceBatch, void, undefined> {
  const wanted = request.columns.map((column) => table.layoutOf[column]!);
  const keys = request.locators === true ? table.tree.layout.key.map((_, i) => i) : [];
  const options = {
    start: range.start,
    end: range.end,
    columns: [...wanted, ...keys],
    zonePredicate: zonePredicate(table, request.prune),
  };
  for (const batch of view.batches(table.tree, options)) {
    const { length, columns, selection, selected } = batch;
    if (keys.length === 0) {
      yield { length, columns, selection, selected, locators: undefined };
      continue;
    }
    const locators = locatorsOf(table, batch, columns.slice(wanted.length));
    yield { length, columns: columns.slice(0, wanted.length), selection, selected, locators };
  }
}

/** The locators of a batch's selected rows, whose keys are `keys`; the others have none. */
export function locatorsOf(
  table: StoredTable,
  batch: Batch,
  keys: readonly ColumnVector[],
): readonly RowLocator[] {
  const { codec } = table.tree;
  const { length, selection, selected } = batch;
  const locators = new Array<RowLocator>(length).fill(0);
  if (selection === null) {
    for (let row = 0; row < length; row++) locators[row] = codec.encodeRow(keys, row);
    return locators;
  }
  for (let i = 0; i < selected; i++) {
    const row = selection[i]!;
    locators[row] = codec.encodeRow(keys, row);
  }
  return locators;
}

/** Filled and used up between two batches. */
const taken = new RowBatch(MAX_BATCH_ROWS);

/** Rows in the order of the primary key, or against it. */
export function* orderedBatches(
  view: ReadView,
  table: StoredTable,
  request: ScanRequest,
  range: KeyRange,
): Generator<SourceBatch, void, undefined> {
  const cursor = view.scan(table.tree, { ...range, reverse: request.reverse === true });
  if (!cursor.canTake || (request.locators === true && !table.hasNumberKey)) {
    yield* collected(table, request, cursor, (collector) => collector.add(cursor.row, cursor.key));
    return;
  }
  for (const sizes = new BatchSizes(); ;) {
    cursor.take(taken, sizes.next());
    if (taken.count === 0) return;
    const collector = new RowCollector(table, request);
    collector.addTaken(taken);
    taken.clear();
    yield collector.finish();
  }
}
