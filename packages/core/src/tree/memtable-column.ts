import { ColumnVector, isByteForm, isIntForm, type ColumnType } from "@aegisdb/sql/contract";
import { copyBytes } from "../base/bytes.js";
import { AegisError } from "../errors.js";
import type { MemtableMemory } from "./shared-memory.js";
import { readFloat64, readInt32, readInt64, readLength, varintBytes } from "./row-format.js";

/**
 * One column of a memtable chunk: a `ColumnVector` that grows, filled straight from encoded rows.
 * Memory is shared, so that a frozen memtable goes to a worker by reference. The vector object
 * stays the same for the life of the chunk; its arrays are replaced when they grow.
 */
export interface MemtableColumn {
  readonly vector: ColumnVector;
  /** Reads the value at `offset` of `bytes` into row `index`; returns the offset after it. */
  read(index: number, bytes: Uint8Array, offset: number): number;
  /** Makes row `index` NULL. */
  setNull(index: number): void;
  /** Makes room for `capacity` rows, keeping what is there. */
  grow(capacity: number): void;
  /** Bytes that a value took on average; 0 where that is not what the column's size depends on. */
  meanBytes(rows: number): number;
}

/** First guess of a value's length, for the first arena of a column. */
const EXPECTED_VALUE_BYTES = 16;
/** No arena is made larger than this before it is needed, whatever the chunk before held. */
const MAX_EXPECTED_BYTES = 1024 * 1024;
/** Offsets into an arena are 32 bits wide. */
const MAX_ARENA_BYTES = 0xffff_ffff;

interface Growable<Self> {
  readonly byteLength: number;
  set(from: Self): void;
}

abstract class GrowingColumn implements MemtableColumn {
  readonly vector: ColumnVector;
  protected capacity = 0;
  protected readonly memory: MemtableMemory;

  constructor(type: ColumnType, memory: MemtableMemory) {
    this.vector = new ColumnVector(type, 0, null);
    this.memory = memory;
  }

  meanBytes(_rows: number): number {
    return 0;
  }

  abstract read(index: number, bytes: Uint8Array, offset: number): number;
  protected abstract growValues(capacity: number): void;

  setNull(index: number): void {
    this.vector.nulls ??= this.grown<Uint8Array>(
      new Uint8Array(0),
      new Uint8Array(this.memory.take(this.capacity), 0, this.capacity),
    );
    this.vector.nulls[index] = 1;
  }

  grow(capacity: number): void {
    this.growValues(capacity);
    const { nulls } = this.vector;
    if (nulls !== null)
      this.vector.nulls = this.grown(
        nulls,
        new Uint8Array(this.memory.take(capacity), 0, capacity),
      );
    this.capacity = capacity;
  }

  /** Replaces `old` by the larger `fresh`, copied and accounted for. */
  protected grown<A extends Growable<A>>(old: A, fresh: A): A {
    fresh.set(old);
    this.memory.bytes += fresh.byteLength - old.byteLength;
    return fresh;
  }
}

/** int, timestamp, decimal, time: doubles until a value of the chunk is not a safe integer. */
class IntColumn extends GrowingColumn {
  private narrow: Float64Array | null = new Float64Array(0);
  private wide: BigInt64Array = new BigInt64Array(0);

  override read(index: number, bytes: Uint8Array, offset: number): number {
    const value = readInt64(bytes, offset);
    if (this.narrow !== null) {
      if (typeof value === "number") {
        this.narrow[index] = value;
        return offset + 8;
      }
      this.widen(this.narrow);
    }
    this.wide[index] = BigInt(value);
    return offset + 8;
  }

  private widen(narrow: Float64Array): void {
    this.wide = new BigInt64Array(this.memory.take(narrow.byteLength), 0, narrow.length);
    for (let i = 0; i < narrow.length; i++) this.wide[i] = BigInt(narrow[i]!);
    this.narrow = null;
    this.vector.values = this.wide;
  }

  protected override growValues(capacity: number): void {
    const buffer = this.memory.take(capacity * 8);
    if (this.narrow !== null) {
      this.vector.values = this.narrow = this.grown(
        this.narrow,
        new Float64Array(buffer, 0, capacity),
      );
    } else {
      this.vector.values = this.wide = this.grown(
        this.wide,
        new BigInt64Array(buffer, 0, capacity),
      );
    }
  }
}

class FloatColumn extends GrowingColumn {
  private values: Float64Array = new Float64Array(0);

  override read(index: number, bytes: Uint8Array, offset: number): number {
    this.values[index] = readFloat64(bytes, offset);
    return offset + 8;
  }

  protected override growValues(capacity: number): void {
    const fresh = new Float64Array(this.memory.take(capacity * 8), 0, capacity);
    this.vector.values = this.values = this.grown(this.values, fresh);
  }
}

class DateColumn extends GrowingColumn {
  private values: Int32Array = new Int32Array(0);

  override read(index: number, bytes: Uint8Array, offset: number): number {
    this.values[index] = readInt32(bytes, offset);
    return offset + 4;
  }

  protected override growValues(capacity: number): void {
    const fresh = new Int32Array(this.memory.take(capacity * 4), 0, capacity);
    this.vector.values = this.values = this.grown(this.values, fresh);
  }
}

class BoolColumn extends GrowingColumn {
  private values: Uint8Array = new Uint8Array(0);

  override read(index: number, bytes: Uint8Array, offset: number): number {
    this.values[index] = bytes[offset]!;
    return offset + 1;
  }

  protected override growValues(capacity: number): void {
    const fresh = new Uint8Array(this.memory.take(capacity), 0, capacity);
    this.vector.values = this.values = this.grown(this.values, fresh);
  }
}

/**
 * text, bytes, numeric, variant, interval, uuid: an arena of bytes that grows by doubling. A value
 * ends where the next one starts, so that both stand side by side in memory.
 */
class ByteColumn extends GrowingColumn {
  /** Start of each row's value, and the end of the last one's. */
  private offsets: Uint32Array = new Uint32Array(0);
  private readonly expectedBytes: number;
  private arena: Uint8Array = new Uint8Array(0);
  private used = 0;

  constructor(type: ColumnType, memory: MemtableMemory, expectedBytes: number) {
    super(type, memory);
    this.expectedBytes = expectedBytes;
  }

  override meanBytes(rows: number): number {
    return this.used / rows;
  }

  override setNull(index: number): void {
    super.setNull(index);
    this.offsets[index] = this.used;
    this.offsets[index + 1] = this.used;
  }

  override read(index: number, bytes: Uint8Array, offset: number): number {
    const length = readLength(bytes, offset);
    const at = offset + varintBytes(length);
    const start = this.used;
    const end = start + length;
    if (end > this.arena.length) this.growArena(end);
    const { arena } = this;
    copyBytes(bytes, at, arena, start, length);
    this.offsets[index] = start;
    this.offsets[index + 1] = end;
    this.used = end;
    return at + length;
  }

  private growArena(needed: number): void {
    if (needed > MAX_ARENA_BYTES) {
      throw new AegisError("LIMIT_EXCEEDED", "4,096 rows of one column hold more than 4 GB", {
        hint: "Commit the rows in several transactions.",
      });
    }
    const expected = Math.min(this.capacity * this.expectedBytes, MAX_EXPECTED_BYTES);
    const size = Math.max(needed, Math.min(this.arena.length * 2, MAX_ARENA_BYTES), expected);
    this.arena = this.grown(this.arena, new Uint8Array(this.memory.take(size), 0, size));
    this.vector.bytes = this.arena;
  }

  protected override growValues(capacity: number): void {
    this.offsets = this.grown(
      this.offsets,
      new Uint32Array(this.memory.take((capacity + 1) * 4), 0, capacity + 1),
    );
    this.vector.starts = this.offsets.subarray(0, capacity);
    this.vector.ends = this.offsets.subarray(1);
    this.vector.bytes = this.arena;
  }
}

/** `expectedBytes` is the `meanBytes` of the column before, if there was one. */
export function createMemtableColumn(
  type: ColumnType,
  memory: MemtableMemory,
  expectedBytes: number = EXPECTED_VALUE_BYTES,
): MemtableColumn {
  if (isByteForm(type.kind)) return new ByteColumn(type, memory, expectedBytes);
  if (isIntForm(type.kind)) return new IntColumn(type, memory);
  switch (type.kind) {
    case "float":
      return new FloatColumn(type, memory);
    case "date":
      return new DateColumn(type, memory);
    case "bool":
      return new BoolColumn(type, memory);
    default:
      throw new AegisError("INTERNAL", `no memtable column for kind ${type.kind}`);
  }
}
