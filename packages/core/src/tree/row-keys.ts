/**
 * The string keys of a memtable's rows, as bytes. Strings would be most of what the garbage
 * collector has to copy and to mark, and one more place in memory for every look-up.
 *
 *   places[row] ──► newest row │ units << 1 | wide │ units, of one byte each, two if wide │ zeros
 *
 * A key stands once, however many rows have it, and knows the newest of them. Places count words of
 * four bytes: piece << 16 | word. Wide is a key with a unit beyond Latin-1.
 */
import { readLatin1, readUnits } from "../base/text.js";
import type { SortableKeys } from "./key-sort.js";
import type { MemtableMemory } from "./shared-memory.js";
import type { SoughtKey } from "./sought-key.js";

const PIECE_SHIFT = 16;
/** A piece holds the longest key many times. */
const PIECE_WORDS = 1 << PIECE_SHIFT;
const WORD_MASK = PIECE_WORDS - 1;
/** The first piece begins small, so that hundreds of tiny trees stay cheap. */
const FIRST_WORDS = 128;
const FIRST_ROWS = 64;
/** Words before the units: the newest row, and the length. */
const HEADER_WORDS = 2;
const HEADER_BYTES = 4 * HEADER_WORDS;

/** A piece of memory, seen as words and as bytes. */
class Piece {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;

  constructor(words: Int32Array) {
    this.words = words;
    this.bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  }
}

/** The keys of a frozen memtable, for another thread. */
export interface SharedRowKeys {
  readonly pieces: readonly Int32Array[];
  readonly places: Uint32Array;
}

/** What has been written stays readable as it was; only the newest rows change. */
export class RowKeys implements SortableKeys {
  private readonly pieces: Piece[] = [];
  private places: Uint32Array = new Uint32Array(0);
  private readonly memory: MemtableMemory | undefined;
  /** Words of the last piece that are taken. */
  private used = 0;

  /** `memory` is for keys to be added; `shared` are those that another thread has added. */
  constructor(memory: MemtableMemory | undefined, shared?: SharedRowKeys) {
    this.memory = memory;
    if (shared === undefined) return;
    this.pieces = shared.pieces.map((words) => new Piece(words));
    this.places = shared.places;
  }

  share(): SharedRowKeys {
    return { pieces: this.pieces.map(({ words }) => words), places: this.places };
  }

  /** Adds the key of a new row. Precondition: no other row has it. */
  add(row: number, key: SoughtKey): void {
    const { words: units, wordCount } = key;
    const { words } = this.pieceFor(HEADER_WORDS + wordCount);
    const word = this.used;
    this.used = word + HEADER_WORDS + wordCount;
    words[word] = row;
    words[word + 1] = key.length;
    const at = word + HEADER_WORDS;
    for (let i = 0; i < wordCount; i++) words[at + i] = units[i]!;
    this.setPlace(row, ((this.pieces.length - 1) << PIECE_SHIFT) | word);
  }

  /** Gives a new row the key of an older one, whose newest row it becomes. */
  renew(row: number, older: number): void {
    const place = this.places[older]!;
    this.pieces[place >>> PIECE_SHIFT]!.words[place & WORD_MASK] = row;
    this.setPlace(row, place);
  }

  newest(row: number): number {
    const place = this.places[row]!;
    return this.pieces[place >>> PIECE_SHIFT]!.words[place & WORD_MASK]!;
  }

  /** Whether a row has this key. */
  isOf(row: number, key: SoughtKey): boolean {
    const place = this.places[row]!;
    const { words } = this.pieces[place >>> PIECE_SHIFT]!;
    const at = (place & WORD_MASK) + HEADER_WORDS;
    if (words[at - 1] !== key.length) return false;
    const { words: units, wordCount } = key;
    for (let i = 0; i < wordCount; i++) if (words[at + i] !== units[i]) return false;
    return true;
  }

  /** Has memory fetch the key of a row. The result means nothing. */
  touch(row: number): number {
    return this.newest(row);
  }

  textOf(row: number): string {
    const place = this.places[row]!;
    const { words, bytes } = this.pieces[place >>> PIECE_SHIFT]!;
    const word = place & WORD_MASK;
    const length = words[word + 1]!;
    const start = word * 4 + HEADER_BYTES;
    if ((length & 1) === 0) return readLatin1(bytes, start, start + (length >>> 1));
    return readUnits(bytes, start, start + (length & ~1));
  }

  lengthOf(row: number): number {
    const place = this.places[row]!;
    return this.pieces[place >>> PIECE_SHIFT]!.words[(place & WORD_MASK) + 1]! >>> 1;
  }

  /** Whether the key of a row is below `key`. */
  isBelow(row: number, key: string): boolean {
    const place = this.places[row]!;
    const { words, bytes } = this.pieces[place >>> PIECE_SHIFT]!;
    const word = place & WORD_MASK;
    const length = words[word + 1]!;
    const wide = length & 1;
    const units = length >>> 1;
    const start = word * 4 + HEADER_BYTES;
    const shared = units < key.length ? units : key.length;
    for (let i = 0; i < shared; i++) {
      const unit = unitAt(bytes, start, wide, i);
      const other = key.charCodeAt(i);
      if (unit !== other) return unit < other;
    }
    return units < key.length;
  }

  isBefore(a: number, b: number): boolean {
    const shared = this.sharedUnits(a, b, 0);
    return this.unit(a, shared) < this.unit(b, shared);
  }

  sharedUnits(a: number, b: number, from: number): number {
    const placeA = this.places[a]!;
    const placeB = this.places[b]!;
    const pieceA = this.pieces[placeA >>> PIECE_SHIFT]!;
    const pieceB = this.pieces[placeB >>> PIECE_SHIFT]!;
    const wordA = placeA & WORD_MASK;
    const wordB = placeB & WORD_MASK;
    const lengthA = pieceA.words[wordA + 1]!;
    const lengthB = pieceB.words[wordB + 1]!;
    const wideA = lengthA & 1;
    const wideB = lengthB & 1;
    const startA = wordA * 4 + HEADER_BYTES;
    const startB = wordB * 4 + HEADER_BYTES;
    const end = Math.min(lengthA >>> 1, lengthB >>> 1);
    let at = from;
    while (
      at < end &&
      unitAt(pieceA.bytes, startA, wideA, at) === unitAt(pieceB.bytes, startB, wideB, at)
    ) {
      at++;
    }
    return at;
  }

  code(row: number, skip: number, units: number, maxUnit: number): number {
    const place = this.places[row]!;
    const { words, bytes } = this.pieces[place >>> PIECE_SHIFT]!;
    const word = place & WORD_MASK;
    const length = words[word + 1]!;
    const start = word * 4 + HEADER_BYTES;
    const count = length >>> 1;
    const base = maxUnit + 2;
    let code = 0;
    for (let at = skip; at < skip + units; at++) {
      let digit = 0;
      if (at < count) {
        digit = unitAt(bytes, start, length & 1, at) + 1;
        if (digit >= base) return -1;
      }
      code = code * base + digit;
    }
    return code;
  }

  /** Unit `at` of a row's key; -1 behind its end. */
  private unit(row: number, at: number): number {
    const place = this.places[row]!;
    const { words, bytes } = this.pieces[place >>> PIECE_SHIFT]!;
    const word = place & WORD_MASK;
    const length = words[word + 1]!;
    if (at >= length >>> 1) return -1;
    return unitAt(bytes, word * 4 + HEADER_BYTES, length & 1, at);
  }

  private setPlace(row: number, place: number): void {
    if (row >= this.places.length) this.growPlaces();
    this.places[row] = place;
  }

  /** The last piece, with room for so many words. */
  private pieceFor(words: number): Piece {
    const last = this.pieces.at(-1);
    const needed = this.used + words;
    if (last !== undefined && needed <= last.words.length) return last;
    if (this.pieces.length <= 1 && needed <= PIECE_WORDS) {
      this.pieces[0] = this.grown(last?.words, needed);
      return this.pieces[0];
    }
    const piece = this.grown(undefined, PIECE_WORDS);
    this.pieces.push(piece);
    this.used = 0;
    return piece;
  }

  /** A piece of at least so many words, and twice those it takes over. */
  private grown(old: Int32Array | undefined, needed: number): Piece {
    const memory = this.memory!;
    let size = old === undefined ? FIRST_WORDS : 2 * old.length;
    while (size < needed) size *= 2;
    const words = new Int32Array(memory.take(size * 4), 0, size);
    if (old !== undefined) words.set(old);
    memory.bytes += words.byteLength - (old?.byteLength ?? 0);
    return new Piece(words);
  }

  private growPlaces(): void {
    const memory = this.memory!;
    const rows = Math.max(FIRST_ROWS, 2 * this.places.length);
    const places = new Uint32Array(memory.take(rows * 4), 0, rows);
    places.set(this.places);
    memory.bytes += places.byteLength - this.places.byteLength;
    this.places = places;
  }
}

function unitAt(bytes: Uint8Array, start: number, wide: number, at: number): number {
  if (wide === 0) return bytes[start + at]!;
  return bytes[start + 2 * at]! | (bytes[start + 2 * at + 1]! << 8);
}
