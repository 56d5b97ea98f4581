import type { ColumnVector, Value } from "@aegisdb/sql/contract";
import { isByteForm } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import { readText } from "../base/text.js";
import { unpackVariant } from "../base/variant.js";
import { AegisError } from "../errors.js";
import type { EntryOwner, PoolEntry } from "./buffer-pool.js";
import { byteFormValue } from "./cell.js";
import { loadEncoded, loadVector } from "./chunk-loader.js";
import type { BlockView } from "./contract.js";
import { corrupt } from "./corruption.js";
import type { EncodedChunk } from "./encodings/encoded-chunk.js";
import { BLOCK_HAS_TOMBSTONES, BLOCK_HAS_VERSIONS } from "./format.js";
import { SEQ_SLOT, TOMBSTONE_SLOT } from "./index-page.js";
import type { KeyProbe } from "./key-probe.js";
import type { SectionIndex } from "./reader-index.js";
import { Scratch } from "./scratch.js";

/** A block up to this size is read at once, whichever of its columns is asked for. */
const WHOLE_READ_BYTES = 64 * 1024;
/** A column is decoded whole after single values of this share of its rows were read. */
const SPARSE_SHARE = 1 / 32;
/** Blocks up to this many rows are decoded whole at once. */
const SMALL_BLOCK_ROWS = 512;

const storedChunks = new Scratch();

/** Keeps the blocks of a section that have something in the pool. */
export interface BlockHolder {
  readonly index: SectionIndex;
  /** The block has something in the pool now. */
  hold(block: SectionBlock): void;
  /** It has nothing there any more. */
  letGo(block: SectionBlock): void;
}

/**
 * A block whose chunks come into the pool as they are asked for: decoded, or, where single values
 * of a large block are read, still encoded. Slots are the columns, sequences and tombstones; a
 * chunk's pool slot is its own if decoded and `slots` more if encoded.
 */
export class SectionBlock implements BlockView, EntryOwner {
  readonly block: number;
  readonly rows: number;
  readonly #holder: BlockHolder;
  readonly #index: SectionIndex;
  readonly #flags: number;
  readonly #slots: number;
  readonly #vectors: (ColumnVector | null)[];
  readonly #entries: (PoolEntry | null)[];
  /** Encoded chunks, and how often a value was read from each. */
  #chunks: (EncodedChunk | null)[] | null = null;
  #uses: Uint16Array | null = null;
  readonly #keyVectors: ColumnVector[] = [];
  #held = 0;

  constructor(holder: BlockHolder, block: number) {
    const { index } = holder;
    this.block = block;
    this.rows = index.root.blockRows[block]!;
    this.#holder = holder;
    this.#index = index;
    this.#flags = index.root.blockFlags[block]!;
    this.#slots = index.types.length;
    this.#vectors = new Array<ColumnVector | null>(this.#slots).fill(null);
    this.#entries = new Array<PoolEntry | null>(this.#slots * 2).fill(null);
  }

  column(column: number): ColumnVector {
    const vector = this.#vectors[column]!;
    if (vector === null) return this.#load(column);
    this.#index.pool.touch(this.#entries[column]!);
    return vector;
  }

  /** The encoded chunk to read one value from, or null where the column is better decoded. */
  #sparse(column: number): EncodedChunk | null {
    if (this.#vectors[column] !== null || this.rows <= SMALL_BLOCK_ROWS) return null;
    this.#chunks ??= new Array<EncodedChunk | null>(this.#slots).fill(null);
    this.#uses ??= new Uint16Array(this.#slots);
    if (++this.#uses[column]! > this.rows * SPARSE_SHARE) {
      this.#uses[column] = 0;
      return null;
    }
    const chunk = this.#chunks[column]!;
    if (chunk === null) return this.#loadEncoded(column);
    this.#index.pool.touch(this.#entries[this.#slots + column]!);
    return chunk;
  }

  isNull(column: number, row: number): boolean {
    const chunk = this.#sparse(column);
    if (chunk !== null) return chunk.isNull(row);
    const { nulls } = this.column(column);
    return nulls !== null && nulls[row] === 1;
  }

  number(column: number, row: number): number | bigint {
    const chunk = this.#sparse(column);
    if (chunk !== null) return chunk.number(row);
    const value = this.column(column).values![row]!;
    if (typeof value === "number") return value;
    const asNumber = Number(value);
    return Number.isSafeInteger(asNumber) ? asNumber : value;
  }

  boolean(column: number, row: number): boolean {
    return this.number(column, row) === 1;
  }

  text(column: number, row: number): string {
    const bytes = this.#seek(column, row);
    return readText(bytes, this.#start, this.#end);
  }

  bytes(column: number, row: number): Uint8Array {
    const bytes = this.#seek(column, row);
    return bytes.slice(this.#start, this.#end);
  }

  json(column: number, row: number): unknown {
    const bytes = this.#seek(column, row);
    try {
      return unpackVariant(bytes, this.#start, this.#end);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  value(column: number, row: number): Value {
    if (this.isNull(column, row)) return null;
    const { kind } = this.#index.types[column]!;
    if (kind === "bool") return this.boolean(column, row);
    if (!isByteForm(kind)) return this.number(column, row);
    const bytes = this.#seek(column, row);
    try {
      return byteFormValue(kind, bytes, this.#start, this.#end);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /** What refuses to be a value or a key was not written by us, though its checksum is right. */
  #refuse(error: unknown): never {
    if (!(error instanceof AegisError)) throw error;
    const { source, pages } = this.#index;
    const page = pages.get(this.#index.pageOf(this.block));
    const place = source.place(page.offset(this.block - page.firstBlock));
    return corrupt(place, `block ${String(this.block)} holds no valid value: ${error.message}`);
  }

  /** Range that `#seek` found. */
  #start = 0;
  #end = 0;

  /** The bytes that hold a byte-form value; `#start` and `#end` say where. */
  #seek(column: number, row: number): Uint8Array {
    const chunk = this.#sparse(column);
    if (chunk !== null) {
      chunk.seek(row);
      this.#start = chunk.start;
      this.#end = chunk.end;
      return chunk.bytes!;
    }
    const vector = this.column(column);
    const entry = vector.codes === null ? row : vector.codes[row]!;
    this.#start = vector.starts![entry]!;
    this.#end = vector.ends![entry]!;
    return vector.bytes!;
  }

  key(row: number): Key {
    const { codec } = this.#index;
    if (codec.form === "number") return this.number(0, row);
    const columns = this.#keyColumns();
    try {
      return codec.encodeRow(columns, row);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  #keyColumns(): readonly ColumnVector[] {
    const { length } = this.#index.layout.key;
    for (let column = 0; column < length; column++) {
      this.#keyVectors[column] = this.column(column);
    }
    return this.#keyVectors;
  }

  /** Whether a row has `key`, which `probe` was started with. */
  hasKey(row: number, key: Key, probe: KeyProbe): boolean {
    if (this.#index.codec.form === "number") return this.number(0, row) === key;
    const columns = this.#keyColumns();
    try {
      return probe.matches(columns, row);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  seq(row: number): number {
    if ((this.#flags & BLOCK_HAS_VERSIONS) === 0) return 0;
    return this.number(this.#index.columns + SEQ_SLOT, row) as number;
  }

  tombstone(row: number): boolean {
    if ((this.#flags & BLOCK_HAS_TOMBSTONES) === 0) return false;
    return this.number(this.#index.columns + TOMBSTONE_SLOT, row) === 1;
  }

  lowerBound(key: Key): number {
    let low = 0;
    let high = this.rows;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.key(middle) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #load(column: number): ColumnVector {
    const { source, pages } = this.#index;
    const number = this.#index.pageOf(this.block);
    const page = pages.get(number);
    const at = this.block - page.firstBlock;
    const offset = page.offset(at);
    const size = page.blockBytes(at);
    if (size <= WHOLE_READ_BYTES && this.#index.layout.access === "point") {
      source.mustHave(offset, size);
      const stored = storedChunks.take(size);
      source.read(stored, offset);
      for (let slot = 0; slot < this.#slots; slot++) {
        if (this.#vectors[slot] !== null) continue;
        const start = page.chunkStart(at, slot);
        const end = page.chunkEnd(at, slot);
        if (end === start) continue;
        this.#decode(slot, stored, start, end, page.crc(at, slot), offset);
      }
    } else {
      const start = page.chunkStart(at, column);
      const length = page.chunkEnd(at, column) - start;
      source.mustHave(offset + start, length);
      const stored = storedChunks.take(length);
      source.read(stored, offset + start);
      this.#decode(column, stored, 0, stored.length, page.crc(at, column), offset + start);
    }
    return this.#vectors[column] ?? corrupt(source.place(offset), "a block lacks a chunk");
  }

  #decode(
    slot: number,
    stored: Uint8Array,
    start: number,
    end: number,
    crc: number,
    offset: number,
  ): void {
    const { source, types, pool } = this.#index;
    source.verify(stored, start, end, crc, offset + start, "a chunk");
    const place = source.place(offset + start);
    const type = types[slot]!;
    const loaded = loadVector(stored.subarray(start, end), type, this.rows, place, pool);
    this.#vectors[slot] = loaded.content;
    this.#admit(slot, loaded.buffer);
  }

  #loadEncoded(column: number): EncodedChunk {
    const { source, types, pool, pages } = this.#index;
    const page = pages.get(this.#index.pageOf(this.block));
    const at = this.block - page.firstBlock;
    const start = page.chunkStart(at, column);
    const offset = page.offset(at) + start;
    const length = page.chunkEnd(at, column) - start;
    source.mustHave(offset, length);
    const stored = storedChunks.take(length);
    source.read(stored, offset);
    source.verify(stored, 0, stored.length, page.crc(at, column), offset, "a chunk");
    const loaded = loadEncoded(stored, types[column]!, this.rows, source.place(offset), pool);
    this.#chunks![column] = loaded.content;
    this.#admit(this.#slots + column, loaded.buffer);
    return loaded.content;
  }

  #admit(slot: number, buffer: ArrayBuffer): void {
    const { pool, poolKey } = this.#index;
    const key = poolKey + this.block * this.#slots * 2 + slot;
    this.#entries[slot] = pool.admit(this, slot, key, buffer);
    if (this.#held++ === 0) this.#holder.hold(this);
  }

  evicted(slot: number): void {
    this.#entries[slot] = null;
    if (slot < this.#slots) this.#vectors[slot] = null;
    else this.#chunks![slot - this.#slots] = null;
    if (--this.#held === 0) this.#holder.letGo(this);
  }

  /** Gives all memory back to the pool. */
  discard(): void {
    for (const entry of this.#entries) if (entry !== null) this.#index.pool.discard(entry);
  }
}
