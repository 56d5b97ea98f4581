import { isByteForm, type ColumnVector } from "@aegisdb/sql/contract";
import { assert } from "../../errors.js";
import { SCAN_BLOCK_ROWS } from "../../limits.js";
import type { ChunkSink } from "./chunk-sink.js";
import { DictionaryBuilder } from "./dictionary.js";
import {
  ENCODING_BYTES,
  ENCODING_CONSTANT_FLOAT,
  ENCODING_DICTIONARY,
  ENCODING_FLOATS,
  ENCODING_NULL,
  ENCODING_PACKED,
  FLAG_NULLS,
} from "./format.js";
import { packNarrow, packWide, planNarrow, planWide, planWords } from "./pack.js";

/**
 * Encodes columns chunk by chunk, each in the encoding that measures smallest. Its scratch memory
 * serves every chunk, so one encoder does for a writer.
 */
export class ChunkEncoder {
  readonly #dictionary = new DictionaryBuilder();
  readonly #narrow = new Float64Array(SCAN_BLOCK_ROWS);
  readonly #entryEnds = new Float64Array(SCAN_BLOCK_ROWS);
  readonly #wide = new BigInt64Array(SCAN_BLOCK_ROWS);

  /**
   * Appends the payload of a chunk with all rows of `vector` to `sink`.
   * Preconditions: 1..SCAN_BLOCK_ROWS rows; the vector is not dictionary-coded, and a byte-form
   * vector's rows lie one after the other in `bytes`, from 0 on, null rows being empty.
   */
  encode(vector: ColumnVector, sink: ChunkSink): void {
    const rows = vector.length;
    assert(rows > 0 && rows <= SCAN_BLOCK_ROWS, "a chunk has 1 to SCAN_BLOCK_ROWS rows");
    assert(vector.codes === null, "a column is encoded from its values");
    const nullCount = countNulls(vector);
    if (nullCount === rows) {
      sink.word(ENCODING_NULL);
      sink.word(rows);
      return;
    }
    const header = sink.take(2);
    sink.words[header + 1] = rows;
    if (nullCount > 0) writeNulls(vector.nulls!, rows, sink);
    let encoding: number;
    if (isByteForm(vector.type.kind)) encoding = this.#bytes(vector, sink);
    else if (vector.type.kind === "float") encoding = this.#floats(vector, sink);
    else encoding = this.#ints(vector, sink);
    sink.words[header] = encoding | ((nullCount > 0 ? FLAG_NULLS : 0) << 8);
  }

  #ints(vector: ColumnVector, sink: ChunkSink): number {
    const rows = vector.length;
    const values = vector.values!;
    const nulls = vector.nulls;
    if (values instanceof BigInt64Array) {
      let last = values[firstValue(nulls)]!;
      for (let row = 0; row < rows; row++) {
        if (nulls === null || nulls[row] !== 1) last = values[row]!;
        this.#wide[row] = last;
      }
      packWide(planWide(this.#wide, rows), this.#wide, rows, sink);
      return ENCODING_PACKED;
    }
    // A null slot repeats the value before it, which widens neither the range nor the slope.
    let last = values[firstValue(nulls)]!;
    for (let row = 0; row < rows; row++) {
      if (nulls === null || nulls[row] !== 1) last = values[row]!;
      this.#narrow[row] = last;
    }
    packNarrow(planNarrow(this.#narrow, rows), this.#narrow, rows, sink);
    return ENCODING_PACKED;
  }

  #floats(vector: ColumnVector, sink: ChunkSink): number {
    const rows = vector.length;
    const values = vector.values as Float64Array;
    const nulls = vector.nulls;
    const first = values[firstValue(nulls)]!;
    let constant = true;
    for (let row = 0; row < rows && constant; row++) {
      if (nulls === null || nulls[row] !== 1) constant = Object.is(values[row], first);
    }
    if ((sink.length & 1) === 1) sink.word(0);
    const at = sink.take(constant ? 2 : 2 * rows);
    const out = new Float64Array(sink.words.buffer, at * 4, constant ? 1 : rows);
    if (constant) {
      out[0] = first;
      return ENCODING_CONSTANT_FLOAT;
    }
    out.set(values.subarray(0, rows));
    if (nulls !== null) {
      for (let row = 0; row < rows; row++) if (nulls[row] === 1) out[row] = first;
    }
    return ENCODING_FLOATS;
  }

  #bytes(vector: ColumnVector, sink: ChunkSink): number {
    const rows = vector.length;
    const bytes = vector.bytes!;
    const starts = vector.starts!;
    const ends = vector.ends!;
    for (let row = 0; row < rows; row++) this.#narrow[row] = ends[row]!;
    const size = ends[rows - 1]!;
    const plan = planNarrow(this.#narrow, rows);
    const plainWords = planWords(plan, rows) + ((size + 3) >>> 2);
    if (
      this.#dictionary.build(bytes, starts, ends, vector.nulls, rows) &&
      this.#encodeDictionary(vector, plainWords, sink)
    ) {
      return ENCODING_DICTIONARY;
    }
    sink.word(size);
    packNarrow(plan, this.#narrow, rows, sink);
    sink.blob(bytes, 0, size);
    return ENCODING_BYTES;
  }

  /** Appends the dictionary body if it is smaller than `plainWords`; says whether it did. */
  #encodeDictionary(vector: ColumnVector, plainWords: number, sink: ChunkSink): boolean {
    const { codes, firstRow, entries, bytes: entryBytes } = this.#dictionary;
    const rows = vector.length;
    const starts = vector.starts!;
    const ends = vector.ends!;
    const entryEnds = this.#entryEnds;
    let at = 0;
    for (let entry = 0; entry < entries; entry++) {
      const row = firstRow[entry]!;
      at += ends[row]! - starts[row]!;
      entryEnds[entry] = at;
    }
    const endsPlan = planNarrow(entryEnds, entries);
    const codesPlan = planNarrow(codes, rows);
    const words =
      1 + planWords(endsPlan, entries) + planWords(codesPlan, rows) + ((entryBytes + 3) >>> 2);
    if (words >= plainWords) return false;
    sink.word(entries);
    sink.word(entryBytes);
    packNarrow(endsPlan, entryEnds, entries, sink);
    packNarrow(codesPlan, codes, rows, sink);
    let offset = sink.take((entryBytes + 3) >>> 2) * 4;
    if (entryBytes > 0) sink.words[sink.length - 1] = 0;
    for (let entry = 0; entry < entries; entry++) {
      const row = firstRow[entry]!;
      sink.bytes.set(vector.bytes!.subarray(starts[row], ends[row]), offset);
      offset += ends[row]! - starts[row]!;
    }
    return true;
  }
}

function countNulls(vector: ColumnVector): number {
  const { nulls, length } = vector;
  let count = 0;
  if (nulls !== null) for (let row = 0; row < length; row++) count += nulls[row]!;
  return count;
}

/** First row that is not null. Precondition: there is one. */
function firstValue(nulls: Uint8Array | null): number {
  let row = 0;
  if (nulls !== null) while (nulls[row] === 1) row++;
  return row;
}

function writeNulls(nulls: Uint8Array, rows: number, sink: ChunkSink): void {
  const size = (rows + 31) >>> 5;
  const at = sink.take(size);
  sink.words.fill(0, at, at + size);
  for (let row = 0; row < rows; row++) {
    if (nulls[row] === 1) {
      const word = at + (row >>> 5);
      sink.words[word] = sink.words[word]! | (1 << (row & 31));
    }
  }
}
