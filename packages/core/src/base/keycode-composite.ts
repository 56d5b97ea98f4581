import type { ColumnVector, Interval, Value } from "@aegisdb/sql/contract";
import { MAX_KEY_UNITS } from "../limits.js";
import type { Key, KeyRange } from "./key.js";
import type { KeyCodec, KeyColumn } from "./keycode.js";
import { createColumnCode, descendingTextUnits, type ColumnCode } from "./keycode-columns.js";
import { keyTooLong, prefixTooLong, typeMismatch } from "./keycode-errors.js";
import { intervalCell, intervalOf, partsUnits, readParts } from "./keycode-interval.js";
import { prefixEnd, singleKeyRange, textUnits } from "./keycode-text.js";
import { KeyReader } from "./keycode-units.js";

/**
 * Keys of several columns, or of one that is descending, nullable or not its own key:
 *
 *     code of column 0 · code of column 1 · … · parts of intervals
 *
 * Codes say themselves where they end, so columns need no separator; only a last column of text or
 * bytes runs to the end of the key, where nothing follows it.
 */
export function createCompositeCodec(columns: readonly KeyColumn[]): KeyCodec {
  return new CompositeCodec(columns);
}

class CompositeCodec implements KeyCodec {
  readonly form = "string" as const;
  readonly columns: readonly KeyColumn[];
  readonly #codes: readonly ColumnCode[];
  /** Positions of the interval columns, whose parts end the key. */
  readonly #intervals: readonly number[];
  readonly #reader = new KeyReader();

  constructor(columns: readonly KeyColumn[]) {
    this.columns = columns;
    const intervals: number[] = [];
    columns.forEach((column, i) => {
      if (column.type.kind === "interval") intervals.push(i);
    });
    this.#intervals = intervals;
    const open = intervals.length === 0;
    this.#codes = columns.map((column, i) =>
      createColumnCode(column, open && i === columns.length - 1),
    );
  }

  encode(values: readonly Value[], from = 0): string {
    const codes = this.#codes;
    let key = codes[0]!.encode(values[from]!);
    for (let i = 1; i < codes.length; i++) key += codes[i]!.encode(values[from + i]!);
    if (this.#intervals.length > 0) key += this.#parts(values, from);
    if (key.length > MAX_KEY_UNITS) throw keyTooLong(key.length);
    return key;
  }

  #parts(values: readonly Value[], from: number): string {
    let parts = "";
    for (const column of this.#intervals) {
      const value = values[from + column]!;
      if (value !== null) parts += partsUnits(intervalOf(value));
    }
    return parts;
  }

  encodeRow(vectors: readonly ColumnVector[], index: number): string {
    const codes = this.#codes;
    let key = codes[0]!.encodeCell(vectors[0]!, index);
    for (let i = 1; i < codes.length; i++) key += codes[i]!.encodeCell(vectors[i]!, index);
    for (const column of this.#intervals) {
      const vector = vectors[column]!;
      if (vector.nulls !== null && vector.nulls[index] === 1) continue;
      key += partsUnits(intervalCell(vector, index));
    }
    if (key.length > MAX_KEY_UNITS) throw keyTooLong(key.length);
    return key;
  }

  decode(key: Key): Value[] {
    const reader = this.#reader;
    reader.key = key as string;
    reader.at = 0;
    const values: Value[] = [];
    for (const code of this.#codes) values.push(code.decode(reader));
    for (const column of this.#intervals) {
      const span = values[column]!;
      if (span !== null) values[column] = readParts(reader, span as Interval);
    }
    return values;
  }

  prefixRange(prefix: readonly Value[]): KeyRange {
    if (prefix.length > this.columns.length) {
      throw prefixTooLong(prefix.length, this.columns.length);
    }
    if (prefix.length === 0) return {};
    const start = this.#prefixUnits(prefix);
    const whole = prefix.length === this.columns.length && this.#intervals.length === 0;
    return whole ? singleKeyRange(start) : { start, end: prefixEnd(start) };
  }

  #prefixUnits(prefix: readonly Value[]): string {
    let key = "";
    for (let i = 0; i < prefix.length; i++) key += this.#codes[i]!.encode(prefix[i]!);
    if (key.length > MAX_KEY_UNITS) throw keyTooLong(key.length);
    return key;
  }

  startsWithRange(prefix: readonly Value[], start: string): KeyRange {
    const column = this.columns[prefix.length];
    if (column === undefined) throw prefixTooLong(prefix.length + 1, this.columns.length);
    if (column.type.kind !== "text") throw typeMismatch(column.type.kind, start);
    const text = textUnits(start);
    const descending = column.descending === true;
    const tag = column.nullable === true ? (descending ? "\xfe" : "\x01") : "";
    const units =
      this.#prefixUnits(prefix) + tag + (descending ? descendingTextUnits(start) : text);
    return units === "" ? {} : { start: units, end: prefixEnd(units) };
  }
}
