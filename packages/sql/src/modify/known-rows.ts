import type { ColumnDef, ColumnId } from "../binder/expr.js";
import { assert } from "../contract/errors.js";
import type { RowLocator, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { rowsOf } from "../executor/batches.js";
import { datumReader, datumsOf } from "../executor/column.js";
import type { ExecutionContext, RowBatch } from "../executor/operator.js";
import type { DeletePlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import type { RowSink } from "./deferred-writes.js";
import type { RowForm } from "./row-form.js";
import type { TargetRows } from "./target-rows.js";

/** Where an input has what a DELETE must know of its rows. */
export interface KnownColumns {
  readonly columns: readonly ColumnDef[];
  readonly locatorAt: number;
  /** `inputs[i]` of the input is column `positions[i]` of the table. */
  readonly inputs: readonly number[];
  readonly positions: readonly number[];
  readonly form: RowForm;
}

export function knownColumns(
  plan: DeletePlan,
  columns: readonly ColumnDef[],
  form: RowForm,
): KnownColumns | undefined {
  const { known, locator } = plan;
  if (known === undefined) return undefined;
  const at = (id: ColumnId): number => {
    const found = columns.findIndex((column) => column.id === id);
    assert(found >= 0, "the input of a DELETE gives the columns that it knows rows by");
    return found;
  };
  return {
    columns,
    locatorAt: at(locator),
    inputs: known.map(({ id }) => at(id)),
    positions: known.map(({ column }) => column),
    form,
  };
}

/**
 * The rows that a DELETE found, with the columns that indexes and foreign keys ask for, so that no
 * row is read again; all others of its columns are NULL. Rows that another part of the statement
 * may have written meanwhile are.
 */
export class KnownRows implements TargetRows {
  readonly #known: KnownColumns;
  readonly #isAlone: boolean;
  readonly #locators: RowLocator[] = [];
  readonly #values: Datum[][];
  readonly #seen: Set<RowLocator> = new Set();
  readonly #empty: readonly Value[];

  constructor(known: KnownColumns, table: TableInfo, context: ExecutionContext) {
    this.#known = known;
    this.#isAlone = context.ctes.size === 0;
    this.#values = known.positions.map(() => []);
    this.#empty = table.columns.map(() => null);
  }

  get length(): number {
    return this.#locators.length;
  }

  add(batch: RowBatch): void {
    const { columns, locatorAt, inputs } = this.#known;
    const { type } = columns[locatorAt]!;
    const locators = datumsOf(batch.columns[locatorAt]!, type, batch) as readonly RowLocator[];
    const readers = inputs.map((at) => datumReader(batch.columns[at]!, columns[at]!.type));
    const rows = rowsOf(batch);
    for (let j = 0; j < batch.selected; j++) {
      const row = rows[j]!;
      const before = this.#seen.size;
      if (this.#seen.add(locators[row]!).size === before) continue;
      this.#locators.push(locators[row]!);
      for (let i = 0; i < readers.length; i++) this.#values[i]!.push(readers[i]!(row));
    }
  }

  /** Nobody asks for more than `before`. */
  row(): readonly Datum[] {
    return [];
  }

  locator(at: number): RowLocator {
    return this.#locators[at]!;
  }

  before(at: number, sink: RowSink, table: TableInfo): readonly Value[] | undefined {
    if (!this.#isAlone) return sink.row(table, this.locator(at));
    const { positions, form } = this.#known;
    const row = this.#empty.slice();
    for (let i = 0; i < positions.length; i++) {
      const column = positions[i]!;
      row[column] = form.storeColumn(this.#values[i]![at]!, column);
    }
    return row;
  }
}
