import type { ColumnType, ColumnVector } from "@aegisdb/sql/contract";
import { compareValues } from "../base/compare.js";
import type { Key } from "../base/key.js";
import { AegisError } from "../errors.js";
import type { BlockCells } from "./block-cells.js";
import type { BufferPool } from "./buffer-pool.js";
import type { ZoneMap } from "./contract.js";
import { FILTER_HASH } from "./format.js";
import type { RunSection } from "./reader.js";
import type { SectionIndex } from "./reader-index.js";

export type Report = (problem: string, offset: number) => void;

/**
 * Reads every byte of a section and verifies every checksum and every invariant that readers rely
 * on. Damage is reported and the check goes on with the next part where it can.
 * Precondition: `section` was just opened, on `pool` alone.
 */
export function checkSection(section: RunSection, pool: BufferPool, report: Report): void {
  const start = section.meta.offset;
  try {
    if (!attempt(start, report, () => section.index)) return;
    const { index } = section;
    checkMeta(section, index, report);
    const filterWhole = checkFilterPages(index, pool, report);
    const indexWhole = checkIndexPages(index, pool, report);
    // Without the index no block is found; without the filter they all still are.
    if (!indexWhole) return;
    const walk = new BlockWalk(section, pool, filterWhole, report);
    for (let block = 0; block < index.blockCount; block++) walk.check(block);
    walk.finish();
  } finally {
    section.close();
  }
}

/** Whether `part` came through; CORRUPTION is reported, anything else is not ours to judge. */
function attempt(offset: number, report: Report, part: () => unknown): boolean {
  try {
    part();
    return true;
  } catch (error) {
    if (!(error instanceof AegisError) || error.code !== "CORRUPTION") throw error;
    report(error.message, offset);
    return false;
  }
}

function checkMeta(section: RunSection, index: SectionIndex, report: Report): void {
  const { meta } = section;
  const { root } = index;
  for (const name of ["firstKey", "lastKey", "minSeq", "maxSeq"] as const) {
    if (root[name] !== meta[name]) {
      report(`the section's ${name} is not what the manifest says`, meta.offset + index.rootOffset);
    }
  }
}

function checkFilterPages(index: SectionIndex, pool: BufferPool, report: Report): boolean {
  const { filter, rows } = index.root;
  const start = index.meta.offset + index.filterOffset;
  let whole = true;
  let taken = 0;
  for (let page = 0; page < filter.pages; page++) {
    const read = attempt(start + page * filter.words * 4, report, () => {
      const words = index.filterPages.get(page);
      for (const word of words) if (word !== 0) taken++;
    });
    whole &&= read;
    pool.nextStep();
  }
  if (whole && filter.kind === FILTER_HASH && taken !== filter.keys) {
    report(`the hash index has ${String(taken)} slots for ${String(filter.keys)} keys`, start);
  }
  if (filter.keys > rows) report("the filter has more keys than the section has rows", start);
  return whole;
}

function checkIndexPages(index: SectionIndex, pool: BufferPool, report: Report): boolean {
  let whole = true;
  let expected = 0;
  for (let number = 0; number < index.root.index.length; number++) {
    const offset = index.meta.offset + index.pageOffset[number]!;
    const read = attempt(offset, report, () => {
      const page = index.pages.get(number);
      for (let at = 0; at < page.blocks; at++) {
        if (page.offset(at) !== expected) {
          report(`block ${String(page.firstBlock + at)} does not follow the one before`, offset);
        }
        expected = page.offset(at) + page.blockBytes(at);
      }
      if (page.firstKey(0) !== index.root.index[number]!.firstKey) {
        report("an index page does not begin with the key its root says", offset);
      }
    });
    whole &&= read;
    pool.nextStep();
  }
  if (whole && expected !== index.root.dataBytes) {
    report("the blocks do not fill the section", index.meta.offset + expected);
  }
  return whole;
}

function countNulls(vector: ColumnVector): number {
  let count = 0;
  if (vector.nulls !== null) for (let i = 0; i < vector.length; i++) count += vector.nulls[i]!;
  return count;
}

/** Numbers and bools outside of their zone map; NaN is the largest. */
function countNumbersOutside(vector: ColumnVector, zone: ZoneMap): number {
  const values = vector.values as Float64Array | Int32Array | Uint8Array;
  if (zone.min === null || zone.max === null) return 0;
  const min = Number(zone.min);
  const max = Number(zone.max);
  const { nulls } = vector;
  let outside = 0;
  for (let row = 0; row < vector.length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const value = values[row]!;
    const below = Number.isNaN(min) ? !Number.isNaN(value) : value < min;
    const above = Number.isNaN(value) ? !Number.isNaN(max) : value > max;
    if (below || above) outside++;
  }
  return outside;
}

function countOutside(
  view: BlockCells,
  column: number,
  type: ColumnType,
  { min, max }: ZoneMap,
): number {
  if (min === null && max === null) return 0;
  let outside = 0;
  for (let row = 0; row < view.rows; row++) {
    if (view.isNull(column, row)) continue;
    const value = view.value(column, row);
    if (min !== null && compareValues(type, value, min) < 0) outside++;
    else if (max !== null && compareValues(type, value, max) > 0) outside++;
  }
  return outside;
}

/** Goes through the blocks in order, keeping what has to hold from one to the next. */
class BlockWalk {
  readonly #section: RunSection;
  readonly #pool: BufferPool;
  readonly #index: SectionIndex;
  readonly #report: Report;
  readonly #checksFilter: boolean;
  #lastKey: Key | undefined;
  #lastSeq = 0;
  #keys = 0;
  #tombstones = 0;
  #whole = true;

  constructor(section: RunSection, pool: BufferPool, checksFilter: boolean, report: Report) {
    this.#section = section;
    this.#pool = pool;
    this.#index = section.index;
    this.#checksFilter = checksFilter;
    this.#report = report;
  }

  check(block: number): void {
    const page = this.#index.pages.get(this.#index.pageOf(block));
    const offset = this.#index.meta.offset + page.offset(block - page.firstBlock);
    const name = `block ${String(block)}`;
    const say = (problem: string): void => {
      this.#report(`${name}: ${problem}`, offset);
    };
    const read = attempt(offset, this.#report, () => {
      const view = this.#section.block(block);
      for (let column = 0; column < this.#index.columns; column++) {
        this.#checkColumn(view, column, say);
        this.#pool.nextStep();
      }
      this.#checkKeys(view, say);
      this.#checkSequences(view, say);
    });
    this.#whole &&= read;
    this.#pool.nextStep();
  }

  #checkColumn(view: BlockCells, column: number, say: (problem: string) => void): void {
    const vector: ColumnVector = view.column(column);
    const zone = this.#section.zone(view.block, column);
    const type = this.#index.types[column]!;
    const nulls = countNulls(vector);
    const outside =
      vector.values === null || vector.values instanceof BigInt64Array
        ? countOutside(view, column, type, zone)
        : countNumbersOutside(vector, zone);
    const name = `column ${String(column)}`;
    if (nulls !== zone.nullCount) say(`${name} has not as many nulls as its zone map says`);
    if (outside > 0) say(`${name} has values outside of its zone map`);
  }

  #checkKeys(view: BlockCells, say: (problem: string) => void): void {
    const section = this.#section;
    if (view.key(0) !== section.firstKey(view.block)) say("the first key is not the index's");
    if (view.key(view.rows - 1) !== section.lastKey(view.block)) {
      say("the last key is not the index's");
    }
    const start = section.blockStart(view.block);
    for (let row = 0; row < view.rows; row++) {
      const key = view.key(row);
      const seq = view.seq(row);
      const before = this.#lastKey;
      if (before === undefined || before < key) {
        this.#keys++;
        if (this.#checksFilter && section.find(key) !== start + row) {
          say(`the filter does not lead to the key of row ${String(row)}`);
        }
      } else if (before !== key) say(`the key of row ${String(row)} is out of order`);
      else if (section.hasVersions(view.block) && seq >= this.#lastSeq && this.#lastSeq > 0) {
        say(`the versions at row ${String(row)} are out of order`);
      } else if (row > 0 && !section.hasVersions(view.block)) {
        say(`the key of row ${String(row)} stands twice in a block without sequences`);
      }
      this.#lastKey = key;
      this.#lastSeq = seq;
      this.#pool.nextStep();
    }
  }

  #checkSequences(view: BlockCells, say: (problem: string) => void): void {
    let min = Infinity;
    let max = 0;
    for (let row = 0; row < view.rows; row++) {
      min = Math.min(min, view.seq(row));
      max = Math.max(max, view.seq(row));
      if (view.tombstone(row)) this.#tombstones++;
    }
    if (!this.#section.hasVersions(view.block)) return;
    const page = this.#index.pages.get(this.#index.pageOf(view.block));
    const at = view.block - page.firstBlock;
    if (min !== page.minSeq(at) || max !== page.maxSeq(at)) {
      say("the sequences are not within the index's bounds");
    }
  }

  finish(): void {
    if (!this.#whole) return;
    const { root, meta, rootOffset } = this.#index;
    const offset = meta.offset + rootOffset;
    if (this.#keys !== root.filter.keys) {
      this.#report("the section has not as many keys as its filter", offset);
    }
    if (this.#tombstones !== root.tombstones) {
      this.#report("the section has not as many tombstones as its root says", offset);
    }
    const last = this.#index.blockCount - 1;
    if (
      this.#section.firstKey(0) !== root.firstKey ||
      this.#section.lastKey(last) !== root.lastKey
    ) {
      this.#report("the section's first or last key is not its blocks'", offset);
    }
  }
}
