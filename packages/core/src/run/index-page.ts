import type { ColumnType } from "@aegisdb/sql/contract";
import { ByteReader, ByteWriter } from "../base/bytes.js";
import { readKey, writeKey } from "../base/key-bytes.js";
import type { Key } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import { assert } from "../errors.js";
import type { ZoneMap } from "./contract.js";
import { corrupt, parseAt, type Place } from "./corruption.js";
import { INDEX_PAGE_BYTES } from "./format.js";
import { boundFits, boundValue, type ZoneBounds } from "./zone-map.js";

/**
 * A page of the block index: entries of consecutive blocks, read in place.
 *
 *     u32 number of the first block · u32 blocks · one record a block · heap
 *
 *     record   f64 offset of the block in the section · f64 min seq · f64 max seq ·
 *              u32 place of first key in the heap · u32 place of last key ·
 *              one slot for each column, the sequences and the tombstones
 *     slot     u32 end of the chunk from the block's offset · u32 its checksum · u32 nulls ·
 *              u32 place of the bounds in the heap · u32 length of min · u32 length of max
 *
 * Chunks lie one after the other, so a chunk starts where the one before ends; one that is not
 * there is empty. A length of NO_BOUND is a bound that is not known. Max follows min.
 */
const PAGE_HEADER_BYTES = 8;
const RECORD_HEADER_BYTES = 32;
const SLOT_BYTES = 24;
const NO_BOUND = 0xffff_ffff;

/** Slots after the columns' own. */
export const SEQ_SLOT = 0;
export const TOMBSTONE_SLOT = 1;
export const EXTRA_SLOTS = 2;

function recordBytes(columns: number): number {
  return RECORD_HEADER_BYTES + (columns + EXTRA_SLOTS) * SLOT_BYTES;
}

/** What the index keeps of a chunk. */
export interface ChunkEntry {
  readonly length: number;
  readonly crc: number;
  readonly zone: ZoneBounds;
}

export interface BlockEntry {
  readonly offset: number;
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly firstKey: Key;
  readonly lastKey: Key;
  /** Columns, then sequences and tombstones; null where there is no such chunk. */
  readonly chunks: readonly (ChunkEntry | null)[];
}

export interface BuiltPage {
  readonly bytes: Uint8Array;
  readonly firstKey: Key;
  readonly blocks: number;
}

/** Collects block entries into pages. */
export class IndexBuilder {
  readonly pages: BuiltPage[] = [];
  readonly #records = new ByteWriter(INDEX_PAGE_BYTES);
  readonly #heap = new ByteWriter(1024);
  #firstBlock = 0;
  #firstKey: Key = 0;
  #blocks = 0;

  add(entry: BlockEntry): void {
    if (this.#blocks === 0) this.#firstKey = entry.firstKey;
    this.#blocks++;
    const records = this.#records;
    const heap = this.#heap;
    records.f64(entry.offset);
    records.f64(entry.minSeq);
    records.f64(entry.maxSeq);
    records.u32(heap.length);
    writeKey(heap, entry.firstKey);
    records.u32(heap.length);
    writeKey(heap, entry.lastKey);
    let end = 0;
    for (const chunk of entry.chunks) {
      end += chunk?.length ?? 0;
      assert(end <= 0xffff_ffff, "a block's chunks fit 32-bit offsets");
      records.u32(end);
      records.u32(chunk?.crc ?? 0);
      records.u32(chunk?.zone.nullCount ?? 0);
      records.u32(heap.length);
      this.#bound(chunk?.zone.min ?? null);
      this.#bound(chunk?.zone.max ?? null);
    }
    if (records.length + heap.length >= INDEX_PAGE_BYTES) this.#cut();
  }

  finish(): readonly BuiltPage[] {
    if (this.#blocks > 0) this.#cut();
    return this.pages;
  }

  #bound(bound: Uint8Array | null): void {
    this.#records.u32(bound === null ? NO_BOUND : bound.length);
    if (bound !== null) this.#heap.raw(bound);
  }

  #cut(): void {
    const page = new ByteWriter(PAGE_HEADER_BYTES + this.#records.length + this.#heap.length);
    page.u32(this.#firstBlock);
    page.u32(this.#blocks);
    page.raw(this.#records.view());
    page.raw(this.#heap.view());
    this.pages.push({ bytes: page.view(), firstKey: this.#firstKey, blocks: this.#blocks });
    this.#firstBlock += this.#blocks;
    this.#blocks = 0;
    this.#records.reset();
    this.#heap.reset();
  }
}

/** A page in memory. Its bytes may lie in a slab; what the methods return does not. */
export class IndexPage {
  readonly firstBlock: number;
  readonly blocks: number;
  readonly #types: readonly ColumnType[];
  readonly #form: KeyCodec["form"];
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #recordBytes: number;
  readonly #heap: number;
  readonly #place: Place;
  readonly #keys: (Key | undefined)[];

  constructor(
    types: readonly ColumnType[],
    form: KeyCodec["form"],
    bytes: Uint8Array,
    place: Place,
  ) {
    if (bytes.length < PAGE_HEADER_BYTES) corrupt(place, "an index page is cut off");
    this.#types = types;
    this.#form = form;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#place = place;
    this.firstBlock = this.#view.getUint32(0, true);
    this.blocks = this.#view.getUint32(4, true);
    this.#recordBytes = recordBytes(types.length);
    this.#heap = PAGE_HEADER_BYTES + this.blocks * this.#recordBytes;
    if (this.blocks === 0 || this.#heap > bytes.length) corrupt(place, "an index page is cut off");
    this.#keys = new Array<Key | undefined>(this.blocks * 2);
    this.#validate();
  }

  /** Everything the accessors rely on, once. */
  #validate(): void {
    const slots = this.#types.length + EXTRA_SLOTS;
    const heapBytes = this.#bytes.length - this.#heap;
    for (let index = 0; index < this.blocks; index++) {
      const record = this.#record(index);
      for (const at of [0, 8, 16]) {
        const count = this.#view.getFloat64(record + at, true);
        if (!Number.isSafeInteger(count) || count < 0) this.#fail("holds an impossible count");
      }
      let before = 0;
      for (let slot = 0; slot < slots; slot++) {
        const at = record + RECORD_HEADER_BYTES + slot * SLOT_BYTES;
        const end = this.#view.getUint32(at, true);
        if (end < before) this.#fail("has chunks that overlap");
        before = end;
        let bounds = this.#view.getUint32(at + 12, true);
        for (const side of [16, 20]) {
          const length = this.#view.getUint32(at + side, true);
          if (length === NO_BOUND) continue;
          const type = this.#types[slot];
          if (type === undefined || !boundFits(type, length)) this.#fail("has a bound of no value");
          bounds += length;
        }
        if (bounds > heapBytes) this.#fail("has bounds outside of it");
      }
    }
  }

  #fail(problem: string): never {
    return corrupt(this.#place, `an index page ${problem}`);
  }

  #record(index: number): number {
    return PAGE_HEADER_BYTES + index * this.#recordBytes;
  }

  #slot(index: number, slot: number): number {
    return this.#record(index) + RECORD_HEADER_BYTES + slot * SLOT_BYTES;
  }

  /** Offset of a block in its section. Here and below `index` counts from the page's first block. */
  offset(index: number): number {
    return this.#view.getFloat64(this.#record(index), true);
  }

  minSeq(index: number): number {
    return this.#view.getFloat64(this.#record(index) + 8, true);
  }

  maxSeq(index: number): number {
    return this.#view.getFloat64(this.#record(index) + 16, true);
  }

  firstKey(index: number): Key {
    return this.#key(index * 2, this.#record(index) + 24);
  }

  lastKey(index: number): Key {
    return this.#key(index * 2 + 1, this.#record(index) + 28);
  }

  #key(which: number, at: number): Key {
    const known = this.#keys[which];
    if (known !== undefined) return known;
    const start = this.#heap + this.#view.getUint32(at, true);
    const key = parseAt(this.#place, () => {
      if (start > this.#bytes.length) return this.#fail("has a key outside of it");
      return readKey(new ByteReader(this.#bytes, start));
    });
    if ((typeof key === "string") !== (this.#form === "string")) {
      this.#fail("has a key of another form");
    }
    this.#keys[which] = key;
    return key;
  }

  /** Start of a chunk from its block's offset. */
  chunkStart(index: number, slot: number): number {
    return slot === 0 ? 0 : this.chunkEnd(index, slot - 1);
  }

  chunkEnd(index: number, slot: number): number {
    return this.#view.getUint32(this.#slot(index, slot), true);
  }

  /** End of the block's last chunk. */
  blockBytes(index: number): number {
    return this.chunkEnd(index, this.#types.length + EXTRA_SLOTS - 1);
  }

  crc(index: number, slot: number): number {
    return this.#view.getUint32(this.#slot(index, slot) + 4, true);
  }

  zone(index: number, column: number): ZoneMap {
    const at = this.#slot(index, column);
    const type = this.#types[column]!;
    const start = this.#heap + this.#view.getUint32(at + 12, true);
    const minLength = this.#view.getUint32(at + 16, true);
    const maxLength = this.#view.getUint32(at + 20, true);
    const middle = start + (minLength === NO_BOUND ? 0 : minLength);
    const bytes = this.#bytes;
    return {
      nullCount: this.#view.getUint32(at + 8, true),
      min: minLength === NO_BOUND ? null : boundValue(type, bytes, start, middle),
      max: maxLength === NO_BOUND ? null : boundValue(type, bytes, middle, middle + maxLength),
    };
  }
}
