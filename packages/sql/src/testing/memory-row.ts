import type { RowInPlace } from "../contract/source.js";
import type { Value } from "../contract/types.js";

/** A row of values, as sources give rows. */
export class MemoryRow implements RowInPlace {
  readonly #row: readonly Value[];

  constructor(row: readonly Value[]) {
    this.#row = row;
  }

  isNull(column: number): boolean {
    return this.value(column) === null;
  }

  number(column: number): number | bigint {
    return this.value(column) as number | bigint;
  }

  boolean(column: number): boolean {
    return this.value(column) as boolean;
  }

  text(column: number): string {
    return this.value(column) as string;
  }

  value(column: number): Value {
    return this.#row[column] ?? null;
  }
}
