import { isByteForm, type ColumnVector, type Value } from "@aegisdb/sql/contract";
import { readText } from "../base/text.js";
import { unpackVariant } from "../base/variant.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import { byteFormValue } from "../run/cell.js";
import { copyOf } from "./byte-form.js";
import type { Memtable } from "./memtable.js";
import type { RowView } from "./row-view.js";

const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;
const NO_VECTORS: readonly ColumnVector[] = [];

/** One row of a memtable; set it to the next row and use it again. */
export class MemtableRow implements RowView {
  private vectors: readonly ColumnVector[] = NO_VECTORS;
  private index = 0;

  /** Precondition: `row` is not a tombstone, or only key columns will be read. */
  set(memtable: Memtable, row: number): this {
    this.vectors = memtable.vectorsOf(row);
    this.index = row & CHUNK_MASK;
    return this;
  }

  isNull(column: number): boolean {
    const { nulls } = this.vectors[column]!;
    return nulls !== null && nulls[this.index] === 1;
  }

  number(column: number): number | bigint {
    const value = this.vectors[column]!.values![this.index]!;
    if (typeof value === "number") return value;
    const narrow = Number(value);
    return Number.isSafeInteger(narrow) ? narrow : value;
  }

  boolean(column: number): boolean {
    return this.vectors[column]!.values![this.index] === 1;
  }

  text(column: number): string {
    const { bytes, starts, ends } = this.vectors[column]!;
    return readText(bytes!, starts![this.index]!, ends![this.index]!);
  }

  bytes(column: number): Uint8Array {
    const { bytes, starts, ends } = this.vectors[column]!;
    return copyOf(bytes!, starts![this.index]!, ends![this.index]!);
  }

  json(column: number): unknown {
    const { bytes, starts, ends } = this.vectors[column]!;
    return unpackVariant(bytes!, starts![this.index], ends![this.index]);
  }

  value(column: number): Value {
    if (this.isNull(column)) return null;
    const vector = this.vectors[column]!;
    const { kind } = vector.type;
    if (!isByteForm(kind)) return kind === "bool" ? this.boolean(column) : this.number(column);
    const { bytes, starts, ends } = vector;
    return byteFormValue(kind, bytes!, starts![this.index]!, ends![this.index]!);
  }
}
