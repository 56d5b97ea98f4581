import type { ColumnVector } from "@aegisdb/sql/contract";
import { BlockCells, type BlockHolder } from "./block-cells.js";
import type { EntryOwner, PoolEntry, Region } from "./buffer-pool.js";
import { loadEncoded, loadVector } from "./chunk-loader.js";
import type { EncodedChunk } from "./encodings/encoded-chunk.js";
import { Scratch } from "./scratch.js";

/** A column is decoded whole after single values of this share of its rows were read. */
const SPARSE_SHARE = 1 / 32;
/** Blocks up to this many rows are decoded whole at once. */
const SMALL_BLOCK_ROWS = 512;

const storedChunks = new Scratch();

/**
 * A block of which columns are read by themselves. Each comes into the pool as it is asked for:
 * decoded, or, where single values are read, still encoded. A chunk's pool slot is its own if
 * decoded, and `slots` more if encoded.
 */
export class ScanBlock extends BlockCells implements EntryOwner {
  readonly #slots: number;
  readonly #vectors: (ColumnVector | null)[];
  readonly #entries: (PoolEntry | null)[];
  /** Encoded chunks, and how often a value was read from each. */
  #chunks: (EncodedChunk | null)[] | null = null;
  #uses: Uint16Array | null = null;
  #held = 0;

  constructor(holder: BlockHolder, block: number) {
    super(holder, block);
    this.#slots = this.index.types.length;
    this.#vectors = new Array<ColumnVector | null>(this.#slots).fill(null);
    this.#entries = new Array<PoolEntry | null>(this.#slots * 2).fill(null);
  }

  column(column: number): ColumnVector {
    const vector = this.#vectors[column]!;
    if (vector === null) return this.#load(column);
    this.index.pool.touch(this.#entries[column]!);
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
    this.index.pool.touch(this.#entries[this.#slots + column]!);
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

  seek(column: number, row: number): Uint8Array {
    const chunk = this.#sparse(column);
    if (chunk !== null) {
      chunk.seek(row);
      this.start = chunk.start;
      this.end = chunk.end;
      return chunk.bytes!;
    }
    const vector = this.column(column);
    const entry = vector.codes === null ? row : vector.codes[row]!;
    this.start = vector.starts![entry]!;
    this.end = vector.ends![entry]!;
    return vector.bytes!;
  }

  #load(column: number): ColumnVector {
    const { stored, offset } = this.#read(column);
    const { types, pool, source } = this.index;
    const loaded = loadVector(stored, types[column]!, this.rows, source.place(offset), pool);
    this.#vectors[column] = loaded.content;
    this.#admit(column, loaded.region);
    return loaded.content;
  }

  #loadEncoded(column: number): EncodedChunk {
    const { stored, offset } = this.#read(column);
    const { types, pool, source } = this.index;
    const loaded = loadEncoded(stored, types[column]!, this.rows, source.place(offset), pool);
    this.#chunks![column] = loaded.content;
    this.#admit(this.#slots + column, loaded.region);
    return loaded.content;
  }

  /** A chunk as it is stored, verified; valid until the next read. */
  #read(slot: number): { stored: Uint8Array; offset: number } {
    const { source, pages } = this.index;
    const page = pages.get(this.index.pageOf(this.block));
    const at = this.block - page.firstBlock;
    const start = page.chunkStart(at, slot);
    const offset = page.offset(at) + start;
    const length = page.chunkEnd(at, slot) - start;
    source.mustHave(offset, length);
    const stored = storedChunks.take(length);
    source.read(stored, offset);
    source.verify(stored, 0, length, page.crc(at, slot), offset, "a chunk");
    return { stored, offset };
  }

  #admit(slot: number, region: Region): void {
    const { pool, poolKey } = this.index;
    const key = poolKey + this.block * this.#slots * 2 + slot;
    this.#entries[slot] = pool.admit(this, slot, key, region);
    if (this.#held++ === 0) this.holder.hold(this);
  }

  evicted(slot: number): void {
    this.#entries[slot] = null;
    if (slot < this.#slots) this.#vectors[slot] = null;
    else this.#chunks![slot - this.#slots] = null;
    if (--this.#held === 0) this.holder.letGo(this);
  }

  discard(): void {
    for (const entry of this.#entries) if (entry !== null) this.index.pool.discard(entry);
  }
}
