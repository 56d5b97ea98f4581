import type { ColumnDef, ColumnId } from "../binder/expr.js";
import { assert } from "../contract/errors.js";
import type { RowLocator, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { batchDatums } from "../executor/column.js";
import type { RowBatch } from "../executor/operator.js";
import type { Datum } from "../types/datum.js";
import type { RowSink } from "./deferred-writes.js";
import type { TargetRows } from "./target-rows.js";

/**
 * The rows that an UPDATE or DELETE found. A join may find one row of the table several times; it
 * is written once, with what came first, as PostgreSQL does.
 */
export class InputRows implements TargetRows {
  readonly #columns: readonly ColumnDef[];
  readonly #locatorAt: number;
  readonly #rows: Datum[][] = [];
  readonly #seen: Set<RowLocator> = new Set();

  constructor(columns: readonly ColumnDef[], locator: ColumnId) {
    this.#columns = columns;
    this.#locatorAt = columns.findIndex(({ id }) => id === locator);
    assert(this.#locatorAt >= 0, "the input of a write gives locators");
  }

  get length(): number {
    return this.#rows.length;
  }

  add(batch: RowBatch): void {
    const columns = batchDatums(batch, this.#columns);
    const locators = columns[this.#locatorAt]! as readonly RowLocator[];
    const { selection, selected } = batch;
    for (let j = 0; j < selected; j++) {
      const at = selection === null ? j : selection[j]!;
      const before = this.#seen.size;
      if (this.#seen.add(locators[at]!).size === before) continue;
      const row = new Array<Datum>(columns.length);
      for (let i = 0; i < columns.length; i++) row[i] = columns[i]![at]!;
      this.#rows.push(row);
    }
  }

  row(at: number): readonly Datum[] {
    return this.#rows[at]!;
  }

  locator(at: number): RowLocator {
    return this.#rows[at]![this.#locatorAt] as RowLocator;
  }

  before(at: number, sink: RowSink, table: TableInfo): readonly Value[] | undefined {
    return sink.row(table, this.locator(at));
  }
}
