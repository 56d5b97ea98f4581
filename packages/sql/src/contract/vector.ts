import type { ColumnType } from "./types.js";

/**
 * A run of values of one column, laid out for loops over typed arrays. The same object is filled
 * by the memtable, by the run decoder and by the executor, so nothing is copied where they meet.
 *
 * The physical form follows the column's kind:
 *
 * | kind                                    | `values`                                         |
 * | --------------------------------------- | ------------------------------------------------ |
 * | int, timestamp, decimal, time           | Float64Array while all fit ±2^53, else BigInt64Array |
 * | float                                   | Float64Array                                     |
 * | date                                    | Int32Array                                       |
 * | bool                                    | Uint8Array of 0 and 1                            |
 * | text, bytes, numeric, variant, interval, uuid | null; row i is bytes[starts[i], ends[i])   |
 *
 * text is UTF-8, variant is MessagePack, uuid is 16 bytes, interval is months and days as int32
 * and microseconds as int64, little-endian.
 *
 * A byte-form vector may be dictionary-coded: then `codes[i]` indexes `starts`/`ends` of the
 * dictionary's entries instead of the row's.
 *
 * Ownership: a vector belongs to whoever produced it and is valid only until the next executor
 * step (pool slabs are recycled, memtable arrays grow). Copy what must live longer.
 */
export class ColumnVector {
  readonly type: ColumnType;
  length: number;
  values: Float64Array | BigInt64Array | Int32Array | Uint8Array | null;
  /** 1 where the row is NULL; null when no row is. */
  nulls: Uint8Array | null;
  starts: Uint32Array | null = null;
  ends: Uint32Array | null = null;
  bytes: Uint8Array | null = null;
  /** Dictionary codes by row, for byte-form vectors; null when not dictionary-coded. */
  codes: Int32Array | null = null;
  /**
   * Says which dictionary the codes are of, for whoever wants to remember what it made of an entry:
   * vectors with the same object here have the same entries for as long as the statement runs. Null
   * where the entries are those of this vector only.
   */
  dictionary: object | null = null;

  constructor(
    type: ColumnType,
    length: number,
    values: Float64Array | BigInt64Array | Int32Array | Uint8Array | null,
    nulls: Uint8Array | null = null,
  ) {
    this.type = type;
    this.length = length;
    this.values = values;
    this.nulls = nulls;
  }
}

/** Columns of equal length; `selection` lists the rows that count, null meaning all of them. */
export interface Batch {
  readonly length: number;
  readonly columns: readonly ColumnVector[];
  readonly selection: Int32Array | null;
  readonly selected: number;
}

/** Whether a kind keeps its values as bytes (starts, ends) rather than in a typed array. */
export function isByteForm(kind: ColumnType["kind"]): boolean {
  switch (kind) {
    case "text":
    case "bytes":
    case "numeric":
    case "variant":
    case "interval":
    case "uuid":
      return true;
    default:
      return false;
  }
}

/** Whether a kind is a 64-bit integer held as Float64Array while it is safe to. */
export function isIntForm(kind: ColumnType["kind"]): boolean {
  return kind === "int" || kind === "timestamp" || kind === "decimal" || kind === "time";
}
