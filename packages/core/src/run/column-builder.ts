import { ColumnVector, isByteForm, isIntForm, type ColumnType } from "@aegisdb/sql/contract";
import { SCAN_BLOCK_ROWS } from "../limits.js";

/**
 * Collects one column of the block being written, copied value by value from a source's vectors.
 * `vector` is what was collected, flat, in the form the chunk encoder takes.
 */
export interface ColumnBuilder {
  readonly vector: ColumnVector;
  /** Copies row `index` of `source`; returns the uncompressed bytes it adds. */
  append(source: ColumnVector, index: number): number;
  appendNull(): number;
  /** Forgets everything, keeping the memory. */
  clear(): void;
}

/** Up to this many bytes a loop beats the call of `set` with a fresh view. */
const SHORT_COPY = 40;

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

/** int, timestamp, decimal, time: doubles until one of the block's values is not a safe integer. */
class IntBuilder implements ColumnBuilder {
  readonly vector: ColumnVector;
  readonly #narrow = new Float64Array(SCAN_BLOCK_ROWS);
  readonly #nulls = new NullFlags();
  #wide: BigInt64Array | null = null;
  #isWide = false;

  constructor(type: ColumnType) {
    this.vector = new ColumnVector(type, 0, this.#narrow);
  }

  append(source: ColumnVector, index: number): number {
    if (source.nulls !== null && source.nulls[index] === 1) return this.appendNull();
    const row = this.vector.length++;
    const value = source.values![index]!;
    if (typeof value === "number" && !this.#isWide) this.#narrow[row] = value;
    else this.#appendWide(row, BigInt(value));
    return 8;
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
    return 1;
  }

  clear(): void {
    this.#isWide = false;
    this.vector.values = this.#narrow;
    this.vector.length = 0;
    this.#nulls.clear(this.vector);
  }
}

/** float, date, bool. */
class FixedBuilder implements ColumnBuilder {
  readonly vector: ColumnVector;
  readonly #values: Float64Array | Int32Array | Uint8Array;
  readonly #nulls = new NullFlags();

  constructor(type: ColumnType) {
    this.#values =
      type.kind === "float"
        ? new Float64Array(SCAN_BLOCK_ROWS)
        : type.kind === "date"
          ? new Int32Array(SCAN_BLOCK_ROWS)
          : new Uint8Array(SCAN_BLOCK_ROWS);
    this.vector = new ColumnVector(type, 0, this.#values);
  }

  append(source: ColumnVector, index: number): number {
    if (source.nulls !== null && source.nulls[index] === 1) return this.appendNull();
    const row = this.vector.length++;
    this.#values[row] = source.values![index] as number;
    return this.#values.BYTES_PER_ELEMENT;
  }

  appendNull(): number {
    const row = this.vector.length++;
    this.#values[row] = 0;
    this.#nulls.set(this.vector, row);
    return 1;
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
    return size + 4;
  }

  appendNull(): number {
    const row = this.vector.length++;
    this.#starts[row] = this.#used;
    this.#ends[row] = this.#used;
    this.#nulls.set(this.vector, row);
    return 1;
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
