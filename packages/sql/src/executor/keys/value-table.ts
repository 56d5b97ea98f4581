import type { RowBatch, Column } from "../operator.js";
import { hashKey } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumsOf } from "../column.js";
import { datumBytes } from "../store/datum-column.js";
import { BytesValueTable } from "./bytes-value-table.js";
import { keyClassOf } from "./key-class.js";
import { MISSING_ID, NULL_ID } from "./number-table.js";
import { NumberValueTable } from "./number-value-table.js";
import { NumericValueTable } from "./numeric-value-table.js";

/** Rows whose values are looked up: the first `count` of `rows`, which count in `batch`. */
export interface KeyRows {
  readonly batch: RowBatch;
  readonly rows: Int32Array;
  readonly count: number;
}

/** Numbers the distinct values of one key column from 0 on in order of first appearance. */
export interface ValueTable {
  readonly size: number;
  readonly bytes: number;
  /**
   * `ids[j]` becomes the number of the value at `rows[j]`. Where the value is new it is added if
   * `insert` says so, else MISSING_ID. NULL is a value if the table says that NULLs are equal, and
   * NULL_ID otherwise.
   */
  resolve(column: Column, at: KeyRows, ids: Int32Array, insert: boolean): void;
  /** Nothing will be inserted any more. */
  freeze(): void;
}

export function createValueTable(type: SqlType, nullsEqual: boolean): ValueTable {
  switch (keyClassOf(type)) {
    case "whole":
      return new NumberValueTable(type, nullsEqual, true);
    case "float":
      return new NumberValueTable(type, nullsEqual, false);
    case "numeric":
      return new NumericValueTable(type, nullsEqual);
    case "bytes":
      return new BytesValueTable(type, nullsEqual);
    case "datum":
      return new DatumValueTable(type, nullsEqual);
  }
}

/** What a map takes for an entry, about. */
const ENTRY_BYTES = 48;

/** Values of any comparable type, by `hashKey`. */
class DatumValueTable implements ValueTable {
  bytes = 0;
  private readonly type: SqlType;
  private readonly nullsEqual: boolean;
  private readonly ids = new Map<string | number | bigint | boolean | null, number>();

  constructor(type: SqlType, nullsEqual: boolean) {
    this.type = type;
    this.nullsEqual = nullsEqual;
  }

  get size(): number {
    return this.ids.size;
  }

  resolve(column: Column, { batch, rows, count }: KeyRows, ids: Int32Array, insert: boolean): void {
    const datums = datumsOf(column, this.type, batch);
    for (let j = 0; j < count; j++) ids[j] = this.idOf(datums[rows[j]!]!, insert);
  }

  freeze(): void {
    // A map is as fast as it gets.
  }

  private idOf(datum: Datum, insert: boolean): number {
    if (datum === null && !this.nullsEqual) return NULL_ID;
    const key = datum === null ? null : hashKey(datum, this.type);
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    if (!insert) return MISSING_ID;
    this.bytes += ENTRY_BYTES + datumBytes(key);
    const id = this.ids.size;
    this.ids.set(key, id);
    return id;
  }
}
