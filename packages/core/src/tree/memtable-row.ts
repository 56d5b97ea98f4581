import type { Value } from "@aegisdb/sql/contract";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import type { ByteSink } from "../base/bytes.js";
import { copyOf } from "./byte-form.js";
import type { MemtableChunk } from "./memtable-chunk.js";
import type { Memtable } from "./memtable.js";
import type { RowView } from "./row-view.js";

const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;

/** One row of a memtable; set it to the next row and use it again. */
export class MemtableRow implements RowView {
  private chunk: MemtableChunk | null = null;
  private index = 0;

  /** Precondition: `row` is not a tombstone, or only key columns will be read. */
  set(memtable: Memtable, row: number): this {
    this.chunk = memtable.chunkOf(row);
    this.index = row & CHUNK_MASK;
    return this;
  }

  isNull(column: number): boolean {
    return this.chunk!.isNull(column, this.index);
  }

  number(column: number): number | bigint {
    return this.chunk!.number(column, this.index);
  }

  boolean(column: number): boolean {
    return this.chunk!.boolean(column, this.index);
  }

  text(column: number): string {
    return this.chunk!.text(column, this.index);
  }

  bytes(column: number): Uint8Array {
    const { bytes, starts, ends } = this.chunk!.vectors[column]!;
    return copyOf(bytes!, starts![this.index]!, ends![this.index]!);
  }

  copyBytes(column: number, to: ByteSink): void {
    const { bytes, starts, ends } = this.chunk!.vectors[column]!;
    to.rawOf(bytes!, starts![this.index]!, ends![this.index]!);
  }

  json(column: number): unknown {
    return this.chunk!.json(column, this.index);
  }

  value(column: number): Value {
    return this.chunk!.value(column, this.index);
  }
}
