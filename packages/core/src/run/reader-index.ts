import type { ColumnType } from "@aegisdb/sql/contract";
import type { KeyCodec } from "../base/keycode.js";
import { layoutColumns, type Layout, type LayoutColumn } from "../tree/layout.js";
import type { BufferPool } from "./buffer-pool.js";
import type { SectionMeta } from "./contract.js";
import { corrupt, type Place } from "./corruption.js";
import { SECTION_FOOTER_BYTES } from "./format.js";
import { IndexPage } from "./index-page.js";
import { PageCache } from "./page-cache.js";
import { Scratch } from "./scratch.js";
import { decodeFooter, decodeRoot, type FilterShape, type SectionRoot } from "./section-root.js";
import type { SectionSource } from "./section-source.js";

/** Read at once from a section's end: footer, root and often more. */
const TAIL_BYTES = 8 * 1024;
/** Estimated bytes of objects for an entry of the root's index, and of a page's decoded key. */
const INDEX_ENTRY_BYTES = 160;
const KEY_BYTES = 100;
const BLOCK_BYTES = 16;
/** Pool keys of a section: chunks from 0, then index pages and filter pages. */
const INDEX_KEYS: number = 2 ** 31;
const FILTER_KEYS: number = 2 ** 31 + 2 ** 30;

/** Types of the slots after the columns: sequences and tombstones. */
const SEQ_TYPE: ColumnType = { kind: "int" };
const TOMBSTONE_TYPE: ColumnType = { kind: "bool" };

/** Everything a section keeps in memory while it is open, and its pages in the pool. */
export class SectionIndex {
  readonly meta: SectionMeta;
  readonly layout: Layout;
  readonly codec: KeyCodec;
  readonly pool: BufferPool;
  readonly source: SectionSource;
  readonly root: SectionRoot;
  /** Types of all slots: columns, sequences, tombstones. */
  readonly types: readonly ColumnType[];
  readonly columns: number;
  readonly blockCount: number;
  /** Global row of each block's first row, and the row count. */
  readonly blockStart: Uint32Array;
  readonly pages: PageCache<IndexPage>;
  readonly filterPages: PageCache<Uint32Array<ArrayBuffer>>;
  /** Offset of the first filter page and the first index page, and of the root. */
  readonly filterOffset: number;
  readonly indexOffset: number;
  readonly rootOffset: number;
  /** First pool key of the section. */
  readonly poolKey: number;
  /** First block of each index page, and the block count. */
  readonly pageStart: Uint32Array;
  readonly pageOffset: Float64Array;
  readonly #reserved: number;

  /** Reads footer and root. */
  constructor(
    meta: SectionMeta,
    layout: Layout,
    codec: KeyCodec,
    source: SectionSource,
    pool: BufferPool,
  ) {
    const { root, rootOffset } = readRoot(meta, source);
    checkLayout(layout, root.layout, () => source.place(rootOffset));
    this.meta = meta;
    this.layout = layout;
    this.codec = codec;
    this.pool = pool;
    this.source = source;
    this.root = root;
    this.rootOffset = rootOffset;
    const types = layoutColumns(layout).map((column) => column.type);
    this.types = [...types, SEQ_TYPE, TOMBSTONE_TYPE];
    this.columns = types.length;
    this.blockCount = root.blockRows.length;
    this.blockStart = new Uint32Array(this.blockCount + 1);
    root.blockRows.forEach((rows, block) => {
      this.blockStart[block + 1] = this.blockStart[block]! + rows;
    });
    this.filterOffset = root.dataBytes;
    this.indexOffset = root.dataBytes + root.filter.pages * root.filter.words * 4;
    this.pageStart = new Uint32Array(root.index.length + 1);
    this.pageOffset = new Float64Array(root.index.length + 1);
    this.pageOffset[0] = this.indexOffset;
    root.index.forEach((page, i) => {
      this.pageStart[i + 1] = this.pageStart[i]! + page.blocks;
      this.pageOffset[i + 1] = this.pageOffset[i]! + page.length;
    });
    if (this.pageOffset[root.index.length] !== rootOffset) {
      corrupt(source.place(rootOffset), "the parts of a section do not fill it");
    }
    this.poolKey = pool.sectionNumber() * 2 ** 32;
    this.pages = new IndexPages(this, pool, this.poolKey + INDEX_KEYS, root.index.length);
    this.filterPages = new FilterPages(this, pool, this.poolKey + FILTER_KEYS, root.filter.pages);
    this.#reserved =
      root.index.length * INDEX_ENTRY_BYTES +
      root.filter.pages * (BLOCK_BYTES + 4) +
      this.blockCount * (BLOCK_BYTES + 9);
    pool.reserve(this.#reserved);
  }

  /** Number of the index page that has `block`. */
  pageOf(block: number): number {
    const { pageStart } = this;
    let low = 0;
    let high = pageStart.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (pageStart[middle]! <= block) low = middle;
      else high = middle;
    }
    return low;
  }

  /** Block that has a global row. Precondition: the row is in [0, rows). */
  blockOf(row: number): number {
    const { blockStart, blockCount } = this;
    // Blocks have about the same number of rows, so the guess is mostly right or next to it.
    let block = Math.floor((row / this.root.rows) * blockCount);
    if (blockStart[block]! <= row && row < blockStart[block + 1]!) return block;
    let low = 0;
    let high = blockCount;
    while (high - low > 1) {
      block = (low + high) >>> 1;
      if (blockStart[block]! <= row) low = block;
      else high = block;
    }
    return low;
  }

  close(): void {
    this.pages.discardAll();
    this.filterPages.discardAll();
    this.pool.release(this.#reserved);
  }
}

const tails = new Scratch();

function readRoot(
  meta: SectionMeta,
  source: SectionSource,
): { root: SectionRoot; rootOffset: number } {
  const { length } = source;
  const footerOffset = length - SECTION_FOOTER_BYTES;
  if (footerOffset < 0) corrupt(source.place(0), "a section is shorter than its footer");
  const tail = tails.take(Math.min(length, TAIL_BYTES));
  const tailOffset = length - tail.length;
  source.read(tail, tailOffset);
  const place = source.place(footerOffset);
  const footer = decodeFooter(tail.subarray(footerOffset - tailOffset), place);
  if (
    footer.fileId !== meta.fileId ||
    footer.treeId !== meta.treeId ||
    footer.offset !== meta.offset ||
    footer.length !== meta.length
  ) {
    corrupt(place, "a section is not the one that was asked for");
  }
  const { rootOffset, rootLength } = footer;
  if (rootOffset + rootLength !== footerOffset) corrupt(place, "a footer's root is out of place");
  let bytes = tail.subarray(rootOffset - tailOffset, footerOffset - tailOffset);
  if (rootOffset < tailOffset) {
    bytes = new Uint8Array(rootLength);
    source.read(bytes, rootOffset);
  }
  source.verify(bytes, 0, rootLength, footer.rootCrc, rootOffset, "a section's root");
  const root = decodeRoot(bytes, source.place(rootOffset));
  if (root.rows !== meta.rows || root.tombstones !== meta.tombstones) {
    corrupt(source.place(rootOffset), "a section has not the rows that the manifest says");
  }
  return { root, rootOffset };
}

function checkLayout(given: Layout, stored: Layout, place: () => Place): void {
  const same =
    given.access === stored.access &&
    given.pointReads === stored.pointReads &&
    sameColumns(given.key, stored.key) &&
    sameColumns(given.value, stored.value);
  if (!same) corrupt(place(), "the columns of a section are not those of its tree");
}

function sameColumns(a: readonly LayoutColumn[], b: readonly LayoutColumn[]): boolean {
  return (
    a.length === b.length &&
    a.every((column, i) => {
      const other = b[i]!;
      return (
        column.type.kind === other.type.kind &&
        (column.type.kind !== "decimal" ||
          (other.type.kind === "decimal" &&
            column.type.precision === other.type.precision &&
            column.type.scale === other.type.scale)) &&
        (column.descending ?? false) === (other.descending ?? false) &&
        (column.nullable ?? false) === (other.nullable ?? false)
      );
    })
  );
}

class IndexPages extends PageCache<IndexPage> {
  readonly #index: SectionIndex;

  constructor(index: SectionIndex, pool: BufferPool, firstKey: number, count: number) {
    super(pool, firstKey, count);
    this.#index = index;
  }

  protected bytes(page: number): number {
    return this.#index.root.index[page]!.length;
  }

  protected extraBytes(page: number): number {
    return this.#index.root.index[page]!.blocks * 2 * KEY_BYTES;
  }

  protected read(number: number, bytes: Uint8Array<ArrayBuffer>): IndexPage {
    const { source, pageOffset, pageStart, root, types, columns, codec } = this.#index;
    const offset = pageOffset[number]!;
    source.read(bytes, offset);
    source.verify(bytes, 0, bytes.length, root.index[number]!.crc, offset, "an index page");
    const page = new IndexPage(types.slice(0, columns), codec.form, bytes, source.place(offset));
    const blocks = pageStart[number + 1]! - pageStart[number]!;
    if (page.firstBlock !== pageStart[number] || page.blocks !== blocks) {
      corrupt(source.place(offset), "an index page has other blocks than its root says");
    }
    return page;
  }
}

class FilterPages extends PageCache<Uint32Array<ArrayBuffer>> {
  readonly #index: SectionIndex;
  readonly #shape: FilterShape;

  constructor(index: SectionIndex, pool: BufferPool, firstKey: number, count: number) {
    super(pool, firstKey, count);
    this.#index = index;
    this.#shape = index.root.filter;
  }

  protected bytes(): number {
    return this.#shape.words * 4;
  }

  protected extraBytes(): number {
    return 0;
  }

  protected read(number: number, bytes: Uint8Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    const { source, filterOffset } = this.#index;
    const offset = filterOffset + number * bytes.length;
    source.read(bytes, offset);
    source.verify(bytes, 0, bytes.length, this.#shape.crcs[number]!, offset, "a filter page");
    return new Uint32Array(bytes.buffer, bytes.byteOffset, this.#shape.words);
  }
}
