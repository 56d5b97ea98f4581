import type { Value } from "@aegisdb/sql/contract";
import type { KeyCodec } from "../base/keycode.js";
import { KeyReader, readInt } from "../base/keycode-units.js";
import { AegisError } from "../errors.js";
import type { KeyCells } from "./key-probe.js";

const AS_NUMBER = 0;
const AS_BOOL = 1;
const AS_TEXT = 2;

const NULL_UNIT = 2;
const TRUE_UNIT = 2;
const TEXT_END = "\0";
const FIRST_BEYOND_ASCII = 0x80;

/**
 * Compares a key of several columns with rows column by column, having taken the key apart once.
 * Rows of an index differ in all columns, so that there is nothing to keep from row to row.
 */
export class ColumnProbe {
  readonly #codec: KeyCodec;
  readonly #forms: readonly number[];
  readonly #nullable: readonly boolean[];
  readonly #reader = new KeyReader();
  #values: Value[] = [];

  private constructor(codec: KeyCodec, forms: readonly number[]) {
    this.#codec = codec;
    this.#forms = forms;
    this.#nullable = codec.columns.map(({ nullable }) => nullable === true);
  }

  /** Null for keys with columns of other forms. */
  static of(codec: KeyCodec): ColumnProbe | null {
    if (codec.form === "number") return null;
    const forms: number[] = [];
    for (const { type, descending } of codec.columns) {
      if (descending === true) return null;
      switch (type.kind) {
        case "int":
        case "timestamp":
        case "decimal":
        case "time":
        case "date":
          forms.push(AS_NUMBER);
          break;
        case "bool":
          forms.push(AS_BOOL);
          break;
        case "text":
          forms.push(AS_TEXT);
          break;
        default:
          return null;
      }
    }
    return new ColumnProbe(codec, forms);
  }

  /** False for what is not the code of leading columns, as bounds of ranges may be. */
  start(key: string): boolean {
    this.#values = [];
    try {
      this.#takeApart(key);
      return this.#codec.prefixRange(this.#values).start === key;
    } catch (error) {
      // No key has such a value: it is a bound, made of a key by changing its last unit.
      if (error instanceof AegisError && error.kind !== "environment") return false;
      throw error;
    }
  }

  /**
   * Negative, zero or positive as the key of `row` is below, equal to or above the key; undefined
   * for text beyond ASCII. Precondition: `start` was true.
   */
  compare(cells: KeyCells, row: number): number | undefined {
    const values = this.#values;
    for (let column = 0; column < values.length; column++) {
      const value = values[column]!;
      if (this.#nullable[column]! && cells.isNull(column, row)) {
        if (value === null) continue;
        return 1;
      }
      if (value === null) return -1;
      let order: number | undefined;
      if (typeof value === "string") order = textOrder(cells, column, row, value);
      else {
        const given = cells.number(column, row);
        const wanted = typeof value === "boolean" ? Number(value) : (value as number | bigint);
        order = given === wanted ? 0 : given < wanted ? -1 : 1;
      }
      if (order !== 0) return order;
    }
    return values.length === this.#forms.length ? 0 : 1;
  }

  /** What is no key does not come out as it went in. */
  #takeApart(key: string): void {
    const reader = this.#reader;
    const forms = this.#forms;
    reader.key = key;
    reader.at = 0;
    for (let column = 0; column < forms.length && reader.at < key.length; column++) {
      if (this.#nullable[column]! && reader.unit() === NULL_UNIT) {
        this.#values.push(null);
      } else if (forms[column] === AS_NUMBER) {
        this.#values.push(readInt(reader));
      } else if (forms[column] === AS_BOOL) {
        this.#values.push(reader.unit() === TRUE_UNIT);
      } else {
        const end = key.indexOf(TEXT_END, reader.at);
        this.#values.push(key.slice(reader.at, end < 0 ? undefined : end));
        reader.at = end < 0 ? key.length : end + 1;
      }
    }
  }
}

function textOrder(cells: KeyCells, column: number, row: number, text: string): number | undefined {
  const bytes = cells.seek(column, row);
  const { start } = cells;
  const length = cells.end - start;
  const common = length < text.length ? length : text.length;
  for (let i = 0; i < common; i++) {
    const byte = bytes[start + i]!;
    if (byte >= FIRST_BEYOND_ASCII) return undefined;
    const unit = text.charCodeAt(i);
    // A unit beyond ASCII is above the byte whatever character it is part of.
    if (byte !== unit) return byte - unit;
  }
  return length - text.length;
}
