import type { Batch, ColumnVector, RowLocator, ScanRequest, SourceBatch } from "@aegisdb/sql";
import type { KeyRange } from "../base/key.js";
import type { ReadView, RowCursor } from "../engine/contract.js";
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

/** Batches of a narrow scan that are picked: 32, 64, 128 and 256 rows. */
const PICKED_BATCHES = 4;

/**
 * Rows of a range that is likely to be narrow, in no order: the first hundreds are picked from
 * where they lie, which costs less than to find out how many there are; if there are more, the rest
 * comes as the engine's batches. Precondition: nothing is written through the view meanwhile.
 */
export function* narrowBatches(
  view: ReadView,
  table: StoredTable,
  request: ScanRequest,
  range: KeyRange,
): Generator<SourceBatch, void, undefined> {
  const cursor = view.scan(table.tree, range);
  try {
    if (!canTakeAll(cursor, table, request)) {
      yield* rangeBatches(view, table, request, range);
      return;
    }
    const sizes = new BatchSizes();
    for (let batches = 0; batches < PICKED_BATCHES; batches++) {
      const batch = takeBatch(cursor, table, request, sizes.next());
      if (batch === undefined) return;
      yield batch;
    }
    const start = cursor.nextKey;
    if (start !== undefined) yield* rangeBatches(view, table, request, { start, end: range.end });
  } finally {
    cursor.close();
  }
}

/** Rows in the order of the primary key, or against it. */
export function* orderedBatches(
  view: ReadView,
  table: StoredTable,
  request: ScanRequest,
  range: KeyRange,
): Generator<SourceBatch, void, undefined> {
  const cursor = view.scan(table.tree, { ...range, reverse: request.reverse === true });
  try {
    if (!canTakeAll(cursor, table, request)) {
      yield* collected(table, request, cursor, (rows) => rows.add(cursor.row, cursor.key));
      return;
    }
    const sizes = new BatchSizes();
    for (;;) {
      const batch = takeBatch(cursor, table, request, sizes.next());
      if (batch === undefined) return;
      yield batch;
    }
  } finally {
    cursor.close();
  }
}

function canTakeAll(cursor: RowCursor, table: StoredTable, request: ScanRequest): boolean {
  return cursor.canTake && (request.locators !== true || table.hasNumberKey);
}

function takeBatch(
  cursor: RowCursor,
  table: StoredTable,
  request: ScanRequest,
  size: number,
): SourceBatch | undefined {
  try {
    cursor.take(taken, size);
    if (taken.count === 0) return undefined;
    const collector = new RowCollector(table, request);
    collector.addTaken(taken);
    return collector.finish();
  } finally {
    // Also after a failure: what is left would be taken for rows of the next scan.
    taken.clear();
  }
}
