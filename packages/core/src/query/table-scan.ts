import type { Batch, ColumnVector, RowLocator, ScanRequest, SourceBatch } from "@aegisdb/sql";
import type { KeyRange } from "../base/key.js";
import type { ReadView, RowCursor } from "../engine/contract.js";
import type { RowView } from "../tree/row-view.js";
import { zonePredicate } from "./prune.js";
import type { StoredTable } from "./stored-table.js";
import { createVectorBuilder, type VectorBuilder } from "./vector-builder.js";

/** Rows of the first batch of an ordered scan, which may be all that anybody wants. */
const FIRST_BATCH_ROWS = 32;
const MAX_BATCH_ROWS = 1024;

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

/** The locators of a batch's selected rows; the others have none. */
function locatorsOf(
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

/** Makes batches of single rows. */
export class RowCollector {
  private readonly columns: readonly number[];
  private readonly builders: readonly VectorBuilder[];
  private readonly locators: RowLocator[] | undefined;
  count = 0;

  constructor(table: StoredTable, request: ScanRequest) {
    this.columns = request.columns.map((column) => table.layoutOf[column]!);
    const { key, value } = table.tree.layout;
    this.builders = this.columns.map((column) =>
      createVectorBuilder((column < key.length ? key[column]! : value[column - key.length]!).type),
    );
    this.locators = request.locators === true ? [] : undefined;
  }

  add(row: RowView, locator: RowLocator): void {
    const { columns, builders } = this;
    for (let i = 0; i < builders.length; i++) builders[i]!.appendCell(row, columns[i]!);
    this.locators?.push(locator);
    this.count++;
  }

  finish(): SourceBatch {
    return {
      length: this.count,
      columns: this.builders.map((builder) => builder.finish()),
      selection: null,
      selected: this.count,
      locators: this.locators,
    };
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
  yield* collected(table, request, cursor, (collector) => collector.add(cursor.row, cursor.key));
}

/** Batches of what `add` makes of each position of a cursor; small ones first. */
export function* collected(
  table: StoredTable,
  request: ScanRequest,
  cursor: RowCursor,
  add: (collector: RowCollector) => void,
): Generator<SourceBatch, void, undefined> {
  let limit = FIRST_BATCH_ROWS;
  for (;;) {
    const collector = new RowCollector(table, request);
    while (collector.count < limit && cursor.next()) add(collector);
    if (collector.count > 0) yield collector.finish();
    if (collector.count < limit) return;
    limit = Math.min(limit * 2, MAX_BATCH_ROWS);
  }
}
