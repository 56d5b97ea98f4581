import type { ColumnVector, Value } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import { readText } from "../base/text.js";

/** How a key column is compared with a value without making the column's value first. */
const AS_NUMBER = 0;
const AS_BOOL = 1;
const AS_TEXT = 2;

/**
 * Compares the key of a look-up with rows, column by column: for a row that is not in memory as a
 * key, that is several times faster than to encode it. Keys with a column of another kind than
 * numbers, bools and text are encoded after all.
 */
export class KeyProbe {
  readonly #codec: KeyCodec;
  readonly #forms: readonly number[] | null;
  #key: Key = "";
  #values: readonly Value[] | null = null;

  constructor(codec: KeyCodec) {
    this.#codec = codec;
    const forms = codec.columns.map(({ type }) => {
      switch (type.kind) {
        case "int":
        case "timestamp":
        case "decimal":
        case "time":
        case "date":
          return AS_NUMBER;
        case "bool":
          return AS_BOOL;
        case "text":
          return AS_TEXT;
        default:
          return -1;
      }
    });
    this.#forms = forms.includes(-1) ? null : forms;
  }

  /** Sets the key that rows are compared with. */
  start(key: Key): void {
    this.#key = key;
    this.#values = null;
  }

  /** Whether row `row` of the key columns' vectors has the key. */
  matches(vectors: readonly ColumnVector[], row: number): boolean {
    const forms = this.#forms;
    if (forms === null) return this.#codec.encodeRow(vectors, row) === this.#key;
    this.#values ??= this.#codec.decode(this.#key);
    const values = this.#values;
    // The last columns differ most.
    for (let i = forms.length - 1; i >= 0; i--) {
      if (!cellEquals(forms[i]!, vectors[i]!, row, values[i]!)) return false;
    }
    return true;
  }
}

function cellEquals(form: number, vector: ColumnVector, row: number, value: Value): boolean {
  if (vector.nulls !== null && vector.nulls[row] === 1) return value === null;
  if (value === null) return false;
  if (form === AS_TEXT) return textEquals(vector, row, value as string);
  const cell = vector.values![row]!;
  if (form === AS_BOOL) return (cell === 1) === value;
  // A cell of a wide vector is a bigint even where the value is a number.
  return typeof cell === "bigint" ? cell === BigInt(value as number | bigint) : cell === value;
}

function textEquals(vector: ColumnVector, row: number, text: string): boolean {
  const entry = vector.codes === null ? row : vector.codes[row]!;
  const start = vector.starts![entry]!;
  const length = vector.ends![entry]! - start;
  const bytes = vector.bytes!;
  // UTF-8 has at least one byte a unit, and exactly one where both are ASCII.
  if (length < text.length) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= 0x80) return readText(bytes, start, start + length) === text;
    if (bytes[start + i] !== unit) return false;
  }
  return length === text.length;
}
