import { isIntForm, type ColumnType } from "@aegisdb/sql/contract";
import { corrupt, type Place } from "../corruption.js";
import type { LazyFrames } from "../lazy-frames.js";
import {
  CHUNK_HEADER_WORDS,
  ENCODING_BYTES,
  ENCODING_CONSTANT_FLOAT,
  ENCODING_DICTIONARY,
  ENCODING_FLOATS,
  ENCODING_NULL,
  ENCODING_PACKED,
  encodingFits,
  FLAG_NULLS,
} from "./format.js";
import { PACKED_HEADER_WORDS, PackedInts } from "./packed-ints.js";

/**
 * A chunk in its encoded form, parsed and bounds-checked, whose values are read one at a time
 * without decoding the rest. Typed accessors do not check the column's kind or whether the row is
 * null. Malformed content throws CORRUPTION, here or on access.
 */
export class EncodedChunk {
  readonly type: ColumnType;
  readonly rows: number;
  /** Bytes every value of the kind has, or -1. */
  readonly fixedBytes: number;
  readonly encoding: number;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly place: Place;
  /** First word of the null bitmap, or -1. */
  readonly nullsAt: number;
  /** Values of a packed chunk, codes of a dictionary. */
  readonly ints: PackedInts | null = null;
  /** Ends of the rows' bytes, or of the dictionary's entries. */
  readonly ends: PackedInts | null = null;
  readonly floats: Float64Array | null = null;
  /** The bytes that `ends` cut. */
  readonly bytes: Uint8Array | null = null;
  /** Entries of a dictionary. */
  readonly entries: number = 0;

  /** Range of the value that `seek` found, in `bytes`. */
  start = 0;
  end = 0;

  readonly #frames: LazyFrames | null;

  /**
   * With `frames`, the words are there only after they were asked for, and `decodeChunk` must not
   * be called. Preconditions: `words` begins at a multiple of 8 in its buffer; `rows` is what the
   * index says.
   */
  constructor(
    type: ColumnType,
    words: Uint32Array<ArrayBuffer>,
    rows: number,
    place: Place,
    frames: LazyFrames | null = null,
  ) {
    this.#frames = frames;
    frames?.need(0, CHUNK_HEADER_WORDS);
    if (words.length < CHUNK_HEADER_WORDS) corrupt(place, "a chunk is shorter than its header");
    const flags = words[0]! >>> 8;
    this.type = type;
    this.rows = rows;
    this.fixedBytes = type.kind === "uuid" || type.kind === "interval" ? 16 : -1;
    this.encoding = words[0]! & 0xff;
    this.words = words;
    this.place = place;
    if (!encodingFits(this.encoding, type.kind)) {
      corrupt(place, `encoding ${String(this.encoding)} is not one of a ${type.kind} column`);
    }
    if (flags > FLAG_NULLS) corrupt(place, "a chunk has unknown flags");
    if (words[1] !== rows) corrupt(place, "a chunk's row count is not its block's");
    let at = CHUNK_HEADER_WORDS;
    this.nullsAt = flags === FLAG_NULLS ? at : -1;
    if (flags === FLAG_NULLS) at += (rows + 31) >>> 5;
    if (at > words.length) corrupt(place, "a chunk's null bitmap is cut off");

    let end = at;
    switch (this.encoding) {
      case ENCODING_PACKED:
        this.ints = this.#packed(at, rows, isIntForm(type.kind));
        end = this.ints.end;
        break;
      case ENCODING_CONSTANT_FLOAT:
        this.floats = this.#doubles(at, 1);
        end = floatsAt(at) + 2;
        break;
      case ENCODING_FLOATS:
        this.floats = this.#doubles(at, rows);
        end = floatsAt(at) + 2 * rows;
        break;
      case ENCODING_BYTES: {
        frames?.need(at, at + 1);
        this.ends = this.#packed(at + 1, rows, false);
        this.bytes = this.#blob(this.ends.end, words[at]!);
        end = this.ends.end + ((this.bytes.length + 3) >>> 2);
        break;
      }
      case ENCODING_DICTIONARY: {
        frames?.need(at, at + 2);
        this.entries = at + 1 < words.length ? words[at]! : 0;
        if (this.entries === 0 || this.entries > rows)
          corrupt(place, "a dictionary has a bad size");
        this.ends = this.#packed(at + 2, this.entries, false);
        this.ints = this.#packed(this.ends.end, rows, false);
        this.bytes = this.#blob(this.ints.end, words[at + 1]!);
        end = this.ints.end + ((this.bytes.length + 3) >>> 2);
        break;
      }
      default:
    }
    if (end !== words.length) corrupt(place, "a chunk is not as long as its content");
  }

  #packed(at: number, count: number, mayBeWide: boolean): PackedInts {
    this.#frames?.need(at, at + PACKED_HEADER_WORDS);
    const packed = new PackedInts(this.words, at, this.words.length, count, this.place);
    if (packed.wide && !mayBeWide) corrupt(this.place, "packed integers are unexpectedly wide");
    return packed;
  }

  #doubles(at: number, count: number): Float64Array {
    const first = floatsAt(at);
    if (first + 2 * count > this.words.length) corrupt(this.place, "doubles are cut off");
    return new Float64Array(this.words.buffer, this.words.byteOffset + first * 4, count);
  }

  #blob(at: number, length: number): Uint8Array {
    if (at + Math.ceil(length / 4) > this.words.length) corrupt(this.place, "bytes are cut off");
    return new Uint8Array(this.words.buffer, this.words.byteOffset + at * 4, length);
  }

  isNull(row: number): boolean {
    if (this.nullsAt < 0) return this.encoding === ENCODING_NULL;
    if (this.#frames !== null) {
      this.#frames.need(this.nullsAt + (row >>> 5), this.nullsAt + (row >>> 5) + 1);
    }
    return ((this.words[this.nullsAt + (row >>> 5)]! >>> (row & 31)) & 1) === 1;
  }

  /** int-form, date, float and bool columns. */
  number(row: number): number | bigint {
    if (this.ints !== null) {
      this.#needInt(this.ints, row);
      return this.ints.intAt(row);
    }
    if (this.floats === null) return 0;
    const at = this.encoding === ENCODING_CONSTANT_FLOAT ? 0 : row;
    if (this.#frames !== null) {
      const word = (this.floats.byteOffset - this.words.byteOffset) / 4 + at * 2;
      this.#frames.need(word, word + 2);
    }
    return this.floats[at]!;
  }

  /** Loads the words of one packed integer. */
  #needInt(ints: PackedInts, i: number): void {
    if (this.#frames === null) return;
    const { width } = ints;
    const low = ints.low + ((i * Math.min(width, 32)) >>> 5);
    this.#frames.need(low, low + 2);
    if (width <= 32) return;
    const high = ints.high + ((i * (width - 32)) >>> 5);
    this.#frames.need(high, high + 2);
  }

  /** Sets `start` and `end` to a byte-form value's range in `bytes`. Precondition: not null. */
  seek(row: number): void {
    let entry = row;
    if (this.encoding === ENCODING_DICTIONARY) {
      this.#needInt(this.ints!, row);
      entry = this.ints!.at(row);
      if (entry >= this.entries || entry < 0)
        corrupt(this.place, "a code is not in its dictionary");
    }
    const ends = this.ends!;
    this.#needInt(ends, entry);
    if (entry > 0) this.#needInt(ends, entry - 1);
    const start = entry === 0 ? 0 : ends.at(entry - 1);
    const end = ends.at(entry);
    if (start < 0 || start > end || end > this.bytes!.length) {
      corrupt(this.place, "a value's range leaves its chunk");
    }
    if (this.fixedBytes > 0 && end - start !== this.fixedBytes) {
      corrupt(this.place, "a value has not the length of its kind");
    }
    if (this.#frames !== null) {
      const first = (this.bytes!.byteOffset - this.words.byteOffset) / 4;
      this.#frames.need(first + (start >>> 2), first + ((end + 3) >>> 2));
    }
    this.start = start;
    this.end = end;
  }
}

/** Doubles begin at an even word, so that they can be read in place. */
function floatsAt(at: number): number {
  return at + (at & 1);
}
