import type { ColumnVector, Value } from "@aegisdb/sql/contract";
import type { KeyCodec } from "../base/keycode.js";
import { hasUnusualUnit, readText } from "../base/text.js";
import { ColumnProbe } from "./column-probe.js";

/** What a probe reads of a block. */
export interface KeyCells {
  isNull(column: number, row: number): boolean;
  number(column: number, row: number): number | bigint;
  /** As `BlockCells.seek`, with the range in `start` and `end`. */
  seek(column: number, row: number): Uint8Array;
  readonly start: number;
  readonly end: number;
  keyColumns(): readonly ColumnVector[];
}

/** How a column before the last is compared with its value. */
const AS_NUMBER = 0;
const AS_BOOL = 1;
const AS_TEXT = 2;

/** In UTF-8 and in a key, text below this is the same bytes and units. */
const FIRST_BEYOND_ASCII = 0x80;

/**
 * Compares a string key with rows. To encode a row's key for that costs several times more, so keys
 * that end in text are compared in place: the code of the columns before it (the *prefix*) is the
 * same for most rows of a block and kept from row to row, and what follows it in the key is the
 * text itself. Most other keys are taken apart instead (`ColumnProbe`). What is left, and text
 * beyond ASCII, is encoded after all.
 */
export class KeyProbe {
  readonly #codec: KeyCodec;
  /** Forms of the columns before the last, or null where rows are always encoded. */
  readonly #forms: readonly number[] | null;
  /** Values of those columns in the row last seen, and their code. */
  readonly #values: Value[] = [];
  #prefix: string | null = null;
  /** Takes over where rows would be encoded. */
  readonly #columns: ColumnProbe | null;
  #key = "";
  /** Rows compared with the key: taking it apart pays off from the second on. */
  #compared = 0;
  /** Whether the key could be taken apart. */
  #isApart = false;
  /** Order of the prefix and the key's first units; 0 where the key begins with the prefix. */
  #prefixOrder = 0;

  /**
   * What the row compared last has in common with the key: the prefix and so many bytes of what
   * follows; -1 if that is not known.
   */
  common = -1;

  constructor(codec: KeyCodec) {
    this.#codec = codec;
    this.#forms = prefixForms(codec);
    this.#columns = this.#forms === null ? ColumnProbe.of(codec) : null;
  }

  /** Sets the key that rows are compared with. */
  start(key: string): void {
    this.#key = key;
    this.#compared = 0;
    if (this.#prefix !== null) this.#prefixOrder = orderOfPrefix(this.#prefix, key);
  }

  /**
   * Negative, zero or positive as the key of `row` is below, equal to or above the key. Where the
   * row lies between two that were compared since `start`, `known` is the lesser of what they had
   * in common with the key: so has all that lies between them.
   */
  compare(cells: KeyCells, row: number, known = -1): number {
    this.common = -1;
    if (this.#forms === null) return this.#compareColumns(cells, row);
    if (known < 0) {
      if (this.#prefix === null || !this.#hasPrefix(cells, row)) this.#align(cells, row);
      if (this.#prefixOrder !== 0) return this.#prefixOrder;
    }
    const bytes = cells.seek(this.#forms.length, row);
    const { start } = cells;
    const key = this.#key;
    const from = this.#prefix!.length;
    const left = key.length - from;
    const length = cells.end - start;
    const common = length < left ? length : left;
    for (let i = known < 0 ? 0 : known; i < common; i++) {
      const byte = bytes[start + i]!;
      if (byte >= FIRST_BEYOND_ASCII) return this.#compareEncoded(cells, row);
      const unit = key.charCodeAt(from + i);
      // A unit beyond ASCII is above the byte whatever character it is part of.
      if (byte !== unit) {
        this.common = i;
        return byte - unit;
      }
    }
    this.common = common;
    return length - left;
  }

  /** The key of a row, from the prefix where it has that. */
  keyOf(cells: KeyCells, row: number): string {
    if (this.#forms !== null && this.#prefix !== null && this.#hasPrefix(cells, row)) {
      const bytes = cells.seek(this.#forms.length, row);
      const text = readText(bytes, cells.start, cells.end);
      if (!hasUnusualUnit(text)) return this.#prefix + text;
    }
    return this.#codec.encodeRow(cells.keyColumns(), row) as string;
  }

  #compareColumns(cells: KeyCells, row: number): number {
    const columns = this.#columns;
    if (columns === null || ++this.#compared === 1) return this.#compareEncoded(cells, row);
    if (this.#compared === 2) this.#isApart = columns.start(this.#key);
    if (!this.#isApart) return this.#compareEncoded(cells, row);
    return columns.compare(cells, row) ?? this.#compareEncoded(cells, row);
  }

  #compareEncoded(cells: KeyCells, row: number): number {
    const rowKey = this.#codec.encodeRow(cells.keyColumns(), row);
    return rowKey === this.#key ? 0 : rowKey < this.#key ? -1 : 1;
  }

  /** Whether the columns before the last have the values that `#prefix` is the code of. */
  #hasPrefix(cells: KeyCells, row: number): boolean {
    const forms = this.#forms!;
    for (let column = 0; column < forms.length; column++) {
      const value = this.#values[column]!;
      const form = forms[column]!;
      if (form === AS_TEXT) {
        if (!textEquals(cells, column, row, value as string)) return false;
      } else if (
        form === AS_BOOL
          ? (cells.number(column, row) === 1) !== value
          : cells.number(column, row) !== value
      ) {
        return false;
      }
    }
    return true;
  }

  /** Takes the prefix from `row`. */
  #align(cells: KeyCells, row: number): void {
    const forms = this.#forms!;
    forms.forEach((form, column) => {
      if (form === AS_TEXT) {
        const bytes = cells.seek(column, row);
        this.#values[column] = readText(bytes, cells.start, cells.end);
      } else {
        const number = cells.number(column, row);
        this.#values[column] = form === AS_BOOL ? number === 1 : number;
      }
    });
    const { start } = this.#codec.prefixRange(this.#values);
    this.#prefix = forms.length === 0 ? "" : (start as string);
    this.#prefixOrder = orderOfPrefix(this.#prefix, this.#key);
  }
}

/** The forms of a key whose last column is a text that runs to the key's end. */
function prefixForms(codec: KeyCodec): number[] | null {
  const { columns } = codec;
  const last = columns.at(-1)!;
  if (codec.form === "number" || last.type.kind !== "text") return null;
  const forms: number[] = [];
  for (const { type, descending, nullable } of columns) {
    if (descending === true || nullable === true) return null;
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
  return forms.slice(0, -1);
}

function orderOfPrefix(prefix: string, key: string): number {
  if (key.startsWith(prefix)) return 0;
  return prefix < key ? -1 : 1;
}

function textEquals(cells: KeyCells, column: number, row: number, text: string): boolean {
  const bytes = cells.seek(column, row);
  const { start } = cells;
  const length = cells.end - start;
  // UTF-8 has at least one byte a unit, and exactly one where both are ASCII.
  if (length < text.length) return false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= FIRST_BEYOND_ASCII) return readText(bytes, start, start + length) === text;
    if (bytes[start + i] !== unit) return false;
  }
  return length === text.length;
}
