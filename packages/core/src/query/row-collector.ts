import type { RowLocator, ScanRequest, SourceBatch } from "@aegisdb/sql";
import type { RowCursor } from "../engine/contract.js";
import type { RowBatch } from "../tree/row-batch.js";
import type { RowView } from "../tree/row-view.js";
import type { StoredTable } from "./stored-table.js";
import { createVectorBuilder, type VectorBuilder } from "./vector-builder.js";

/** Rows of the first batch of a scan row by row, which may be all that anybody wants. */
const FIRST_BATCH_ROWS = 32;
export const MAX_BATCH_ROWS = 1024;

/** How many rows to put into the next batch. */
export class BatchSizes {
  #rows: number = FIRST_BATCH_ROWS / 2;

  next(): number {
    return (this.#rows = Math.min(this.#rows * 2, MAX_BATCH_ROWS));
  }
}

/** Makes a batch of rows of a table, taken one by one or many at once. */
export class RowCollector {
  readonly #columns: readonly number[];
  readonly #builders: readonly VectorBuilder[];
  readonly #locators: RowLocator[] | undefined;
  count = 0;

  constructor(table: StoredTable, request: ScanRequest) {
    this.#columns = request.columns.map((column) => table.layoutOf[column]!);
    const { key, value } = table.tree.layout;
    this.#builders = this.#columns.map((column) =>
      createVectorBuilder((column < key.length ? key[column]! : value[column - key.length]!).type),
    );
    this.#locators = request.locators === true ? [] : undefined;
  }

  add(row: RowView, locator: RowLocator): void {
    const columns = this.#columns;
    const builders = this.#builders;
    for (let i = 0; i < builders.length; i++) builders[i]!.appendCell(row, columns[i]!);
    this.#locators?.push(locator);
    this.count++;
  }

  /** Precondition: locators are not asked for, or are given, or are the rows' first column. */
  addTaken(rows: RowBatch, locators?: readonly RowLocator[]): void {
    const columns = this.#columns;
    const builders = this.#builders;
    for (let i = 0; i < builders.length; i++) builders[i]!.appendCells(rows, columns[i]!);
    if (this.#locators !== undefined) {
      for (let i = 0; i < rows.count; i++) {
        this.#locators.push(locators?.[i] ?? rows.cells[i]!.number(0, rows.rows[i]!));
      }
    }
    this.count += rows.count;
  }

  finish(): SourceBatch {
    return {
      length: this.count,
      columns: this.#builders.map((builder) => builder.finish()),
      selection: null,
      selected: this.count,
      locators: this.#locators,
    };
  }
}

/** Batches of what `add` makes of each position of a cursor; small ones first. */
export function* collected(
  table: StoredTable,
  request: ScanRequest,
  cursor: RowCursor,
  add: (collector: RowCollector) => void,
): Generator<SourceBatch, void, undefined> {
  for (const sizes = new BatchSizes(); ;) {
    const limit = sizes.next();
    const collector = new RowCollector(table, request);
    while (collector.count < limit && cursor.next()) add(collector);
    if (collector.count > 0) yield collector.finish();
    if (collector.count < limit) return;
  }
}
