import type { KeyBounds, RowLocator, ScanRequest, SourceBatch } from "@aegisdb/sql";
import type { Key, KeyRange } from "../base/key.js";
import type { ReadView, RowCursor } from "../engine/contract.js";
import { AegisError } from "../errors.js";
import { RowBatch } from "../tree/row-batch.js";
import type { RowView } from "../tree/row-view.js";
import { keyRange } from "./bounds.js";
import type { StoredIndex } from "./stored-index.js";
import type { StoredTable } from "./stored-table.js";
import { locatorsOf } from "./table-scan.js";
import { BatchSizes, collected, MAX_BATCH_ROWS, RowCollector } from "./row-collector.js";

/** Rows that an index finds, in its order, or against it. */
export function* indexBatches(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  bounds: KeyBounds,
  request: ScanRequest,
): Generator<SourceBatch, void, undefined> {
  const only = uniqueKey(index, bounds);
  if (only !== undefined) {
    const entry = view.get(index.tree, only);
    if (entry === null) return;
    const collector = new RowCollector(table, request);
    addRow(view, table, index, entry, only, collector);
    yield collector.finish();
    return;
  }
  const range = keyRange(index.tree.codec, index.forms, bounds);
  if (range === undefined) return;
  const covering = coveringColumns(table, index, request);
  if (covering !== undefined) {
    yield* coveredBatches(view, table, index, covering, range, request);
    return;
  }
  const cursor = view.scan(index.tree, { ...range, reverse: request.reverse === true });
  try {
    if (cursor.canTake && table.hasNumberKey && view.rowsOf(table.tree, [], rows)) {
      yield* takenBatches(view, table, index, cursor, request);
      return;
    }
    yield* collected(table, request, cursor, (collector) =>
      addRow(view, table, index, cursor.row, cursor.key, collector),
    );
  } finally {
    cursor.close();
  }
}

/** Where the index itself has all that is asked for, in any order; undefined if it has not. */
function coveringColumns(
  table: StoredTable,
  index: StoredIndex,
  request: ScanRequest,
): readonly number[] | undefined {
  if (request.ordered === true || request.reverse === true) return undefined;
  if (request.locators === true && !table.hasNumberKey) return undefined;
  return index.covering(table, request.columns);
}

/** The index's own batches, without a look at the table. */
function* coveredBatches(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  covering: readonly number[],
  range: KeyRange,
  request: ScanRequest,
): Generator<SourceBatch, void, undefined> {
  const keys = request.locators === true ? [index.primaryAt[0]!] : [];
  for (const batch of view.batches(index.tree, { ...range, columns: [...covering, ...keys] })) {
    const { length, selection, selected } = batch;
    const columns = batch.columns.slice(0, covering.length);
    const locators =
      keys.length === 0 ? undefined : locatorsOf(table, batch, batch.columns.slice(-1));
    yield { length, columns, selection, selected, locators };
  }
}

/** Filled and used up between two batches, by whatever scan asks for its next one. */
const entries = new RowBatch(MAX_BATCH_ROWS);
const rows = new RowBatch(MAX_BATCH_ROWS);

/** Many entries at a time, then the rows of them all. */
function* takenBatches(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  cursor: RowCursor,
  request: ScanRequest,
): Generator<SourceBatch, void, undefined> {
  for (const sizes = new BatchSizes(); ;) {
    const collector = new RowCollector(table, request);
    try {
      cursor.take(entries, sizes.next());
      if (entries.count === 0) return;
      const locators = index.numbers(entries);
      if (view.rowsOf(table.tree, locators, rows)) {
        if (rows.count < locators.length) throw missingRow(table, index);
        collector.addTaken(rows, locators);
      } else {
        addWritten(view, table, locators, collector);
      }
    } finally {
      // Also after a failure: what is left would be taken for rows of the next scan.
      entries.clear();
      rows.clear();
    }
    if (collector.count > 0) yield collector.finish();
  }
}

/** The one key that the bounds name, where no two rows can share it; else undefined. */
export function uniqueKey(index: StoredIndex, bounds: Pick<KeyBounds, "equal">): Key | undefined {
  const { equal } = bounds;
  if (!index.unique || equal.length < index.columns.length || equal.includes(null)) {
    return undefined;
  }
  const key = equal.map((value, i) => index.forms[i]!.encode(value));
  for (let i = 0; i < index.ties; i++) key.push(null);
  return index.tree.codec.encode(key);
}

/** The rows as the transaction has left them that began to write while it was scanning. */
function addWritten(
  view: ReadView,
  table: StoredTable,
  locators: readonly RowLocator[],
  collector: RowCollector,
): void {
  for (const locator of locators) {
    const row = view.get(table.tree, locator);
    if (row !== null) collector.add(row, locator);
  }
}

/** `key` is that of the entry. */
function addRow(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  entry: RowView,
  key: Key,
  collector: RowCollector,
): void {
  const locator = index.locator(entry, table.tree.codec);
  const row = view.get(table.tree, locator);
  if (row !== null) collector.add(row, locator);
  else assertGone(view, table, index, key);
}

/** A row may vanish after the scan began, but then the entry at `key` has vanished, too. */
export function assertGone(view: ReadView, table: StoredTable, index: StoredIndex, key: Key): void {
  if (view.get(index.tree, key) !== null) throw missingRow(table, index);
}

export function missingRow(table: StoredTable, index: StoredIndex): AegisError {
  return new AegisError(
    "CORRUPTION",
    `index "${index.info.name}" has an entry for a row that table "${table.name}" does not have`,
  );
}
