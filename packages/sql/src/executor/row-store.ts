import { ColumnVector } from "../contract/vector.js";
import type { SqlType } from "../types/sql-type.js";
import { storageType } from "../types/storage.js";
import { fullBatch, rowsOf } from "./batches.js";
import { isVector } from "./column.js";
import { HeldMemory } from "./memory.js";
import type { Column, MemoryMeter, RowBatch } from "./operator.js";
import { BytesColumn } from "./store/bytes-column.js";
import { DatumColumn } from "./store/datum-column.js";
import { isNumberForm, NumberColumn } from "./store/number-column.js";
import type { StoredColumn } from "./store/stored-column.js";

/**
 * Rows that an operator keeps, column by column: typed arrays for numbers, byte strings as they
 * came, arrays of datums for the rest. Rows are numbered from 0 in the order they were added.
 */
export class RowStore {
  readonly types: readonly SqlType[];
  private readonly stored: (StoredColumn | undefined)[];
  private readonly held: HeldMemory;
  private length = 0;
  private frozen = false;
  private views: readonly Column[] | undefined;

  constructor(types: readonly SqlType[], meter: MemoryMeter) {
    this.types = types;
    this.stored = types.map(() => undefined);
    this.held = new HeldMemory(meter);
  }

  get rows(): number {
    return this.length;
  }

  /** Adds the rows of a batch that count. */
  append(batch: RowBatch): void {
    this.appendRows(batch, batch.columns, rowsOf(batch), batch.selected);
  }

  /** Adds `rows[0..count)` of `columns`; they must count in the batch the columns are of. */
  appendRows(batch: RowBatch, columns: readonly Column[], rows: Int32Array, count: number): void {
    if (count === 0) return;
    this.views = undefined;
    const from = { batch, rows, count };
    let bytes = 0;
    for (let i = 0; i < this.types.length; i++) {
      const column = columns[i]!;
      const stored = this.stored[i] ?? this.firstForm(i, column);
      if (!stored.append(column, from)) this.widen(i, stored).append(column, from);
      bytes += this.stored[i]!.bytes;
    }
    this.length += count;
    this.held.set(bytes);
  }

  /** All rows, by column; valid until rows are added or given up. */
  columns(): readonly Column[] {
    return (this.views ??= this.stored.map((column) => this.view(column)));
  }

  /** No more rows are added, so that texts may be given out as codes of one dictionary. */
  freeze(): void {
    this.frozen = true;
    this.views = undefined;
  }

  column(index: number): Column {
    return this.columns()[index]!;
  }

  /** The rows from `start` up to `end` as a batch. */
  slice(start: number, end: number): RowBatch {
    const columns = this.columns().map((column) => sliceColumn(column, start, end));
    return fullBatch(end - start, columns);
  }

  clear(): void {
    this.truncate(0);
  }

  /** Gives up the rows from `length` on. */
  truncate(length: number): void {
    this.length = length;
    this.views = undefined;
    for (const column of this.stored) column?.truncate(length);
  }

  /** Gives everything back; the store may be filled again. */
  release(): void {
    this.length = 0;
    this.frozen = false;
    this.views = undefined;
    this.stored.fill(undefined);
    this.held.release();
  }

  private view(stored: StoredColumn | undefined): Column {
    const column = stored?.view() ?? [];
    if (this.frozen && isVector(column) && column.bytes !== null) column.dictionary = column;
    return column;
  }

  private firstForm(index: number, column: Column): StoredColumn {
    const form = formFor(column, this.types[index]!);
    this.stored[index] = form;
    return form;
  }

  /** Goes over to datums, which hold everything. */
  private widen(index: number, narrow: StoredColumn): StoredColumn {
    const wide = new DatumColumn(this.types[index]!);
    const view = narrow.view();
    if (narrow.length > 0) {
      const batch = fullBatch(narrow.length, [view]);
      wide.append(view, { batch, rows: rowsOf(batch), count: narrow.length });
    }
    this.stored[index] = wide;
    return wide;
  }
}

function formFor(column: Column, type: SqlType): StoredColumn {
  if (isVector(column)) {
    if (column.bytes !== null) return new BytesColumn(column.type);
    if (column.values instanceof BigInt64Array) return new DatumColumn(type);
    return new NumberColumn(column.type, type);
  }
  if (type.name === "record" || type.name === "void") return new DatumColumn(type);
  const form = storageType(type);
  if (!isNumberForm(form) || form.kind === "decimal") return new DatumColumn(type);
  return new NumberColumn(form, type);
}

function sliceColumn(column: Column, start: number, end: number): Column {
  if (!isVector(column)) return column.slice(start, end);
  const nulls = column.nulls === null ? null : column.nulls.subarray(start, end);
  const values = column.values === null ? null : column.values.subarray(start, end);
  const vector = new ColumnVector(column.type, end - start, values, nulls);
  if (column.bytes === null) return vector;
  vector.bytes = column.bytes;
  vector.starts = column.starts!.subarray(start, end);
  vector.ends = column.ends!.subarray(start, end);
  return vector;
}
