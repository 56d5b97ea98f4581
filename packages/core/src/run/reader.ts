import type { KeyCodec } from "../base/keycode.js";
import type { Key } from "../base/key.js";
import type { Layout } from "../tree/layout.js";
import type { ReadFile } from "../vfs/contract.js";
import type { BlockCells, BlockHolder } from "./block-cells.js";
import { bloomContains } from "./bloom-filter.js";
import { BufferPool } from "./buffer-pool.js";
import { checkSection } from "./check.js";
import type { SectionMeta, SectionReader, ZoneMap } from "./contract.js";
import { BLOCK_HAS_VERSIONS, FILTER_BLOOM } from "./format.js";
import { EXTRA_SLOTS } from "./index-page.js";
import { HashProbe, pageOf } from "./hash-index.js";
import { hashKey } from "./key-hash.js";
import { KeyProbe } from "./key-probe.js";
import { MAX_POINT_BLOCK_BYTES, PointBlock } from "./point-block.js";
import { SectionIndex } from "./reader-index.js";
import { ScanBlock } from "./scan-block.js";
import { SectionSource } from "./section-source.js";

/**
 * Opens a section for reading. Nothing is read yet. `file` stays open, and the caller's, for as
 * long as the section is in use; several sections may share it.
 */
export function openSection(
  meta: SectionMeta,
  layout: Layout,
  codec: KeyCodec,
  file: ReadFile,
  pool: BufferPool,
): SectionReader {
  return new RunSection(meta, layout, codec, file, pool);
}

/** Objects of a block that has something in the pool: the view and its arrays. */
const BLOCK_VIEW_BYTES = 300;
const SLOT_VIEW_BYTES = 32;
/** Memory of a check: a few blocks. */
const CHECK_POOL_BYTES = 4 * 1024 * 1024;

export class RunSection implements SectionReader, BlockHolder {
  readonly meta: SectionMeta;
  readonly layout: Layout;
  readonly #codec: KeyCodec;
  readonly #file: ReadFile;
  readonly #source: SectionSource;
  readonly #pool: BufferPool;
  readonly keyProbe: KeyProbe;
  readonly #hashProbe = new HashProbe();
  readonly #located = { block: 0, row: 0 };
  #index: SectionIndex | null = null;
  /** By number, the blocks that have something in the pool. */
  #blocks: (BlockCells | undefined)[] = [];
  /** The same; also a second view of a block, if one was held across steps and read again. */
  readonly #held = new Set<BlockCells>();
  readonly #viewBytes: number;

  constructor(
    meta: SectionMeta,
    layout: Layout,
    codec: KeyCodec,
    file: ReadFile,
    pool: BufferPool,
  ) {
    this.meta = meta;
    this.layout = layout;
    this.#codec = codec;
    this.#file = file;
    this.#viewBytes =
      BLOCK_VIEW_BYTES + (layout.key.length + layout.value.length + EXTRA_SLOTS) * SLOT_VIEW_BYTES;
    this.#source = new SectionSource(file, meta.offset, meta.length);
    this.#pool = pool;
    this.keyProbe = new KeyProbe(codec);
  }

  /** Footer and root, read on first use. */
  get index(): SectionIndex {
    return this.#index ?? this.#open();
  }

  #open(): SectionIndex {
    const { meta, layout } = this;
    const index = new SectionIndex(meta, layout, this.#codec, this.#source, this.#pool);
    this.#blocks = new Array<BlockCells | undefined>(index.blockCount).fill(undefined);
    this.#index = index;
    return index;
  }

  get blockCount(): number {
    return this.index.blockCount;
  }

  find(key: Key): number {
    const { index } = this;
    const { filter, rows } = index.root;
    const hash = hashKey(key, filter.seed);
    const number = pageOf(hash, filter.pages);
    const page = index.filterPages.get(number);
    if (filter.kind === FILTER_BLOOM) {
      return bloomContains(page, hash) ? this.#findInOrder(key) : -1;
    }
    const probe = this.#hashProbe;
    probe.start(page, hash, rows);
    if (typeof key === "string") this.keyProbe.start(key);
    for (;;) {
      const row = probe.next();
      if (row < 0) {
        if (row === HashProbe.ABSENT) return -1;
        const offset = index.filterOffset + number * filter.words * 4;
        return HashProbe.fail(row, this.#source.place(offset));
      }
      const block = index.blockOf(row);
      const view = this.#blocks[block] ?? this.#view(block);
      if (view.hasKey(row - index.blockStart[block]!, key)) return row;
    }
  }

  #findInOrder(key: Key): number {
    const { index } = this;
    const block = this.seekBlock(key);
    if (block === index.blockCount || key < this.firstKey(block)) return -1;
    const view = this.block(block);
    const row = view.lowerBound(key);
    return row < view.rows && view.key(row) === key ? index.blockStart[block]! + row : -1;
  }

  locate(globalRow: number): { readonly block: number; readonly row: number } {
    const { index } = this;
    const block = index.blockOf(globalRow);
    this.#located.block = block;
    this.#located.row = globalRow - index.blockStart[block]!;
    return this.#located;
  }

  seekBlock(key: Key): number {
    const { index } = this;
    // The last page whose first key is below `key`: the page after it may begin with `key`, but so
    // may the page end with it.
    const pages = index.root.index;
    let low = 0;
    let high = pages.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (pages[middle]!.firstKey < key) low = middle;
      else high = middle;
    }
    const page = index.pages.get(low);
    let first = 0;
    let last = page.blocks;
    while (first < last) {
      const middle = (first + last) >>> 1;
      if (page.lastKey(middle) < key) first = middle + 1;
      else last = middle;
    }
    return page.firstBlock + first;
  }

  block(block: number): BlockCells {
    const { index } = this;
    if (!(block >= 0 && block < index.blockCount))
      throw new RangeError(`no block ${String(block)}`);
    return this.#blocks[block] ?? this.#view(block);
  }

  #view(block: number): BlockCells {
    const { index } = this;
    if (this.layout.access === "point") {
      const page = index.pages.get(index.pageOf(block));
      if (page.blockBytes(block - page.firstBlock) <= MAX_POINT_BLOCK_BYTES) {
        return new PointBlock(this, block);
      }
    }
    return new ScanBlock(this, block);
  }

  blockRows(block: number): number {
    return this.index.root.blockRows[block]!;
  }

  blockStart(block: number): number {
    return this.index.blockStart[block]!;
  }

  zone(block: number, column: number): ZoneMap {
    const page = this.index.pages.get(this.index.pageOf(block));
    return page.zone(block - page.firstBlock, column);
  }

  firstKey(block: number): Key {
    const page = this.index.pages.get(this.index.pageOf(block));
    return page.firstKey(block - page.firstBlock);
  }

  lastKey(block: number): Key {
    const page = this.index.pages.get(this.index.pageOf(block));
    return page.lastKey(block - page.firstBlock);
  }

  blockMaxSeq(block: number): number {
    const page = this.index.pages.get(this.index.pageOf(block));
    return page.maxSeq(block - page.firstBlock);
  }

  hasVersions(block: number): boolean {
    return (this.index.root.blockFlags[block]! & BLOCK_HAS_VERSIONS) !== 0;
  }

  check(report: (problem: string, offset: number) => void): void {
    // A reader of its own: what is checked comes from the file, not from memory.
    const pool = new BufferPool(CHECK_POOL_BYTES);
    const section = new RunSection(this.meta, this.layout, this.#codec, this.#file, pool);
    checkSection(section, pool, report);
  }

  hold(view: BlockCells): void {
    this.#pool.reserve(this.#viewBytes);
    this.#held.add(view);
    this.#blocks[view.block] ??= view;
  }

  letGo(view: BlockCells): void {
    this.#pool.release(this.#viewBytes);
    this.#held.delete(view);
    if (this.#blocks[view.block] === view) this.#blocks[view.block] = undefined;
  }

  close(): void {
    const index = this.#index;
    if (index === null) return;
    for (const view of this.#held) view.discard();
    index.close();
    this.#index = null;
  }
}
