import { AegisError } from "../../contract/errors.js";
import type { ColumnType } from "../../contract/types.js";
import { ColumnVector } from "../../contract/vector.js";
import { isVector } from "../column.js";
import { MAX_COLUMN_BYTES } from "../limits.js";
import type { Column } from "../operator.js";
import {
  grownCapacity,
  NullMarks,
  sameColumnType,
  type StoredColumn,
  type StoredRows,
} from "./stored-column.js";

/** A column of texts or other byte strings, copied out of vectors as they are. */
export class BytesColumn implements StoredColumn {
  length = 0;
  private readonly type: ColumnType;
  private content = new Uint8Array(0);
  private used = 0;
  private starts = new Uint32Array(0);
  private ends = new Uint32Array(0);
  private readonly nulls = new NullMarks();
  /** Where the entries of a dictionary were copied to; -1 for those that were not yet. */
  private places = new Float64Array(0);
  private dictionary: object | null = null;

  constructor(type: ColumnType) {
    this.type = type;
  }

  get bytes(): number {
    const places = this.places.byteLength;
    return this.content.length + 8 * this.starts.length + this.nulls.bytes + places;
  }

  append(column: Column, from: StoredRows): boolean {
    if (!isVector(column) || column.bytes === null) return false;
    if (!sameColumnType(column.type, this.type)) return false;
    this.reserveRows(this.length + from.count);
    if (column.codes === null) this.appendPlain(column, from);
    else this.appendCoded(column, column.codes, from);
    this.length += from.count;
    return true;
  }

  view(): ColumnVector {
    const vector = new ColumnVector(this.type, this.length, null, this.nulls.view(this.length));
    vector.bytes = this.content;
    vector.starts = this.starts.subarray(0, this.length);
    vector.ends = this.ends.subarray(0, this.length);
    return vector;
  }

  /** The bytes of the rows given up stay until the column goes. */
  truncate(length: number): void {
    this.length = length;
    if (length === 0) {
      this.used = 0;
      this.dictionary = null;
    }
    this.nulls.truncate(length);
  }

  private placesOf({ dictionary }: ColumnVector, entries: number): Float64Array {
    if (dictionary !== null && dictionary === this.dictionary) return this.places;
    this.dictionary = dictionary;
    if (this.places.length < entries) this.places = new Float64Array(entries);
    return this.places.fill(-1, 0, entries);
  }

  private reserveRows(needed: number): void {
    if (needed <= this.starts.length) return;
    const capacity = grownCapacity(this.starts.length, needed);
    const starts = new Uint32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const ends = new Uint32Array(capacity);
    ends.set(this.ends);
    this.ends = ends;
  }

  private reserveBytes(needed: number): void {
    if (needed <= this.content.length) return;
    if (needed > MAX_COLUMN_BYTES) {
      throw new AegisError("OUT_OF_MEMORY", "a column of the statement needs more than 4 GB", {
        hint: "Select fewer rows.",
      });
    }
    const grown = new Uint8Array(
      Math.min(grownCapacity(this.content.length, needed), MAX_COLUMN_BYTES),
    );
    grown.set(this.content.subarray(0, this.used));
    this.content = grown;
  }

  private appendPlain(vector: ColumnVector, { rows, count }: StoredRows): void {
    const { nulls } = vector;
    const starts = vector.starts!;
    const ends = vector.ends!;
    const source = vector.bytes!;
    let size = 0;
    for (let j = 0; j < count; j++) size += ends[rows[j]!]! - starts[rows[j]!]!;
    this.reserveBytes(this.used + size);
    const { content, length } = this;
    let at = this.used;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      this.starts[length + j] = at;
      if (nulls !== null && nulls[row] === 1) this.nulls.set(length + j, this.starts.length);
      else at = copyBytes(source, starts[row]!, ends[row]!, content, at);
      this.ends[length + j] = at;
    }
    this.used = at;
  }

  /** Entries of a dictionary are copied once, and rows with the same entry share them. */
  private appendCoded(vector: ColumnVector, codes: Int32Array, from: StoredRows): void {
    const { rows, count } = from;
    const { nulls } = vector;
    const starts = vector.starts!;
    const ends = vector.ends!;
    const source = vector.bytes!;
    const places = this.placesOf(vector, starts.length);
    for (let j = 0; j < count; j++) {
      const at = this.length + j;
      if (nulls !== null && nulls[rows[j]!] === 1) {
        this.nulls.set(at, this.starts.length);
        this.starts[at] = this.ends[at] = this.used;
        continue;
      }
      const code = codes[rows[j]!]!;
      const size = ends[code]! - starts[code]!;
      let place = places[code]!;
      if (place < 0) {
        this.reserveBytes(this.used + size);
        place = places[code] = this.used;
        this.used = copyBytes(source, starts[code]!, ends[code]!, this.content, place);
      }
      this.starts[at] = place;
      this.ends[at] = place + size;
    }
  }
}

/** Up to this many bytes a loop beats the call of `set`. */
const SHORT = 24;

function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  const size = end - start;
  if (size > SHORT) target.set(source.subarray(start, end), at);
  else for (let i = 0; i < size; i++) target[at + i] = source[start + i]!;
  return at + size;
}
