import { Buffer } from "node:buffer";
import { ColumnVector, isByteForm, isIntForm } from "@aegisdb/sql";
import type { ColumnType, Interval, Value, Variant } from "@aegisdb/sql";
import { type ByteSink, ByteWriter, copyBytes } from "../base/bytes.js";
import { packVariantInto } from "../base/variant.js";
import { writeInterval, writeUuid } from "../tree/byte-form.js";
import type { RowBatch, RowCells } from "../tree/row-batch.js";
import type { RowView } from "../tree/row-view.js";
import { newBigInts, newBytes, newFloats, newInts, newUints } from "./slab.js";

const FIRST_ROWS = 16;
const FIRST_VALUE_BYTES = 16;

/** A vector that is filled row by row, from rows of trees or from values. */
export interface VectorBuilder {
  append(value: Value): void;
  /** Column `column` of a row, which is of the builder's type. */
  appendCell(row: RowView, column: number): void;
  /** The same of every row of a batch. */
  appendCells(rows: RowBatch, column: number): void;
  /** The rows so far; the builder is done with. */
  finish(): ColumnVector;
}

export function createVectorBuilder(type: ColumnType): VectorBuilder {
  if (isByteForm(type.kind)) return new ByteBuilder(type);
  return isIntForm(type.kind) ? new IntBuilder(type) : new FixedBuilder(type);
}

/** Counts rows and keeps which are NULL. */
abstract class NullableBuilder implements VectorBuilder {
  protected readonly type: ColumnType;
  protected rows = 0;
  protected capacity: number = FIRST_ROWS;
  protected nulls: Uint8Array | null = null;

  constructor(type: ColumnType) {
    this.type = type;
  }

  append(value: Value): void {
    if (this.rows === this.capacity) this.grow();
    if (value === null) this.appendNull();
    else this.set(value);
    this.rows++;
  }

  appendCell(row: RowView, column: number): void {
    if (this.rows === this.capacity) this.grow();
    if (row.isNull(column)) this.appendNull();
    else this.setCell(row, column);
    this.rows++;
  }

  appendCells(batch: RowBatch, column: number): void {
    const { cells, rows, count } = batch;
    while (this.rows + count > this.capacity) this.grow();
    for (let i = 0; i < count; i++) {
      const part = cells[i]!;
      if (part.isNull(column, rows[i]!)) this.appendNull();
      else this.setPart(part, column, rows[i]!);
      this.rows++;
    }
  }

  abstract finish(): ColumnVector;
  protected abstract setPart(cells: RowCells, column: number, row: number): void;
  protected abstract set(value: NonNullable<Value>): void;
  protected abstract setCell(row: RowView, column: number): void;
  protected abstract resize(capacity: number): void;

  protected appendNull(): void {
    this.nulls ??= newBytes(this.capacity);
    this.nulls[this.rows] = 1;
  }

  private grow(): void {
    this.capacity *= 2;
    if (this.nulls !== null) this.nulls = grown(this.nulls, newBytes(this.capacity));
    this.resize(this.capacity);
  }
}

function grown<A extends { set(from: A): void }>(old: A, fresh: A): A {
  fresh.set(old);
  return fresh;
}

/** int, timestamp, decimal, time: doubles while all fit. */
class IntBuilder extends NullableBuilder {
  private narrow: Float64Array = newFloats(FIRST_ROWS);
  private wide: BigInt64Array | null = null;

  protected override set(value: NonNullable<Value>): void {
    const number = value as number | bigint;
    if (this.wide !== null) {
      this.wide[this.rows] = BigInt(number);
    } else if (typeof number === "number") {
      this.narrow[this.rows] = number;
    } else {
      this.wide = newBigInts(this.capacity);
      for (let i = 0; i < this.rows; i++) this.wide[i] = BigInt(this.narrow[i]!);
      this.wide[this.rows] = number;
    }
  }

  protected override setCell(row: RowView, column: number): void {
    this.set(row.number(column));
  }

  protected override setPart(cells: RowCells, column: number, row: number): void {
    this.set(cells.number(column, row));
  }

  protected override resize(capacity: number): void {
    if (this.wide !== null) this.wide = grown(this.wide, newBigInts(capacity));
    else this.narrow = grown(this.narrow, newFloats(capacity));
  }

  override finish(): ColumnVector {
    return new ColumnVector(this.type, this.rows, this.wide ?? this.narrow, this.nulls);
  }
}

/** float, date, bool. */
class FixedBuilder extends NullableBuilder {
  private values: Float64Array | Int32Array | Uint8Array = this.allocate(FIRST_ROWS);

  protected override set(value: NonNullable<Value>): void {
    this.values[this.rows] = Number(value);
  }

  protected override setCell(row: RowView, column: number): void {
    this.values[this.rows] =
      this.type.kind === "bool" ? Number(row.boolean(column)) : Number(row.number(column));
  }

  protected override setPart(cells: RowCells, column: number, row: number): void {
    this.values[this.rows] =
      this.type.kind === "bool"
        ? Number(cells.boolean(column, row))
        : Number(cells.number(column, row));
  }

  protected override resize(capacity: number): void {
    const fresh = this.allocate(capacity);
    fresh.set(this.values);
    this.values = fresh;
  }

  override finish(): ColumnVector {
    return new ColumnVector(this.type, this.rows, this.values, this.nulls);
  }

  private allocate(capacity: number): Float64Array | Int32Array | Uint8Array {
    if (this.type.kind === "float") return newFloats(capacity);
    return this.type.kind === "date" ? newInts(capacity) : newBytes(capacity);
  }
}

/** Encodes values one after the other, for builders to copy. */
const scratch = new ByteWriter();

/** text, bytes, numeric, variant, interval, uuid. */
class ByteBuilder extends NullableBuilder implements ByteSink {
  private starts: Uint32Array = newUints(FIRST_ROWS);
  private ends: Uint32Array = newUints(FIRST_ROWS);
  private arena: Uint8Array = newBytes(FIRST_ROWS * FIRST_VALUE_BYTES);
  private used = 0;

  rawOf(bytes: Uint8Array, start: number, end: number): void {
    const size = end - start;
    if (this.used + size > this.arena.length) this.growArena(this.used + size);
    copyBytes(bytes, start, this.arena, this.used, size);
    this.used += size;
  }

  protected override set(value: NonNullable<Value>): void {
    this.starts[this.rows] = this.used;
    this.write(value);
    this.ends[this.rows] = this.used;
  }

  protected override setCell(row: RowView, column: number): void {
    this.starts[this.rows] = this.used;
    row.copyBytes(column, this);
    this.ends[this.rows] = this.used;
  }

  override appendCells(batch: RowBatch, column: number): void {
    batch.fetch(column);
    super.appendCells(batch, column);
  }

  protected override setPart(cells: RowCells, column: number, row: number): void {
    this.starts[this.rows] = this.used;
    cells.copyBytes(column, row, this);
    this.ends[this.rows] = this.used;
  }

  private write(value: NonNullable<Value>): void {
    scratch.reset();
    switch (this.type.kind) {
      case "text":
        scratch.raw(Buffer.from(value as string, "utf8"));
        break;
      case "uuid":
        writeUuid(scratch, value as string);
        break;
      case "interval":
        writeInterval(scratch, value as Interval);
        break;
      case "variant":
        packVariantInto(scratch, (value as Variant).json);
        break;
      default:
        scratch.raw(value as Uint8Array);
    }
    this.rawOf(scratch.buffer, 0, scratch.length);
  }

  private growArena(needed: number): void {
    const arena = newBytes(Math.max(needed, this.arena.length * 2));
    arena.set(this.arena);
    this.arena = arena;
  }

  protected override appendNull(): void {
    super.appendNull();
    this.starts[this.rows] = this.used;
    this.ends[this.rows] = this.used;
  }

  protected override resize(capacity: number): void {
    this.starts = grown(this.starts, newUints(capacity));
    this.ends = grown(this.ends, newUints(capacity));
  }

  override finish(): ColumnVector {
    const vector = new ColumnVector(this.type, this.rows, null, this.nulls);
    vector.starts = this.starts;
    vector.ends = this.ends;
    vector.bytes = this.arena;
    return vector;
  }
}
