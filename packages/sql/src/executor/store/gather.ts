import { ColumnVector } from "../../contract/vector.js";
import type { Datum } from "../../types/datum.js";
import { isVector } from "../column.js";
import { MAX_DICTIONARY_ROWS } from "../limits.js";
import type { Column } from "../operator.js";

/** Row number that stands for a row of NULLs, the missing side of an outer join. */
export const NULL_ROW = -1;

type Values = Float64Array | BigInt64Array | Int32Array | Uint8Array;

/**
 * Picks rows of columns in any order into batches, with buffers that it uses again: what it gives
 * is valid until its next call. One object serves one output column.
 */
export class ColumnGather {
  private values: Values | null = null;
  private nulls = new Uint8Array(0);
  private starts = new Uint32Array(0);
  private ends = new Uint32Array(0);
  private codes = new Int32Array(0);

  /**
   * Row j of the result is row `rows[j]` of the column, j below `count`. `mayMiss` says that
   * NULL_ROW may be among them.
   */
  gather(column: Column, rows: Int32Array, count: number, mayMiss: boolean): Column {
    if (!isVector(column)) return gatherDatums(column, rows, count);
    const nulls = this.gatherNulls(column.nulls, rows, count, mayMiss);
    if (column.values === null) return this.gatherBytes(column, rows, count, nulls);
    const values = this.valuesLike(column.values, count);
    copyValues(column.values, rows, count, values);
    return new ColumnVector(column.type, count, values.subarray(0, count), nulls);
  }

  private gatherNulls(
    marks: Uint8Array | null,
    rows: Int32Array,
    count: number,
    mayMiss: boolean,
  ): Uint8Array | null {
    if (marks === null && !mayMiss) return null;
    if (this.nulls.length < count) this.nulls = new Uint8Array(count);
    const { nulls } = this;
    let any = 0;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      const mark = row === NULL_ROW ? 1 : marks === null ? 0 : marks[row]!;
      nulls[j] = mark;
      any |= mark;
    }
    return any === 0 ? null : nulls.subarray(0, count);
  }

  private gatherBytes(
    column: ColumnVector,
    rows: Int32Array,
    count: number,
    nulls: Uint8Array | null,
  ): ColumnVector {
    const vector = new ColumnVector(column.type, count, null, nulls);
    vector.bytes = column.bytes;
    const isDictionary = column.dictionary !== null && column.length <= MAX_DICTIONARY_ROWS;
    if (column.codes !== null || (isDictionary && column.length > 0)) {
      if (this.codes.length < count) this.codes = new Int32Array(count);
      copyCodes(column.codes, rows, count, this.codes);
      vector.codes = this.codes.subarray(0, count);
      vector.starts = column.starts;
      vector.ends = column.ends;
      vector.dictionary = column.dictionary;
      return vector;
    }
    if (this.starts.length < count) {
      this.starts = new Uint32Array(count);
      this.ends = new Uint32Array(count);
    }
    copyOffsets(column.starts!, rows, count, this.starts);
    copyOffsets(column.ends!, rows, count, this.ends);
    vector.starts = this.starts.subarray(0, count);
    vector.ends = this.ends.subarray(0, count);
    return vector;
  }

  private valuesLike(source: Values, count: number): Values {
    const { values } = this;
    if (values !== null && values.length >= count && values.constructor === source.constructor) {
      return values;
    }
    this.values = emptyLike(source, count);
    return this.values;
  }
}

function gatherDatums(datums: readonly Datum[], rows: Int32Array, count: number): readonly Datum[] {
  const picked = new Array<Datum>(count);
  for (let j = 0; j < count; j++) {
    const row = rows[j]!;
    picked[j] = row === NULL_ROW ? null : datums[row]!;
  }
  return picked;
}

function emptyLike(source: Values, length: number): Values {
  if (source instanceof Float64Array) return new Float64Array(length);
  if (source instanceof BigInt64Array) return new BigInt64Array(length);
  return source instanceof Int32Array ? new Int32Array(length) : new Uint8Array(length);
}

/** One loop a class of array; a NULL_ROW copies row 0, which is as good as any. */
function copyValues(source: Values, rows: Int32Array, count: number, target: Values): void {
  if (source.length === 0) return;
  if (source instanceof Float64Array && target instanceof Float64Array) {
    for (let j = 0; j < count; j++) target[j] = source[Math.max(rows[j]!, 0)]!;
  } else if (source instanceof BigInt64Array && target instanceof BigInt64Array) {
    for (let j = 0; j < count; j++) target[j] = source[Math.max(rows[j]!, 0)]!;
  } else if (source instanceof Int32Array && target instanceof Int32Array) {
    for (let j = 0; j < count; j++) target[j] = source[Math.max(rows[j]!, 0)]!;
  } else if (source instanceof Uint8Array && target instanceof Uint8Array) {
    for (let j = 0; j < count; j++) target[j] = source[Math.max(rows[j]!, 0)]!;
  }
}

/** Without codes the rows are the entries themselves. */
function copyCodes(
  source: Int32Array | null,
  rows: Int32Array,
  count: number,
  target: Int32Array,
): void {
  for (let j = 0; j < count; j++) {
    const row = Math.max(rows[j]!, 0);
    target[j] = source === null ? row : source[row]!;
  }
}

function copyOffsets(
  source: Uint32Array,
  rows: Int32Array,
  count: number,
  target: Uint32Array,
): void {
  for (let j = 0; j < count; j++) {
    const row = rows[j]!;
    target[j] = row === NULL_ROW ? 0 : source[row]!;
  }
}

/** Gathers whole rows: one `ColumnGather` a column. */
export class RowGather {
  private readonly gathers: readonly ColumnGather[];

  constructor(columns: number) {
    this.gathers = Array.from({ length: columns }, () => new ColumnGather());
  }

  gather(columns: readonly Column[], rows: Int32Array, count: number, mayMiss: boolean): Column[] {
    return columns.map((column, i) => this.gathers[i]!.gather(column, rows, count, mayMiss));
  }
}
