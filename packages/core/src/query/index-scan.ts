import type { KeyBounds, RowLocator, ScanRequest, SourceBatch } from "@aegisdb/sql";
import type { Key, KeyRange } from "../base/key.js";
import type { ReadView } from "../engine/contract.js";
import { AegisError } from "../errors.js";
import type { RowView } from "../tree/row-view.js";
import { keyRange } from "./bounds.js";
import type { StoredIndex } from "./stored-index.js";
import type { StoredTable } from "./stored-table.js";
import { collected, RowCollector } from "./table-scan.js";

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
    addRow(view, table, index, entry, collector);
    yield collector.finish();
    return;
  }
  const range = keyRange(index.tree.codec, index.forms, bounds);
  if (range === undefined) return;
  const cursor = view.scan(index.tree, { ...range, reverse: request.reverse === true });
  yield* collected(table, request, cursor, (collector) =>
    addRow(view, table, index, cursor.row, collector),
  );
}

/** Locators of the rows that an index finds. */
export function* indexLocators(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  range: KeyRange,
): Generator<RowLocator, void, undefined> {
  const cursor = view.scan(index.tree, range);
  while (cursor.next()) yield index.locator(cursor.row, table.tree.codec);
}

/** The one key that the bounds name, where no two rows can share it; else undefined. */
export function uniqueKey(index: StoredIndex, bounds: KeyBounds): Key | undefined {
  const { equal } = bounds;
  if (!index.unique || equal.length < index.columns.length || equal.includes(null)) {
    return undefined;
  }
  const key = equal.map((value, i) => index.forms[i]!.encode(value));
  for (let i = 0; i < index.ties; i++) key.push(null);
  return index.tree.codec.encode(key);
}

function addRow(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  entry: RowView,
  collector: RowCollector,
): void {
  const locator = index.locator(entry, table.tree.codec);
  const row = view.get(table.tree, locator);
  if (row === null) throw missingRow(table, index);
  collector.add(row, locator);
}

export function missingRow(table: StoredTable, index: StoredIndex): AegisError {
  return new AegisError(
    "CORRUPTION",
    `index "${index.info.name}" has an entry for a row that table "${table.name}" does not have`,
  );
}
