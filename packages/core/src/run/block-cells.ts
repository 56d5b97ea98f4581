import { isByteForm, type ColumnVector, type Value } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import { readText } from "../base/text.js";
import { unpackVariant } from "../base/variant.js";
import { AegisError } from "../errors.js";
import { byteFormValue } from "./cell.js";
import type { ByteSink } from "../base/bytes.js";
import type { BlockView } from "./contract.js";
import { corrupt } from "./corruption.js";
import { BLOCK_HAS_TOMBSTONES, BLOCK_HAS_VERSIONS } from "./format.js";
import { SEQ_SLOT, TOMBSTONE_SLOT } from "./index-page.js";
import type { KeyProbe } from "./key-probe.js";
import type { SectionIndex } from "./reader-index.js";

/** How much further a search looks with each step, until it has passed what it seeks. */
const STEP_GROWTH = 8;

/** Keeps the blocks of a section that have something in the pool. */
export interface BlockHolder {
  readonly index: SectionIndex;
  readonly keyProbe: KeyProbe;
  /** The block has something in the pool now. */
  hold(block: BlockCells): void;
  /** It has nothing there any more. */
  letGo(block: BlockCells): void;
}

/**
 * What can be read of a block, over four ways to reach a value that differ with how the block is
 * kept in memory. Slots are the columns, then sequences and tombstones.
 */
export abstract class BlockCells implements BlockView {
  readonly block: number;
  readonly rows: number;
  protected readonly holder: BlockHolder;
  protected readonly index: SectionIndex;
  readonly #flags: number;
  readonly #keyVectors: ColumnVector[] = [];

  /** Range of the value that `seek` found. */
  start = 0;
  end = 0;

  constructor(holder: BlockHolder, block: number) {
    const { index } = holder;
    this.block = block;
    this.rows = index.root.blockRows[block]!;
    this.holder = holder;
    this.index = index;
    this.#flags = index.root.blockFlags[block]!;
  }

  abstract column(column: number): ColumnVector;
  abstract isNull(column: number, row: number): boolean;
  abstract number(column: number, row: number): number | bigint;
  /** The bytes that hold a byte-form value, in [`start`, `end`) of what is returned. */
  abstract seek(column: number, row: number): Uint8Array;
  /** Gives all memory back to the pool. */
  abstract discard(): void;

  /** Whether the block must have a chunk in a slot. */
  protected requires(slot: number): boolean {
    const { columns } = this.index;
    if (slot === columns + SEQ_SLOT) return (this.#flags & BLOCK_HAS_VERSIONS) !== 0;
    return slot < columns || (this.#flags & BLOCK_HAS_TOMBSTONES) !== 0;
  }

  boolean(column: number, row: number): boolean {
    return this.number(column, row) === 1;
  }

  text(column: number, row: number): string {
    const bytes = this.seek(column, row);
    return readText(bytes, this.start, this.end);
  }

  bytes(column: number, row: number): Uint8Array {
    const bytes = this.seek(column, row);
    return bytes.slice(this.start, this.end);
  }

  copyBytes(column: number, row: number, to: ByteSink): void {
    const bytes = this.seek(column, row);
    to.rawOf(bytes, this.start, this.end);
  }

  json(column: number, row: number): unknown {
    const bytes = this.seek(column, row);
    try {
      return unpackVariant(bytes, this.start, this.end);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  size(column: number, row: number): number {
    this.seek(column, row);
    return this.end - this.start;
  }

  touch(): number {
    return 0;
  }

  value(column: number, row: number): Value {
    if (this.isNull(column, row)) return null;
    const { kind } = this.index.types[column]!;
    if (kind === "bool") return this.boolean(column, row);
    if (!isByteForm(kind)) return this.number(column, row);
    const bytes = this.seek(column, row);
    try {
      return byteFormValue(kind, bytes, this.start, this.end);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  key(row: number): Key {
    const { codec } = this.index;
    if (codec.form === "number") return this.number(0, row);
    try {
      return this.holder.keyProbe.keyOf(this, row);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  /** Vectors of the key columns; valid until the pool's next step. */
  keyColumns(): readonly ColumnVector[] {
    const { length } = this.index.layout.key;
    for (let column = 0; column < length; column++) {
      this.#keyVectors[column] = this.column(column);
    }
    return this.#keyVectors;
  }

  /** Whether a row has `key`, which the holder's probe was started with. */
  hasKey(row: number, key: Key): boolean {
    if (this.index.codec.form === "number") return this.number(0, row) === key;
    try {
      return this.holder.keyProbe.compare(this, row) === 0;
    } catch (error) {
      return this.#refuse(error);
    }
  }

  lowerBound(key: Key): number {
    return typeof key === "string" ? this.#lowerTextBound(0, key) : this.#lowerNumberBound(0, key);
  }

  firstFrom(row: number, key: Key): number {
    return typeof key === "string"
      ? this.#lowerTextBound(row, key)
      : this.#lowerNumberBound(row, key);
  }

  /**
   * The first row from `from` on that is not below `key`. The last row comes first: what it has in
   * common with the key, all rows between it and one that is below the key have, too.
   */
  #lowerTextBound(from: number, key: string): number {
    const { keyProbe } = this.holder;
    keyProbe.start(key);
    let low = from;
    let high = this.rows - 1;
    if (low > high || this.#compare(high, -1) < 0) return this.rows;
    let highCommon = keyProbe.common;
    let lowCommon = -1;
    // The row sought is rarely far: steps grow until one goes too far.
    for (let step = 1; low < high; step *= STEP_GROWTH) {
      const next = Math.min(low + step - 1, (low + high) >>> 1);
      if (this.#compare(next, Math.min(lowCommon, highCommon)) < 0) {
        low = next + 1;
        lowCommon = keyProbe.common;
      } else {
        high = next;
        highCommon = keyProbe.common;
        step = high;
      }
    }
    return low;
  }

  #lowerNumberBound(from: number, key: number | bigint): number {
    let low = from;
    let high = this.rows;
    for (let step = 1; low < high; step *= STEP_GROWTH) {
      const next = Math.min(low + step - 1, (low + high) >>> 1);
      if (this.number(0, next) < key) low = next + 1;
      else {
        high = next;
        step = high;
      }
    }
    return low;
  }

  #compare(row: number, known: number): number {
    try {
      return this.holder.keyProbe.compare(this, row, known);
    } catch (error) {
      return this.#refuse(error);
    }
  }

  seq(row: number): number {
    if ((this.#flags & BLOCK_HAS_VERSIONS) === 0) return 0;
    return this.number(this.index.columns + SEQ_SLOT, row) as number;
  }

  tombstone(row: number): boolean {
    if ((this.#flags & BLOCK_HAS_TOMBSTONES) === 0) return false;
    return this.number(this.index.columns + TOMBSTONE_SLOT, row) === 1;
  }

  /** What refuses to be a value or a key was not written by us, though its checksum is right. */
  #refuse(error: unknown): never {
    // A read that failed says nothing about what is on the disk.
    if (!(error instanceof AegisError) || error.kind === "environment") throw error;
    const { source, pages } = this.index;
    const page = pages.get(this.index.pageOf(this.block));
    const place = source.place(page.offset(this.block - page.firstBlock));
    return corrupt(place, `block ${String(this.block)} holds no valid value: ${error.message}`);
  }
}
