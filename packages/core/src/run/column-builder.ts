import { ColumnVector, isByteForm, isIntForm, type ColumnType } from "@aegisdb/sql/contract";
import { MEMTABLE_CHUNK_ROWS, SCAN_BLOCK_ROWS } from "../limits.js";

/**
 * Collects one column of the block being written, copied value by value from a source's vectors.
 * `vector` is what was collected, flat, in the form the chunk encoder takes.
 */
export interface ColumnBuilder {
  readonly vector: ColumnVector;
  /** Copies row `index` of `source`; returns the uncompressed bytes it adds. */
  append(source: ColumnVector, index: number): number;
  appendNull(): number;
  /**
   * Adds to `sizes[i]` the uncompressed bytes of row `rows[i]`, for i in [from, to); `chunks` are the
   * column's vectors, of MEMTABLE_CHUNK_ROWS rows each.
   */
  measure(
    chunks: readonly ColumnVector[],
    rows: Int32Array,
    from: number,
    to: number,
    sizes: Float64Array,
  ): void;
  /** Copies those rows. A loop over one column has many loads of scattered rows under way at once. */
  gather(chunks: readonly ColumnVector[], rows: Int32Array, from: number, to: number): void;
  /** Forgets everything, keeping the memory. */
  clear(): void;
}

const CHUNK_SHIFT = Math.log2(MEMTABLE_CHUNK_ROWS);
const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;

/** Up to this many bytes a loop beats the call of `set` with a fresh view. */
const SHORT_COPY = 40;
/** What a NULL counts for. */
const NULL_BYTES = 1;
/** What a value in an arena counts for besides its bytes. */
const OFFSET_BYTES = 4;

export function createColumnBuilder(type: ColumnType): ColumnBuilder {
  if (isByteForm(type.kind)) return new BytesBuilder(type);
  return isIntForm(type.kind) ? new IntBuilder(type) : new FixedBuilder(type);
}

/** The null flags, which every kind has. */
class NullFlags {
  readonly #flags = new Uint8Array(SCAN_BLOCK_ROWS);
  #any = false;

  set(vector: ColumnVector, row: number): void {
    if (!this.#any) {
      this.#any = true;
      this.#flags.fill(0);
      vector.nulls = this.#flags;
    }
    this.#flags[row] = 1;
  }

  clear(vector: ColumnVector): void {
    this.#any = false;
    vector.nulls = null;
  }
}

/** What builders of values of one size share. */
abstract class FixedSizeBuilder implements ColumnBuilder {
  abstract readonly vector: ColumnVector;
  protected abstract readonly valueBytes: number;
  abstract append(source: ColumnVector, index: number): number;
  abstract appendNull(): number;
  abstract clear(): void;

  measure(
    chunks: readonly ColumnVector[],
    rows: Int32Array,
    from: number,
    to: number,
    sizes: Float64Array,
  ): void {
    const { valueBytes } = this;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const { nulls } = chunks[row >>> CHUNK_SHIFT]!;
      const isNull = nulls !== null && nulls[row & CHUNK_MASK] === 1;
      sizes[i]! += isNull ? NULL_BYTES : valueBytes;
    }
  }

  gather(chunks: readonly ColumnVector[], rows: Int32Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      this.append(chunks[row >>> CHUNK_SHIFT]!, row & CHUNK_MASK);
    }
  }
}

/** int, timestamp, decimal, time: doubles until one of the block's values is not a safe integer. */
class IntBuilder extends FixedSizeBuilder {
  readonly vector: ColumnVector;
  protected readonly valueBytes = 8;
  readonly #narrow = new Float64Array(SCAN_BLOCK_ROWS);
  readonly #nulls = new NullFlags();
  #wide: BigInt64Array | null = null;
  #isWide = false;

  constructor(type: ColumnType) {
    super();
    this.vector = new ColumnVector(type, 0, this.#narrow);
  }

  append(source: ColumnVector, index: number): number {
    if (source.nulls !== null && source.nulls[index] === 1) return this.appendNull();
    const row = this.vector.length++;
    const value = source.values![index]!;
    if (typeof value === "number" && !this.#isWide) this.#narrow[row] = value;
    else this.#appendWide(row, BigInt(value));
    return this.valueBytes;
  }

  #appendWide(row: number, value: bigint): void {
    const asNumber = Number(value);
    if (!this.#isWide) {
      if (Number.isSafeInteger(asNumber)) {
        this.#narrow[row] = asNumber;
        return;
      }
      this.#isWide = true;
      this.#wide ??= new BigInt64Array(SCAN_BLOCK_ROWS);
      for (let i = 0; i < row; i++) this.#wide[i] = BigInt(this.#narrow[i]!);
      this.vector.values = this.#wide;
    }
    this.#wide![row] = value;
  }

  appendNull(): number {
    const row = this.vector.length++;
    this.#nulls.set(this.vector, row);
    if (this.#isWide) this.#wide![row] = 0n;
    else this.#narrow[row] = 0;
    return NULL_BYTES;
  }

  clear(): void {
    this.#isWide = false;
    this.vector.values = this.#narrow;
    this.vector.length = 0;
    this.#nulls.clear(this.vector);
  }
}

/** float, date, bool. */
class FixedBuilder extends FixedSizeBuilder {
  readonly vector: ColumnVector;
  protected readonly valueBytes: number;
  readonly #values: Float64Array | Int32Array | Uint8Array;
  readonly #nulls = new NullFlags();

  constructor(type: ColumnType) {
    super();
    this.#values =
      type.kind === "float"
        ? new Float64Array(SCAN_BLOCK_ROWS)
        : type.kind === "date"
          ? new Int32Array(SCAN_BLOCK_ROWS)
          : new Uint8Array(SCAN_BLOCK_ROWS);
    this.vector = new ColumnVector(type, 0, this.#values);
    this.valueBytes = this.#values.BYTES_PER_ELEMENT;
  }

  append(source: ColumnVector, index: number): number {
    if (source.nulls !== null && source.nulls[index] === 1) return this.appendNull();
    const row = this.vector.length++;
    this.#values[row] = source.values![index] as number;
    return this.valueBytes;
  }

  appendNull(): number {
    const row = this.vector.length++;
    this.#values[row] = 0;
    this.#nulls.set(this.vector, row);
    return NULL_BYTES;
  }

  clear(): void {
    this.vector.length = 0;
    this.#nulls.clear(this.vector);
  }
}

/** text, bytes, numeric, variant, interval, uuid: rows lie one after the other in one arena. */
class BytesBuilder implements ColumnBuilder {
  readonly vector: ColumnVector;
  readonly #starts = new Uint32Array(SCAN_BLOCK_ROWS);
  readonly #ends = new Uint32Array(SCAN_BLOCK_ROWS);
  readonly #nulls = new NullFlags();
  #bytes = new Uint8Array(4096);
  #used = 0;
  private touched = 0;

  constructor(type: ColumnType) {
    this.vector = new ColumnVector(type, 0, null);
    this.vector.starts = this.#starts;
    this.vector.ends = this.#ends;
    this.vector.bytes = this.#bytes;
  }

  append(source: ColumnVector, index: number): number {
    if (source.nulls !== null && source.nulls[index] === 1) return this.appendNull();
    const entry = source.codes === null ? index : source.codes[index]!;
    const start = source.starts![entry]!;
    const end = source.ends![entry]!;
    const size = end - start;
    const row = this.vector.length++;
    const at = this.#used;
    if (at + size > this.#bytes.length) this.#grow(at + size);
    const from = source.bytes!;
    if (size > SHORT_COPY) this.#bytes.set(from.subarray(start, end), at);
    else for (let i = 0; i < size; i++) this.#bytes[at + i] = from[start + i]!;
    this.#starts[row] = at;
    this.#ends[row] = at + size;
    this.#used = at + size;
    return size + OFFSET_BYTES;
  }

  appendNull(): number {
    const row = this.vector.length++;
    this.#starts[row] = this.#used;
    this.#ends[row] = this.#used;
    this.#nulls.set(this.vector, row);
    return NULL_BYTES;
  }

  measure(
    chunks: readonly ColumnVector[],
    rows: Int32Array,
    from: number,
    to: number,
    sizes: Float64Array,
  ): void {
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const { nulls, starts, ends } = chunks[row >>> CHUNK_SHIFT]!;
      const at = row & CHUNK_MASK;
      const isNull = nulls !== null && nulls[at] === 1;
      sizes[i]! += isNull ? NULL_BYTES : ends![at]! - starts![at]! + OFFSET_BYTES;
    }
  }

  gather(chunks: readonly ColumnVector[], rows: Int32Array, from: number, to: number): void {
    this.touched = this.#touch(chunks, rows, from, to);
    // The same loop as of the others, but one that only ever calls this class's `append`.
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      this.append(chunks[row >>> CHUNK_SHIFT]!, row & CHUNK_MASK);
    }
  }

  /** Has memory fetch the values. The result means nothing; it is kept so that the loads are. */
  #touch(chunks: readonly ColumnVector[], rows: Int32Array, from: number, to: number): number {
    let sum = 0;
    for (let i = from; i < to; i++) {
      const row = rows[i]!;
      const { bytes, starts } = chunks[row >>> CHUNK_SHIFT]!;
      sum += bytes![starts![row & CHUNK_MASK]!] ?? 0;
    }
    return sum;
  }

  clear(): void {
    this.#used = 0;
    this.vector.length = 0;
    this.#nulls.clear(this.vector);
  }

  #grow(needed: number): void {
    const bytes = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    bytes.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = bytes;
    this.vector.bytes = bytes;
  }
}
