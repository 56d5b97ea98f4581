/**
 * A tree: its active memtable, the frozen ones on their way to disk, and its runs by level.
 *
 *   active ─► frozen (newest first) ─► level 0 (newest first, overlapping)
 *                                    ─► level 1 … n (each sorted and disjoint)
 *
 * Further to the right is older: of two versions of a key the one in the source more to the left
 * is the newer. A source may hold only versions that a snapshot does not see yet; then the search
 * goes on to the right.
 */
import type { Batch } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import { assert } from "../errors.js";
import type { SectionReader } from "../run/contract.js";
import {
  scanGroups,
  sectionsInRange,
  type BatchScanOptions,
  type SourceGroup,
} from "./batch-scan.js";
import type { VersionCursor } from "./contract.js";
import type { Layout } from "./layout.js";
import { firstSectionEndingAt, LevelCursor } from "./level-cursor.js";
import { Memtable } from "./memtable.js";
import { MemtableCursor } from "./memtable-cursor.js";
import { MemtableRow } from "./memtable-row.js";
import { MergeCursor } from "./merge-cursor.js";
import type { RowBatch } from "./row-batch.js";
import type { RowView } from "./row-view.js";
import { SectionCursor } from "./section-cursor.js";
import { SectionPoint } from "./section-point.js";
import type { SharedMemory } from "./shared-memory.js";
import { SupersededRows } from "./supersession.js";
import type { TreeSource } from "./superseded.js";

type Levels = readonly (readonly SectionReader[])[];

export class Tree {
  readonly layout: Layout;
  readonly codec: KeyCodec;
  /** Moves whenever the list of sources changes. */
  epoch = 0;
  private activeMemtable: Memtable;
  private frozenMemtables: readonly Memtable[] = [];
  private sectionLevels: Levels = [[]];
  private readonly superseded = new SupersededRows();
  private readonly memtableRow = new MemtableRow();
  private readonly point = new SectionPoint();

  private readonly memory: SharedMemory | undefined;

  /** `memory` is what memtables are made of; without it they are left to the garbage collector. */
  constructor(layout: Layout, codec: KeyCodec, memory?: SharedMemory) {
    this.layout = layout;
    this.codec = codec;
    this.memory = memory;
    this.activeMemtable = new Memtable(layout, codec, memory);
  }

  /** Where writes go. */
  get active(): Memtable {
    return this.activeMemtable;
  }

  /** Newest first. */
  get frozen(): readonly Memtable[] {
    return this.frozenMemtables;
  }

  /** Level 0 (newest first) always exists; the others are sorted by key. */
  get levels(): Levels {
    return this.sectionLevels;
  }

  /** The runs of a tree that is being opened. */
  setLevels(levels: Levels): void {
    this.sectionLevels = levels.length === 0 ? [[]] : levels;
    this.epoch++;
  }

  /** Puts the active memtable aside and starts a new one; null if there is nothing in it. */
  freeze(): Memtable | null {
    const memtable = this.activeMemtable;
    if (memtable.rowCount === 0) return null;
    this.frozenMemtables = [memtable, ...this.frozenMemtables];
    this.activeMemtable = new Memtable(this.layout, this.codec, this.memory, memtable);
    this.epoch++;
    return memtable;
  }

  /** A flush has written `memtable`, the oldest frozen one; `section` is null if nothing was kept. */
  installFlush(memtable: Memtable, section: SectionReader | null): void {
    assert(this.frozenMemtables.at(-1) === memtable, "memtables are flushed oldest first");
    this.frozenMemtables = this.frozenMemtables.slice(0, -1);
    if (section !== null) {
      this.superseded.replace(memtable, section, this.sectionLevels.flat());
      const [first, ...others] = this.sectionLevels;
      this.sectionLevels = [[section, ...first!], ...others];
    }
    this.epoch++;
  }

  /** A compaction has replaced `inputs` by `outputs` in level `target`. */
  installCompaction(
    inputs: readonly SectionReader[],
    target: number,
    outputs: readonly SectionReader[],
  ): void {
    const gone = new Set(inputs);
    const levels = this.sectionLevels.map((level) => level.filter((section) => !gone.has(section)));
    while (levels.length <= target) levels.push([]);
    levels[target] = [...levels[target]!, ...outputs].sort(byFirstKey);
    this.sectionLevels = levels;
    this.epoch++;
  }

  /** The live row of `key` at `atSeq`, or null. The view is valid until the next read. */
  get(key: Key, atSeq: number): RowView | null {
    const row = this.activeMemtable.find(key, atSeq);
    if (row >= 0) return this.memtableView(this.activeMemtable, row);
    for (const memtable of this.frozenMemtables) {
      const frozenRow = memtable.find(key, atSeq);
      if (frozenRow >= 0) return this.memtableView(memtable, frozenRow);
    }
    return this.getFromRuns(key, atSeq);
  }

  /** As `get(prefix + rest)`; does not make that string while the row is in a memtable. */
  getConcat(prefix: string, rest: string, atSeq: number): RowView | null {
    const row = this.activeMemtable.findConcat(prefix, rest, atSeq);
    if (row >= 0) return this.memtableView(this.activeMemtable, row);
    for (const memtable of this.frozenMemtables) {
      const frozenRow = memtable.findConcat(prefix, rest, atSeq);
      if (frozenRow >= 0) return this.memtableView(memtable, frozenRow);
    }
    return this.getFromRuns(prefix + rest, atSeq);
  }

  /**
   * Fills the empty `batch` with the live rows of `keys` at `atSeq`, in their order. They are valid
   * until the next read. Precondition: there are no more keys than the batch has room for.
   */
  rowsOf(keys: readonly Key[], atSeq: number, batch: RowBatch): void {
    for (const key of keys)
      if (!this.addFromMemtables(key, atSeq, batch)) this.addFromRuns(key, atSeq, batch);
  }

  has(key: Key, atSeq: number): boolean {
    return this.get(key, atSeq) !== null;
  }

  /** Ordered walk over the live rows at `atSeq`. Finds its place again when the sources change. */
  cursor(atSeq: number): VersionCursor {
    return new MergeCursor(new TreeSources(this, atSeq), true);
  }

  /** Ordered walk over the newest versions at `atSeq`, deletions included. */
  versions(atSeq: number): VersionCursor {
    return new MergeCursor(new TreeSources(this, atSeq), false);
  }

  /** The same for a walk that is over before the sources can change: one source needs no merge. */
  briefCursor(atSeq: number): VersionCursor {
    const sources = new TreeSources(this, atSeq);
    const cursors = sources.open();
    return cursors.length === 1 ? cursors[0]! : new MergeCursor(sources, true);
  }

  /**
   * The live rows of a range in no order. A batch is valid until the next one is asked for. The
   * sources are those of the first batch: whoever goes on after a compaction holds its snapshot.
   */
  *scanBatches(options: BatchScanOptions): Generator<Batch, void, undefined> {
    yield* scanGroups(this.groups(options), this.superseded, options);
  }

  private getFromRuns(key: Key, atSeq: number): RowView | null {
    return this.seekInRuns(key, atSeq) ? this.point.live() : null;
  }

  /** Puts `point` on the newest version of `key` in the runs; false if there is none. */
  private seekInRuns(key: Key, atSeq: number): boolean {
    const { point } = this;
    const levels = this.sectionLevels;
    for (const section of levels[0]!) {
      if (point.seek(section, key, atSeq)) return true;
    }
    for (let level = 1; level < levels.length; level++) {
      const section = levels[level]![firstSectionEndingAt(levels[level]!, key)];
      if (section !== undefined && point.seek(section, key, atSeq)) return true;
    }
    return false;
  }

  /** Whether a memtable decides what is at `key`. */
  private addFromMemtables(key: Key, atSeq: number, batch: RowBatch): boolean {
    const row = this.activeMemtable.find(key, atSeq);
    if (row >= 0) {
      this.activeMemtable.addTo(batch, row);
      return true;
    }
    for (const memtable of this.frozenMemtables) {
      const frozenRow = memtable.find(key, atSeq);
      if (frozenRow < 0) continue;
      memtable.addTo(batch, frozenRow);
      return true;
    }
    return false;
  }

  private addFromRuns(key: Key, atSeq: number, batch: RowBatch): void {
    if (this.seekInRuns(key, atSeq)) this.point.addTo(batch);
  }

  private memtableView(memtable: Memtable, row: number): RowView | null {
    return memtable.isTombstone(row) ? null : this.memtableRow.set(memtable, row);
  }

  private groups(options: BatchScanOptions): SourceGroup[] {
    const { atSeq, overlay } = options;
    const groups: SourceGroup[] = [];
    const add = (sources: readonly TreeSource[]): void => {
      if (sources.length > 0) groups.push({ sources, atSeq });
    };
    if (overlay !== undefined) groups.push({ sources: [overlay.memtable], atSeq: overlay.atSeq });
    add([this.activeMemtable]);
    for (const memtable of this.frozenMemtables) add([memtable]);
    const [first, ...others] = this.sectionLevels;
    for (const section of sectionsInRange(first!, options)) add([section]);
    for (const level of others) add(sectionsInRange(level, options));
    return groups;
  }
}

function byFirstKey(a: SectionReader, b: SectionReader): number {
  return a.meta.firstKey < b.meta.firstKey ? -1 : 1;
}

/** The sources of a tree, for merges at one sequence. */
class TreeSources {
  private readonly tree: Tree;
  private readonly atSeq: number;

  constructor(tree: Tree, atSeq: number) {
    this.tree = tree;
    this.atSeq = atSeq;
  }

  get epoch(): number {
    return this.tree.epoch;
  }

  open(): readonly VersionCursor[] {
    const { tree, atSeq } = this;
    const cursors: VersionCursor[] = [];
    if (tree.active.rowCount > 0) cursors.push(new MemtableCursor(tree.active, atSeq));
    for (const memtable of tree.frozen) cursors.push(new MemtableCursor(memtable, atSeq));
    const [first, ...others] = tree.levels;
    for (const section of first!) cursors.push(new SectionCursor(section, atSeq));
    for (const level of others) if (level.length > 0) cursors.push(new LevelCursor(level, atSeq));
    return cursors;
  }
}
