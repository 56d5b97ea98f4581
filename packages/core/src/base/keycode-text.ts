import type { ColumnVector, Value } from "@aegisdb/sql/contract";
import { MAX_KEY_UNITS } from "../limits.js";
import { rotateUnit, unrotateUnit } from "./compare.js";
import type { Key, KeyRange } from "./key.js";
import type { KeyCodec, KeyColumn } from "./keycode.js";
import { keyTooLong, prefixTooLong, typeMismatch, unexpectedNull } from "./keycode-errors.js";
import { checkText, hasUnusualUnit, readText } from "./text.js";

/**
 * Text in keys. JavaScript compares strings by UTF-16 unit, where the surrogates (all characters
 * above U+FFFF) come before U+E000..U+FFFF. Rotating the units from U+D800 up puts them right:
 *
 *     U+D800..U+DFFF (surrogates)  →  U+F800..U+FFFF
 *     U+E000..U+FFFF               →  U+D800..U+F7FF
 *
 * Nearly all text has no such unit and is its own key, the same string object.
 */
const ROTATED_UNIT = /[\ud800-\uffff]/;
/** Units turned into a string per call; bounds the number of arguments of `fromCharCode`. */
const UNITS_PER_CALL = 1024;

/** The key form of a text. Throws INVALID_TEXT for NUL and lone surrogates. */
export function textUnits(text: string): string {
  if (!hasUnusualUnit(text)) return text;
  checkText(text, "a key");
  return mapUnits(text, rotateUnit);
}

/** The inverse of `textUnits`. */
export function unitsText(units: string): string {
  return ROTATED_UNIT.test(units) ? mapUnits(units, unrotateUnit) : units;
}

/** A string made of `map(unit)` for every unit of `s`. */
function mapUnits(s: string, map: (unit: number) => number): string {
  const units = new Uint16Array(Math.min(s.length, UNITS_PER_CALL));
  let out = "";
  for (let at = 0; at < s.length; at += units.length) {
    const count = Math.min(units.length, s.length - at);
    for (let i = 0; i < count; i++) units[i] = map(s.charCodeAt(at + i));
    out += String.fromCharCode(...units.subarray(0, count));
  }
  return out;
}

/** The key form of the text in row `index`. Precondition: the row is not null. */
export function textCell(vector: ColumnVector, index: number): string {
  const entry = vector.codes === null ? index : vector.codes[index]!;
  const text = readText(vector.bytes!, vector.starts![entry]!, vector.ends![entry]!);
  return textUnits(text);
}

/**
 * The smallest string above every string that starts with `start`; undefined if there is none,
 * which is when `start` holds nothing but the largest unit.
 */
export function prefixEnd(start: string): string | undefined {
  let length = start.length;
  while (length > 0 && start.charCodeAt(length - 1) === 0xffff) length--;
  if (length === 0) return undefined;
  return start.slice(0, length - 1) + String.fromCharCode(start.charCodeAt(length - 1) + 1);
}

/** The range that holds `key` alone: no string lies between it and itself followed by U+0000. */
export function singleKeyRange(key: string): KeyRange {
  return { start: key, end: key + "\0" };
}

export function createTextCodec(column: KeyColumn): KeyCodec {
  return new TextCodec(column);
}

class TextCodec implements KeyCodec {
  readonly form = "string" as const;
  readonly columns: readonly KeyColumn[];

  constructor(column: KeyColumn) {
    this.columns = [column];
  }

  encode(values: readonly Value[], from = 0): string {
    const value = values[from]!;
    if (typeof value !== "string") {
      throw value === null ? unexpectedNull("text") : typeMismatch("text", value);
    }
    if (value.length > MAX_KEY_UNITS) throw keyTooLong(value.length);
    return textUnits(value);
  }

  encodeRow(vectors: readonly ColumnVector[], index: number): string {
    const vector = vectors[0]!;
    if (vector.nulls !== null && vector.nulls[index] === 1) throw unexpectedNull("text");
    const key = textCell(vector, index);
    if (key.length > MAX_KEY_UNITS) throw keyTooLong(key.length);
    return key;
  }

  decode(key: Key): Value[] {
    return [unitsText(key as string)];
  }

  prefixRange(prefix: readonly Value[]): KeyRange {
    if (prefix.length === 0) return {};
    if (prefix.length > 1) throw prefixTooLong(prefix.length, 1);
    return singleKeyRange(this.encode(prefix));
  }

  startsWithRange(prefix: readonly Value[], start: string): KeyRange {
    if (prefix.length > 0) throw prefixTooLong(prefix.length, 0);
    const units = this.encode([start]);
    return { start: units, end: prefixEnd(units) };
  }
}
