import { isByteForm, type ColumnVector, type Value } from "@aegisdb/sql/contract";
import type { ByteSink } from "../base/bytes.js";
import { readText } from "../base/text.js";
import { unpackVariant } from "../base/variant.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import { byteFormValue } from "../run/cell.js";
import { createMemtableColumn, type MemtableColumn } from "./memtable-column.js";
import { layoutColumns, type Layout } from "./layout.js";
import type { RowCells } from "./row-batch.js";
import type { MemtableMemory } from "./shared-memory.js";
import { keyNullBytes, nullBytes } from "./row-format.js";

/** Rows of a memtable's first allocation, so that hundreds of tiny trees stay cheap. */
const FIRST_CAPACITY = 64;
/** Columns of a row that are worth fetching before it is known that they will be read. */
const FETCHED_COLUMNS = 6;
/** Bytes a row takes besides its columns: seq, end seq, older row, tombstone. */
const ROW_OVERHEAD = 8 + 8 + 4 + 1;

/**
 * Up to MEMTABLE_CHUNK_ROWS rows in order of arrival: their versions' bookkeeping and one growing
 * vector per column over `[...key, ...value]`. A tombstone fills only the key columns.
 */
export class MemtableChunk implements RowCells {
  rows = 0;
  /** Tombstones among the rows. */
  tombstoneCount = 0;
  /** Rows whose end seq is set. */
  supersededCount = 0;
  seqs: Float64Array = new Float64Array(0);
  /** Seq of the version that superseded the row; Infinity while there is none. */
  endSeqs: Float64Array = new Float64Array(0);
  /** Row id of the next older version, or -1. */
  olderRows: Int32Array = new Int32Array(0);
  tombstones: Uint8Array = new Uint8Array(0);
  readonly vectors: readonly ColumnVector[];
  private readonly columns: readonly MemtableColumn[];
  private readonly keyColumns: number;
  /** Bytes of nulls before the key columns, and before the others. */
  private readonly keyNulls: number;
  private readonly valueNulls: number;
  private readonly memory: MemtableMemory;
  private capacity = 0;

  /** `before` is the memtable's last chunk, which the new one is likely to resemble. */
  constructor(layout: Layout, memory: MemtableMemory, before: MemtableChunk | undefined) {
    this.memory = memory;
    this.columns = layoutColumns(layout).map((column, i) => {
      // A little more, so that the arena need not grow for the last few rows.
      const expected = before && (before.columns[i]!.meanBytes(before.rows) * 17) / 16;
      return createMemtableColumn(column.type, memory, expected);
    });
    this.vectors = this.columns.map((column) => column.vector);
    this.keyColumns = layout.key.length;
    this.keyNulls = keyNullBytes(layout);
    this.valueNulls = nullBytes(layout.value.length);
    this.grow(before === undefined ? FIRST_CAPACITY : MEMTABLE_CHUNK_ROWS);
  }

  /**
   * Appends the encoded row (a tombstone: the encoded key) at `offset` and returns its index.
   * Precondition: the chunk has fewer than MEMTABLE_CHUNK_ROWS rows.
   */
  append(seq: number, tombstone: boolean, bytes: Uint8Array, offset: number): number {
    const index = this.rows;
    if (index === this.capacity) this.grow(this.capacity * 2);
    this.readRow(index, bytes, offset, tombstone);
    this.seqs[index] = seq;
    this.endSeqs[index] = Infinity;
    this.olderRows[index] = -1;
    if (tombstone) {
      this.tombstones[index] = 1;
      this.tombstoneCount++;
    }
    this.rows = index + 1;
    return index;
  }

  supersede(index: number, seq: number): void {
    this.endSeqs[index] = seq;
    this.supersededCount++;
  }

  /** Whether every row is live at `atSeq`. Seqs ascend within a chunk. */
  isVisibleWhole(atSeq: number): boolean {
    const { rows } = this;
    if (this.tombstoneCount > 0 || this.supersededCount > 0) return false;
    return rows > 0 && this.seqs[rows - 1]! <= atSeq;
  }

  isNull(column: number, row: number): boolean {
    const { nulls } = this.vectors[column]!;
    return nulls !== null && nulls[row] === 1;
  }

  number(column: number, row: number): number | bigint {
    const value = this.vectors[column]!.values![row]!;
    if (typeof value === "number") return value;
    const narrow = Number(value);
    return Number.isSafeInteger(narrow) ? narrow : value;
  }

  boolean(column: number, row: number): boolean {
    return this.vectors[column]!.values![row] === 1;
  }

  copyBytes(column: number, row: number, to: ByteSink): void {
    const { bytes, starts, ends } = this.vectors[column]!;
    to.rawOf(bytes!, starts![row]!, ends![row]!);
  }

  text(column: number, row: number): string {
    const { bytes, starts, ends } = this.vectors[column]!;
    return readText(bytes!, starts![row]!, ends![row]!);
  }

  json(column: number, row: number): unknown {
    const { bytes, starts, ends } = this.vectors[column]!;
    return unpackVariant(bytes!, starts![row], ends![row]);
  }

  value(column: number, row: number): Value {
    if (this.isNull(column, row)) return null;
    const { type, bytes, starts, ends } = this.vectors[column]!;
    const { kind } = type;
    if (isByteForm(kind)) return byteFormValue(kind, bytes!, starts![row]!, ends![row]!);
    return kind === "bool" ? this.boolean(column, row) : this.number(column, row);
  }

  size(column: number, row: number): number {
    const { starts, ends } = this.vectors[column]!;
    return ends![row]! - starts![row]!;
  }

  touch(column: number, row: number): number {
    return touched(this.vectors[column]!, row);
  }

  /** Touches what readers of a row look at first: nulls and bytes of the first value columns. */
  fetch(row: number): number {
    const { vectors, keyColumns } = this;
    const end = Math.min(keyColumns + FETCHED_COLUMNS, vectors.length);
    let sum = 0;
    for (let column = keyColumns; column < end; column++) {
      const vector = vectors[column]!;
      if (vector.nulls !== null) sum += vector.nulls[row]!;
      if (vector.starts !== null) sum += touched(vector, row);
    }
    return sum;
  }

  /** The vectors with their length set to the rows of now. */
  currentVectors(): readonly ColumnVector[] {
    for (const vector of this.vectors) vector.length = this.rows;
    return this.vectors;
  }

  private readRow(index: number, bytes: Uint8Array, offset: number, keyOnly: boolean): void {
    const { columns, keyColumns } = this;
    const at = this.readColumns(0, keyColumns, this.keyNulls, index, bytes, offset);
    if (keyOnly) return;
    this.readColumns(keyColumns, columns.length, this.valueNulls, index, bytes, at);
  }

  /** Reads columns [from, to) behind their `nulls` bytes; returns the offset after them. */
  private readColumns(
    from: number,
    to: number,
    nulls: number,
    index: number,
    bytes: Uint8Array,
    offset: number,
  ): number {
    const { columns } = this;
    let at = offset + nulls;
    for (let c = from; c < to; c++) {
      const bit = c - from;
      const isNull = nulls > 0 && ((bytes[offset + (bit >>> 3)]! >>> (bit & 7)) & 1) === 1;
      if (isNull) columns[c]!.setNull(index);
      else at = columns[c]!.read(index, bytes, at);
    }
    return at;
  }

  private grow(capacity: number): void {
    for (const column of this.columns) column.grow(capacity);
    const { memory } = this;
    const seqs = new Float64Array(memory.take(capacity * 8), 0, capacity);
    const endSeqs = new Float64Array(memory.take(capacity * 8), 0, capacity);
    const olderRows = new Int32Array(memory.take(capacity * 4), 0, capacity);
    const tombstones = new Uint8Array(memory.take(capacity), 0, capacity);
    seqs.set(this.seqs);
    endSeqs.set(this.endSeqs);
    olderRows.set(this.olderRows);
    tombstones.set(this.tombstones);
    this.seqs = seqs;
    this.endSeqs = endSeqs;
    this.olderRows = olderRows;
    this.tombstones = tombstones;
    memory.bytes += (capacity - this.capacity) * ROW_OVERHEAD;
    this.capacity = capacity;
  }
}

/** Most values lie in one or two cache lines, so that their ends are in both. */
function touched({ bytes, starts, ends }: ColumnVector, row: number): number {
  return bytes![starts![row]!]! + bytes![Math.max(ends![row]! - 1, 0)]!;
}
