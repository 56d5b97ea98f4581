import type { IndexLookup, RowInPlace } from "@aegisdb/sql";
import type { ReadView, RowCursor } from "../engine/contract.js";
import { RowBatch } from "../tree/row-batch.js";
import { keyRange } from "./bounds.js";
import { assertGone, missingRow, uniqueKey } from "./index-scan.js";
import { BatchSizes, MAX_BATCH_ROWS } from "./row-collector.js";
import { MappedRow, TakenRow } from "./row-in-place.js";
import type { StoredIndex } from "./stored-index.js";
import type { StoredTable } from "./stored-table.js";

type Take = (row: RowInPlace) => void;

/** See `Source.lookUp`. */
export function lookUp(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  lookup: IndexLookup,
  take: Take,
): void {
  const only = uniqueKey(index, lookup);
  if (only !== undefined) {
    const entry = view.get(index.tree, only);
    if (entry === null) return;
    const row = view.get(table.tree, index.locator(entry, table.tree.codec));
    if (row === null) throw missingRow(table, index);
    take(table.inPlace(row));
    return;
  }
  const range = keyRange(index.tree.codec, index.forms, lookup);
  if (range === undefined) return;
  const covering = coveringMap(table, index, lookup.columns);
  const cursor = view.scan(index.tree, { ...range, brief: true });
  try {
    if (!cursor.canTake) walk(view, table, index, cursor, covering, lookup.most, take);
    else if (covering !== undefined) takeEntries(cursor, covering, lookup.most, take);
    else if (table.hasNumberKey && view.rowsOf(table.tree, [], rows)) {
      takeRows(view, table, index, cursor, lookup.most, take);
    } else walk(view, table, index, cursor, covering, lookup.most, take);
  } finally {
    cursor.close();
    entries.clear();
    rows.clear();
  }
}

/** The index's column of each table column that is asked for, if it has them all. */
function coveringMap(
  table: StoredTable,
  index: StoredIndex,
  columns: readonly number[],
): readonly number[] | undefined {
  const found = index.covering(table, columns);
  if (found === undefined) return undefined;
  const map: number[] = [];
  columns.forEach((column, i) => (map[column] = found[i]!));
  return map;
}

/** Filled and used up within one call. */
const entries = new RowBatch(MAX_BATCH_ROWS);
const rows = new RowBatch(MAX_BATCH_ROWS);

function takeEntries(
  cursor: RowCursor,
  covering: readonly number[],
  most: number,
  take: Take,
): void {
  const row = new TakenRow(covering);
  const sizes = new BatchSizes();
  for (let left = most; left > 0;) {
    cursor.take(entries, Math.min(sizes.next(), left));
    const { count } = entries;
    if (count === 0) return;
    for (let i = 0; i < count; i++) take(row.set(entries.cells[i]!, entries.rows[i]!));
    entries.clear();
    left -= count;
  }
}

/** Many entries at a time, then the rows of them all. */
function takeRows(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  cursor: RowCursor,
  most: number,
  take: Take,
): void {
  const row = new TakenRow(table.layoutOf);
  const sizes = new BatchSizes();
  for (let left = most; left > 0;) {
    cursor.take(entries, Math.min(sizes.next(), left));
    if (entries.count === 0) return;
    const locators = index.numbers(entries);
    entries.clear();
    view.rowsOf(table.tree, locators, rows);
    const { count } = rows;
    if (count < locators.length) throw missingRow(table, index);
    for (let i = 0; i < count; i++) take(row.set(rows.cells[i]!, rows.rows[i]!));
    rows.clear();
    left -= count;
  }
}

/** One entry after the other, so that it is known how far the reading came. */
function walk(
  view: ReadView,
  table: StoredTable,
  index: StoredIndex,
  cursor: RowCursor,
  covering: readonly number[] | undefined,
  most: number,
  take: Take,
): void {
  const entry = covering && new MappedRow(covering);
  for (let left = most; left > 0 && cursor.next(); left--) {
    if (entry !== undefined) {
      take(entry.set(cursor.row));
      continue;
    }
    const locator = index.locator(cursor.row, table.tree.codec);
    const { key } = cursor;
    const row = view.get(table.tree, locator);
    if (row === null) assertGone(view, table, index, key);
    else take(table.inPlace(row));
  }
}
