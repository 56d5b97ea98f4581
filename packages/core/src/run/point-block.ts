import { ColumnVector, isByteForm, isIntForm } from "@aegisdb/sql/contract";
import { BlockCells, type BlockHolder } from "./block-cells.js";
import type { EntryOwner, PoolEntry } from "./buffer-pool.js";
import { loadBlock, type StoredChunk } from "./chunk-loader.js";
import { corrupt } from "./corruption.js";
import { Scratch } from "./scratch.js";

/** Blocks up to this size, as stored, are read and decoded as one. */
export const MAX_POINT_BLOCK_BYTES: number = 64 * 1024;

/**
 * A small block, read at once and decoded into one piece of the pool's memory. Point reads go to
 * values by offsets that stand at the beginning of that memory, and not through the objects of the
 * columns' vectors: a read of a random row spends its time on cache misses, and so it has half of
 * them (`find` among 300,000 keys in random order: 0.96 µs through vectors, 0.64 µs by offsets).
 *
 *     six words a slot: form · nulls · values or codes · ends of ranges · bytes of ranges · ranges
 *
 * Offsets count in the unit of their array: bytes, 32-bit words or doubles. The vectors that the
 * block was decoded into are not kept: they are some thirty objects a block, which would outlive
 * the collections of young garbage, and are made again for the few who ask for them.
 */
const SLOT_WORDS = 6;
const FORM = 0;
const NULLS = 1;
const VALUES = 2;
const RANGES = 3;
const DATA = 4;
/** How many ranges there are: one a row, or one an entry of the dictionary. */
const RANGE_COUNT = 5;

const FORM_DOUBLE = 0;
const FORM_INT32 = 1;
const FORM_BYTE = 2;
/** Wide integers, which are rare: through the vector. */
const FORM_WIDE = 3;
const FORM_RANGES = 4;
const FORM_CODES = 5;
/** There is no chunk. */
const FORM_NONE = 6;

const NO_NULLS = 0;

const storedBlocks = new Scratch();
const NO_WORDS = new Uint32Array(0);
const NO_BYTES = new Uint8Array(0);
const NO_DOUBLES = new Float64Array(0);

export class PointBlock extends BlockCells implements EntryOwner {
  #entry: PoolEntry | null = null;
  #words = NO_WORDS;
  #data = NO_BYTES;
  #doubles = NO_DOUBLES;
  /** Those that were asked for. */
  #vectors: (ColumnVector | undefined)[] = [];

  constructor(holder: BlockHolder, block: number) {
    super(holder, block);
  }

  #ready(): void {
    if (this.#entry === null) this.#load();
    else this.index.pool.touch(this.#entry);
  }

  column(column: number): ColumnVector {
    this.#ready();
    return (this.#vectors[column] ??= this.#vectorOf(column));
  }

  isNull(column: number, row: number): boolean {
    this.#ready();
    const nulls = this.#words[column * SLOT_WORDS + NULLS]!;
    return nulls !== NO_NULLS && this.#data[nulls + row] === 1;
  }

  number(column: number, row: number): number | bigint {
    this.#ready();
    const slot = column * SLOT_WORDS;
    const at = this.#words[slot + VALUES]! + row;
    switch (this.#words[slot + FORM]) {
      case FORM_DOUBLE:
        return this.#doubles[at]!;
      case FORM_INT32:
        return this.#words[at]! | 0;
      case FORM_BYTE:
        return this.#data[at]!;
      default:
        return this.#wide(column, row);
    }
  }

  #wide(column: number, row: number): number | bigint {
    const value = this.column(column).values![row]!;
    const asNumber = Number(value);
    return Number.isSafeInteger(asNumber) ? asNumber : value;
  }

  seek(column: number, row: number): Uint8Array {
    this.#ready();
    const words = this.#words;
    const slot = column * SLOT_WORDS;
    const entry = words[slot + FORM] === FORM_CODES ? words[words[slot + VALUES]! + row]! : row;
    const range = words[slot + RANGES]! + entry;
    const data = words[slot + DATA]!;
    this.start = data + words[range]!;
    this.end = data + words[range + 1]!;
    return this.#data;
  }

  #vectorOf(column: number): ColumnVector {
    const words = this.#words;
    const slot = column * SLOT_WORDS;
    const form = words[slot + FORM]!;
    if (form === FORM_NONE) this.#lacks();
    const { rows } = this;
    const { buffer, byteOffset: base } = this.#data;
    const vector = new ColumnVector(this.index.types[column]!, rows, null);
    const nulls = words[slot + NULLS]!;
    if (nulls !== NO_NULLS) vector.nulls = this.#data.subarray(nulls, nulls + rows);
    const at = words[slot + VALUES]!;
    switch (form) {
      case FORM_DOUBLE:
        vector.values = this.#doubles.subarray(at, at + rows);
        return vector;
      case FORM_INT32:
        vector.values = new Int32Array(buffer, base + at * 4, rows);
        return vector;
      case FORM_BYTE:
        vector.values = this.#data.subarray(at, at + rows);
        return vector;
      case FORM_WIDE:
        vector.values = new BigInt64Array(buffer, base + at * 8, rows);
        return vector;
      default:
    }
    if (form === FORM_CODES) vector.codes = new Int32Array(buffer, base + at * 4, rows);
    const first = words[slot + RANGES]!;
    const end = first + words[slot + RANGE_COUNT]!;
    const data = words[slot + DATA]!;
    vector.starts = words.subarray(first, end);
    vector.ends = words.subarray(first + 1, end + 1);
    vector.bytes = this.#data.subarray(data, data + words[end]!);
    return vector;
  }

  #lacks(): never {
    const { source, pages } = this.index;
    const page = pages.get(this.index.pageOf(this.block));
    const place = source.place(page.offset(this.block - page.firstBlock));
    return corrupt(place, `block ${String(this.block)} lacks a chunk`);
  }

  #load(): void {
    const { index, rows } = this;
    const { source, types, pool } = index;
    const page = index.pages.get(index.pageOf(this.block));
    const at = this.block - page.firstBlock;
    const offset = page.offset(at);
    const size = page.blockBytes(at);
    source.mustHave(offset, size);
    const stored = storedBlocks.take(size);
    source.read(stored, offset);
    const chunks = types.map((type, slot): StoredChunk | null => {
      const start = page.chunkStart(at, slot);
      const end = page.chunkEnd(at, slot);
      if (start === end) {
        if (this.requires(slot)) this.#lacks();
        return null;
      }
      source.verify(stored, start, end, page.crc(at, slot), offset + start, "a chunk");
      return { type, stored: stored.subarray(start, end), place: source.place(offset + start) };
    });
    const { content, region } = loadBlock(chunks, rows, SLOT_WORDS * 4 * types.length, pool);
    const { buffer, length } = region;
    this.#words = new Uint32Array(buffer, region.offset, length / 4);
    this.#data = new Uint8Array(buffer, region.offset, length);
    this.#doubles = new Float64Array(buffer, region.offset, length / 8);
    content.forEach((vector, slot) => {
      describe(vector, region.offset, this.#words, slot * SLOT_WORDS);
    });
    this.#entry = pool.admit(this, 0, index.poolKey + this.block, region);
    this.holder.hold(this);
  }

  evicted(): void {
    this.#entry = null;
    this.#words = NO_WORDS;
    this.#data = NO_BYTES;
    this.#doubles = NO_DOUBLES;
    this.#vectors = [];
    this.holder.letGo(this);
  }

  discard(): void {
    if (this.#entry !== null) this.index.pool.discard(this.#entry);
  }
}

/** Writes where a vector's arrays lie in the memory from `base` on, which is that of `words`. */
function describe(
  vector: ColumnVector | null,
  base: number,
  words: Uint32Array,
  slot: number,
): void {
  words.fill(0, slot, slot + SLOT_WORDS);
  if (vector === null) {
    words[slot + FORM] = FORM_NONE;
    return;
  }
  const { kind } = vector.type;
  const { nulls, values, codes } = vector;
  if (nulls !== null) words[slot + NULLS] = nulls.byteOffset - base;
  if (isByteForm(kind)) {
    words[slot + FORM] = codes === null ? FORM_RANGES : FORM_CODES;
    if (codes !== null) words[slot + VALUES] = (codes.byteOffset - base) / 4;
    words[slot + RANGES] = (vector.starts!.byteOffset - base) / 4;
    words[slot + DATA] = vector.bytes!.byteOffset - base;
    words[slot + RANGE_COUNT] = vector.starts!.length;
    return;
  }
  words[slot + FORM] = valueForm(vector);
  words[slot + VALUES] = (values!.byteOffset - base) / values!.BYTES_PER_ELEMENT;
}

function valueForm({ type: { kind }, values }: ColumnVector): number {
  if (values instanceof BigInt64Array) return FORM_WIDE;
  if (kind === "float" || isIntForm(kind)) return FORM_DOUBLE;
  return kind === "date" ? FORM_INT32 : FORM_BYTE;
}
