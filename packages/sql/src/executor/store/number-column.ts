import type { ColumnType } from "../../contract/types.js";
import { ColumnVector } from "../../contract/vector.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { toStorage } from "../../types/storage.js";
import { isVector } from "../column.js";
import type { Column } from "../operator.js";
import {
  grownCapacity,
  NullMarks,
  sameColumnType,
  type StoredColumn,
  type StoredRows,
} from "./stored-column.js";

type Numbers = Float64Array | Int32Array | Uint8Array;

/** A column of numbers, booleans or instants in one typed array. Wide integers do not fit. */
export class NumberColumn implements StoredColumn {
  length = 0;
  private readonly type: ColumnType;
  private readonly sqlType: SqlType;
  private values: Numbers;
  private readonly nulls = new NullMarks();

  constructor(type: ColumnType, sqlType: SqlType) {
    this.type = type;
    this.sqlType = sqlType;
    this.values = emptyNumbers(type);
  }

  get bytes(): number {
    return this.values.byteLength + this.nulls.bytes;
  }

  append(column: Column, from: StoredRows): boolean {
    this.reserve(this.length + from.count);
    if (!isVector(column)) return this.appendDatums(column, from);
    const { values, nulls, type } = column;
    if (values === null || values instanceof BigInt64Array) return false;
    if (!sameColumnType(type, this.type)) return false;
    copyNumbers(values, from.rows, from.count, this.values, this.length);
    if (nulls !== null) this.markNulls(nulls, from);
    this.length += from.count;
    return true;
  }

  view(): ColumnVector {
    const values = this.values.subarray(0, this.length);
    return new ColumnVector(this.type, this.length, values, this.nulls.view(this.length));
  }

  truncate(length: number): void {
    this.length = length;
    this.nulls.truncate(length);
  }

  private reserve(needed: number): void {
    if (needed <= this.values.length) return;
    const grown = numbersOf(this.type, grownCapacity(this.values.length, needed));
    grown.set(this.values.subarray(0, this.length));
    this.values = grown;
  }

  private markNulls(marks: Uint8Array, { rows, count }: StoredRows): void {
    for (let j = 0; j < count; j++) {
      if (marks[rows[j]!] === 1) this.nulls.set(this.length + j, this.values.length);
    }
  }

  private appendDatums(datums: readonly Datum[], { rows, count }: StoredRows): boolean {
    if (this.type.kind === "decimal") return false;
    const { length, values } = this;
    for (let j = 0; j < count; j++) {
      const datum = datums[rows[j]!]!;
      if (datum === null) {
        this.nulls.set(length + j, values.length);
        values[length + j] = 0;
        continue;
      }
      const value = this.type.kind === "date" ? toStorage(datum, this.sqlType) : datum;
      if (typeof value === "bigint") {
        this.nulls.truncate(length);
        return false;
      }
      values[length + j] = Number(value);
    }
    this.length += count;
    return true;
  }
}

function emptyNumbers(type: ColumnType): Numbers {
  return numbersOf(type, 0);
}

function numbersOf(type: ColumnType, capacity: number): Numbers {
  if (type.kind === "bool") return new Uint8Array(capacity);
  return type.kind === "date" ? new Int32Array(capacity) : new Float64Array(capacity);
}

/** Whether columns of the type can be kept in a `NumberColumn`. */
export function isNumberForm(type: ColumnType): boolean {
  switch (type.kind) {
    case "int":
    case "float":
    case "bool":
    case "timestamp":
    case "decimal":
    case "date":
    case "time":
      return true;
    default:
      return false;
  }
}

/** `target[at + j] = source[rows[j]]`, one loop a class of array. */
function copyNumbers(
  source: Numbers,
  rows: Int32Array,
  count: number,
  target: Numbers,
  at: number,
): void {
  if (source instanceof Float64Array && target instanceof Float64Array) {
    for (let j = 0; j < count; j++) target[at + j] = source[rows[j]!]!;
  } else if (source instanceof Int32Array && target instanceof Int32Array) {
    for (let j = 0; j < count; j++) target[at + j] = source[rows[j]!]!;
  } else if (source instanceof Uint8Array && target instanceof Uint8Array) {
    for (let j = 0; j < count; j++) target[at + j] = source[rows[j]!]!;
  } else {
    for (let j = 0; j < count; j++) target[at + j] = source[rows[j]!]!;
  }
}
