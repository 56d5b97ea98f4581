import type { KeyBounds, RowLocator, Value } from "@aegisdb/sql";
import type { Key } from "../base/key.js";
import type { WriteTransaction } from "../engine/contract.js";
import { keyRange } from "./bounds.js";
import { assertGone, uniqueKey } from "./index-scan.js";
import { keyForm } from "./key-form.js";
import type { StoredIndex } from "./stored-index.js";
import type { StoredTable } from "./stored-table.js";

export interface FoundRow {
  readonly locator: RowLocator;
  readonly row: readonly Value[];
}

/**
 * Rows whose `columns` equal `values`. What decides which rows these are is read so that every
 * isolation level validates it; writing while the rows are taken does not disturb that.
 */
export function* findMatches(
  tx: WriteTransaction,
  table: StoredTable,
  columns: readonly number[],
  values: readonly Value[],
): Generator<FoundRow, void, undefined> {
  if (values.includes(null)) return;
  if (sameColumns(table.primaryKey, columns)) {
    const key = table.keyOf(arranged(table.primaryKey, columns, values));
    const row = tx.alwaysValidated(() => tx.get(table.tree, key));
    if (row !== null) yield { locator: key, row: table.rowOf(row) };
    return;
  }
  const index = bestIndex(table, columns);
  if (index !== undefined) yield* byIndex(tx, table, index, columns, values);
  else yield* byScan(tx, table, columns, values);
}

function* byIndex(
  tx: WriteTransaction,
  table: StoredTable,
  index: StoredIndex,
  columns: readonly number[],
  values: readonly Value[],
): Generator<FoundRow, void, undefined> {
  const led = index.columns.slice(0, columns.length);
  const bounds: KeyBounds = { index: index.info, equal: arranged(led, columns, values) };
  const only = uniqueKey(index, bounds);
  if (only !== undefined) {
    const entry = tx.alwaysValidated(() => tx.get(index.tree, only));
    const locator = entry === null ? undefined : index.locator(entry, table.tree.codec);
    const found = locator === undefined ? undefined : rowAt(tx, table, index, locator, only);
    if (found !== undefined) yield found;
    return;
  }
  const range = keyRange(index.tree.codec, index.forms, bounds);
  if (range === undefined) return;
  const cursor = tx.alwaysValidated(() => tx.scan(index.tree, range));
  while (cursor.next()) {
    const locator = index.locator(cursor.row, table.tree.codec);
    const found = rowAt(tx, table, index, locator, cursor.key);
    if (found !== undefined) yield found;
  }
}

function* byScan(
  tx: WriteTransaction,
  table: StoredTable,
  columns: readonly number[],
  values: readonly Value[],
): Generator<FoundRow, void, undefined> {
  const cursor = tx.alwaysValidated(() => tx.scan(table.tree));
  const same = columns.map((column, i) => equality(table, column, values[i]!));
  while (cursor.next()) {
    const row = table.rowOf(cursor.row);
    if (columns.every((column, i) => same[i]!(row[column]!))) yield { locator: cursor.key, row };
  }
}

/** The row of the entry at `key`; undefined if it was deleted since the entry was read. */
function rowAt(
  tx: WriteTransaction,
  table: StoredTable,
  index: StoredIndex,
  locator: RowLocator,
  key: Key,
): FoundRow | undefined {
  const row = tx.get(table.tree, locator);
  if (row !== null) return { locator, row: table.rowOf(row) };
  assertGone(tx, table, index, key);
  return undefined;
}

/** Equality with `value` by key form, which equal values share. */
function equality(table: StoredTable, column: number, value: Value): (other: Value) => boolean {
  const form = keyForm(table.columns[column]!.type);
  const wanted = form.encode(value);
  return (other) => {
    const given = form.encode(other);
    if (given instanceof Uint8Array && wanted instanceof Uint8Array) {
      return given.length === wanted.length && given.every((byte, i) => byte === wanted[i]);
    }
    return given === wanted || (Number.isNaN(given) && Number.isNaN(wanted));
  };
}

/** An index that leads with exactly these columns; a unique one rather than another. */
function bestIndex(table: StoredTable, columns: readonly number[]): StoredIndex | undefined {
  const leads = (index: StoredIndex): boolean =>
    sameColumns(index.columns.slice(0, columns.length), columns);
  const exact = (index: StoredIndex): boolean =>
    index.unique && index.columns.length === columns.length;
  return table.trees.find((index) => exact(index) && leads(index)) ?? table.trees.find(leads);
}

function sameColumns(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.length > 0 && a.every((column) => b.includes(column));
}

/** `values` of `columns`, in the order of `wanted`. */
function arranged(
  wanted: readonly number[],
  columns: readonly number[],
  values: readonly Value[],
): Value[] {
  return wanted.map((column) => values[columns.indexOf(column)]!);
}
