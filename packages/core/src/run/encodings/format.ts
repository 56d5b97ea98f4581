import { isByteForm, type ColumnKind } from "@aegisdb/sql/contract";

/**
 * The payload of a chunk: the values of one column in one block, in 32-bit little-endian words.
 *
 *     word 0   encoding in bits 0..7, flags in bits 8..15 (1: has a null bitmap), rest 0
 *     word 1   rows
 *     [null bitmap, one bit a row, ceil(rows / 32) words]
 *     body, by encoding
 *
 * Slots of null rows hold some value of the column's kind that no reader looks at.
 */
export const CHUNK_HEADER_WORDS = 2;
export const FLAG_NULLS = 1;

/** Every row is null; no body. */
export const ENCODING_NULL = 0;
/** Packed integers: int-form kinds, date, bool. */
export const ENCODING_PACKED = 1;
/** One double for every row, in two words. */
export const ENCODING_CONSTANT_FLOAT = 2;
/** Doubles, bit by bit, from the next even word on (a word of 0 fills the gap). */
export const ENCODING_FLOATS = 3;
/** One word with the length of the bytes, packed ends of the rows' values, the bytes. */
export const ENCODING_BYTES = 4;
/** Words with the number of entries and the length of their bytes, packed ends of the entries,
 * packed codes of the rows, the entries' bytes. Entries are distinct. */
export const ENCODING_DICTIONARY = 5;

/** Whether a column of `kind` may be in `encoding`. */
export function encodingFits(encoding: number, kind: ColumnKind): boolean {
  if (encoding === ENCODING_NULL) return true;
  if (isByteForm(kind)) return encoding === ENCODING_BYTES || encoding === ENCODING_DICTIONARY;
  if (kind === "float") {
    return encoding === ENCODING_FLOATS || encoding === ENCODING_CONSTANT_FLOAT;
  }
  return encoding === ENCODING_PACKED;
}
