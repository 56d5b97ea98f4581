/**
 * A frozen memtable as another thread sees it. The message holds views of the memtable's shared
 * memory, so nothing is copied. Keys are sorted over there; numbers are read from their column.
 */
import { ColumnVector } from "@aegisdb/sql/contract";
import { createKeyCodec, type KeyCodec } from "../base/keycode.js";
import type { Key } from "../base/key.js";
import { MEMTABLE_CHUNK_ROWS } from "../limits.js";
import type { FlushSource, RowsInOrder } from "../tree/contract.js";
import { sortRowsByNumber, sortRowsByText } from "../tree/key-sort.js";
import { layoutColumns, type Layout } from "../tree/layout.js";
import type { Memtable } from "../tree/memtable.js";
import { RowKeys, type SharedRowKeys } from "../tree/row-keys.js";

const CHUNK_SHIFT = Math.log2(MEMTABLE_CHUNK_ROWS);
const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;

type SharedColumn = Pick<ColumnVector, "values" | "nulls" | "starts" | "ends" | "bytes">;

interface SharedChunk {
  readonly seqs: Float64Array;
  readonly endSeqs: Float64Array;
  readonly olderRows: Int32Array;
  readonly tombstones: Uint8Array;
  readonly columns: readonly SharedColumn[];
}

export interface SharedMemtable {
  readonly layout: Layout;
  readonly rows: number;
  readonly chunks: readonly SharedChunk[];
  /** Null where keys are numbers. */
  readonly keys: SharedRowKeys | null;
}

/** The memtable must be frozen, and must not be reused before the other thread is done. */
export function shareMemtable(memtable: Memtable): SharedMemtable {
  const chunks = Array.from({ length: memtable.chunkCount() }, (_, number) => {
    const { seqs, endSeqs, olderRows, tombstones, vectors } = memtable.chunkRows(number);
    const columns = vectors.map(({ values, nulls, starts, ends, bytes }) => {
      return { values, nulls, starts, ends, bytes };
    });
    return { seqs, endSeqs, olderRows, tombstones, columns };
  });
  const keys = memtable.rowKeys?.share() ?? null;
  return { layout: memtable.layout, rows: memtable.rowCount, chunks, keys };
}

interface Chunk extends Omit<SharedChunk, "columns"> {
  readonly vectors: readonly ColumnVector[];
}

/** What a flush reads of a memtable that another thread has frozen. */
export class FrozenRows implements FlushSource {
  readonly layout: Layout;
  private readonly rows: number;
  private readonly chunks: readonly Chunk[];
  /** Keys by row; as doubles where all are. */
  private readonly keys: RowKeys | Float64Array | readonly Key[];

  constructor({ layout, rows, chunks, keys }: SharedMemtable) {
    const types = layoutColumns(layout).map(({ type }) => type);
    this.layout = layout;
    this.rows = rows;
    this.chunks = chunks.map(({ columns, ...versions }) => {
      const vectors = columns.map((column, i) => vectorOf(types[i]!, column));
      return { ...versions, vectors };
    });
    this.keys = keys === null ? this.readNumbers() : new RowKeys(undefined, keys);
  }

  newest(row: number): number {
    return row;
  }

  older(row: number): number {
    return this.chunkOf(row).olderRows[row & CHUNK_MASK]!;
  }

  keyOf(row: number): Key {
    const { keys } = this;
    return keys instanceof RowKeys ? keys.textOf(row) : keys[row]!;
  }

  seqOf(row: number): number {
    return this.chunkOf(row).seqs[row & CHUNK_MASK]!;
  }

  endSeqOf(row: number): number {
    return this.chunkOf(row).endSeqs[row & CHUNK_MASK]!;
  }

  isTombstone(row: number): boolean {
    return this.chunkOf(row).tombstones[row & CHUNK_MASK] === 1;
  }

  chunkCount(): number {
    return this.chunks.length;
  }

  chunk(chunk: number): readonly ColumnVector[] {
    return this.chunks[chunk]!.vectors;
  }

  /** Over the newest version of each key. */
  cursor(): RowsInOrder {
    const rows = this.newestRows();
    const { keys } = this;
    if (keys instanceof RowKeys) sortRowsByText(rows, keys);
    else if (keys instanceof Float64Array) sortRowsByNumber(rows, keys);
    else rows.sort((a, b) => (keys[a]! < keys[b]! ? -1 : 1));
    return new SortedRows(rows);
  }

  private chunkOf(row: number): Chunk {
    return this.chunks[row >>> CHUNK_SHIFT]!;
  }

  private newestRows(): Int32Array {
    const rows = new Int32Array(this.rows);
    let count = 0;
    for (let row = 0; row < this.rows; row++) {
      if (this.endSeqOf(row) === Infinity) rows[count++] = row;
    }
    return rows.subarray(0, count);
  }

  private readNumbers(): Float64Array | Key[] {
    const codec = createKeyCodec(this.layout.key);
    const numbers = new Float64Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      const key = codec.encodeRow(this.chunkOf(row).vectors, row & CHUNK_MASK);
      if (typeof key !== "number") return this.readAnyNumbers(codec);
      numbers[row] = key;
    }
    return numbers;
  }

  private readAnyNumbers(codec: KeyCodec): Key[] {
    return Array.from({ length: this.rows }, (_, row) =>
      codec.encodeRow(this.chunkOf(row).vectors, row & CHUNK_MASK),
    );
  }
}

function vectorOf(type: ColumnVector["type"], column: SharedColumn): ColumnVector {
  const vector = new ColumnVector(type, 0, column.values, column.nulls);
  vector.starts = column.starts;
  vector.ends = column.ends;
  vector.bytes = column.bytes;
  return vector;
}

class SortedRows implements RowsInOrder {
  private at = 0;

  constructor(private readonly rows: Int32Array) {}

  get valid(): boolean {
    return this.at < this.rows.length;
  }

  seekFirst(): void {
    this.at = 0;
  }

  take(into: Int32Array, max: number): number {
    const part = this.rows.subarray(this.at, this.at + max);
    into.set(part);
    this.at += part.length;
    return part.length;
  }
}
