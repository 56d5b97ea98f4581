import type { TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { Datum } from "../types/datum.js";
import type { SqlType } from "../types/sql-type.js";
import { fromStorage, isStoredAsIs, toStorage } from "../types/storage.js";

/** How the rows of a table go between datums and storage, knowing which columns stay the same. */
export class RowForm {
  readonly #types: readonly SqlType[];
  /** Positions of the columns whose datums are not their stored values. */
  readonly #converted: readonly number[];

  constructor(table: TableInfo) {
    this.#types = table.columns.map(({ type }) => type);
    this.#converted = this.#types.flatMap((type, i) => (isStoredAsIs(type) ? [] : [i]));
  }

  /** The stored row; the very array where no column needs to be converted. */
  store(row: readonly Datum[]): readonly Value[] {
    if (this.#converted.length === 0) return row as readonly Value[];
    const stored = row.slice() as Value[];
    for (const i of this.#converted) stored[i] = toStorage(row[i]!, this.#types[i]!);
    return stored;
  }

  load(row: readonly Value[]): Datum[] {
    const datums = row.slice() as Datum[];
    for (const i of this.#converted) datums[i] = fromStorage(row[i]!, this.#types[i]!);
    return datums;
  }

  storeColumn(datum: Datum, column: number): Value {
    return toStorage(datum, this.#types[column]!);
  }
}
