import type { ColumnVector } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import { assert } from "../errors.js";
import { MEMTABLE_CHUNK_ROWS, MERGE_STEP_BYTES, MERGE_STEP_ROWS } from "../limits.js";
import type { ChunkedRows, SectionMeta, SectionWriter } from "../run/contract.js";
import type { RunFileWriter } from "../run/writer.js";
import type { FlushSource, RowsInOrder, StepJob } from "./contract.js";
import { layoutColumns } from "./layout.js";
import { createRunFile, type RunTarget } from "./run-target.js";
import { VersionFilter, visibleToAll } from "./version-filter.js";

const CHUNK_SHIFT = Math.log2(MEMTABLE_CHUNK_ROWS);
const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;

export interface FlushOptions extends RunTarget {
  /** A frozen memtable per tree. */
  readonly parts: readonly FlushPart[];
  /** Sequences of the open snapshots, ascending. */
  readonly openSnapshots: readonly number[];
}

interface FlushPart {
  readonly treeId: number;
  readonly memtable: FlushSource;
  /** No run and no older memtable of the tree may hold a key of this one: tombstones are left out. */
  readonly bottom?: boolean;
}

/**
 * Writes frozen memtables into one run file, a section per tree, without the versions that no
 * snapshot needs. The result is empty, and no file is left, if nothing had to be kept. Once the
 * result was taken, the file belongs to the caller and `abandon` leaves it alone.
 */
export function createFlushJob(options: FlushOptions): StepJob<SectionMeta[]> {
  return new FlushJob(options);
}

class FlushJob implements StepJob<SectionMeta[]> {
  private readonly options: FlushOptions;
  private file: RunFileWriter | null = null;
  private nextPart = 0;
  private current: PartFlush | null = null;
  private metas: SectionMeta[] | null = null;

  constructor(options: FlushOptions) {
    this.options = options;
  }

  step(): boolean {
    this.file ??= createRunFile(this.options);
    let left = MERGE_STEP_ROWS;
    while (left > 0) {
      if (this.current === null && !this.startPart(this.file)) {
        this.finishFile(this.file);
        return true;
      }
      left -= this.current!.step(left);
      if (this.current!.finished) this.current = null;
    }
    return false;
  }

  result(): SectionMeta[] {
    assert(this.metas !== null, "the result of a job is taken when the job is finished");
    const { metas } = this;
    this.file = null;
    return metas;
  }

  abandon(): void {
    if (this.file === null) return;
    if (this.metas === null) this.file.abandon();
    else if (this.metas.length > 0) this.options.vfs.remove(this.file.path);
    this.file = null;
  }

  private startPart(file: RunFileWriter): boolean {
    const part = this.options.parts[this.nextPart++];
    if (part === undefined) return false;
    const { openSnapshots } = this.options;
    const { layout } = part.memtable;
    const writer = file.section(part.treeId, layout, visibleToAll(openSnapshots));
    const dropTombstones = part.bottom === true;
    const filter = new VersionFilter({ openSnapshots, dropTombstones });
    this.current = new PartFlush(part.memtable, writer, filter);
    return true;
  }

  private finishFile(file: RunFileWriter): void {
    const metas = file.finish();
    if (metas.length === 0) this.options.vfs.remove(file.path);
    this.metas = metas;
  }
}

/** Keys taken from a memtable at once; their values are copied column by column. */
const KEYS_AT_ONCE = 64;

/** The flush of one memtable. */
class PartFlush {
  finished = false;
  /** Rows of the next keys, in their order; those before `at` are done. */
  private readonly next: ChunkedRows & { readonly keys: Key[] };
  private at = 0;
  private count = 0;
  private readonly memtable: FlushSource;
  private readonly writer: SectionWriter;
  private readonly filter: VersionFilter;
  private readonly cursor: RowsInOrder;
  private readonly chunks: readonly (readonly ColumnVector[])[];
  private started = false;

  constructor(memtable: FlushSource, writer: SectionWriter, filter: VersionFilter) {
    this.memtable = memtable;
    this.writer = writer;
    this.filter = filter;
    this.cursor = memtable.cursor();
    const { layout } = memtable;
    this.chunks = Array.from({ length: memtable.chunkCount() }, (_, c) => memtable.chunk(c));
    this.next = {
      columns: layoutColumns(layout).map((_, c) => this.chunks.map((chunk) => chunk[c]!)),
      rows: new Int32Array(KEYS_AT_ONCE),
      keys: [],
      seqs: new Float64Array(KEYS_AT_ONCE),
    };
  }

  /** Writes about `limit` rows, always whole keys; returns how many it looked at. */
  step(limit: number): number {
    const { cursor, writer } = this;
    if (!this.started) cursor.seekFirst();
    this.started = true;
    const enough = writer.pendingBytes + MERGE_STEP_BYTES;
    let rows = 0;
    while ((this.at < this.count || this.takeKeys()) && rows < limit) {
      rows += this.addNext();
      if (writer.pendingBytes >= enough) rows = limit;
    }
    if (this.at === this.count && !cursor.valid) {
      if (this.writer.rows > 0) this.writer.finish();
      this.finished = true;
    }
    // A part without rows counts as one, so that every step comes nearer to its end.
    return Math.max(rows, 1);
  }

  /** Takes the next keys; false at the end. */
  private takeKeys(): boolean {
    if (!this.cursor.valid) return false;
    const { memtable } = this;
    const { rows, keys, seqs } = this.next;
    this.at = 0;
    this.count = this.cursor.take(rows, KEYS_AT_ONCE, undefined);
    // Rows lie in order of arrival, so that most of a flush of random keys is waiting for memory: in
    // a loop of its own each of these loads is under way while the ones before are.
    for (let i = 0; i < this.count; i++) seqs[i] = memtable.seqOf(rows[i]!);
    for (let i = 0; i < this.count; i++) keys[i] = memtable.keyOf(rows[i]!);
    return true;
  }

  /** Adds the next keys that have but one version, or else all versions of the next key. */
  private addNext(): number {
    let end = this.at;
    while (end < this.count && this.isAlone(this.next.rows[end]!)) end++;
    if (end === this.at) return this.addVersions(this.at++);
    const added = this.writer.addRows(this.next, this.at, end);
    this.at += added;
    return added;
  }

  /** Whether a row is the only version of its key, and no tombstone. */
  private isAlone(row: number): boolean {
    const { memtable } = this;
    return (
      memtable.older(row) < 0 && memtable.endSeqOf(row) === Infinity && !memtable.isTombstone(row)
    );
  }

  /** Adds all versions of a key; returns how many there are. */
  private addVersions(at: number): number {
    const { memtable, chunks } = this;
    const key = this.next.keys[at]!;
    const newest = memtable.newest(this.next.rows[at]!);
    let versions = 0;
    for (let row = newest; row >= 0; row = memtable.older(row)) {
      const seq = memtable.seqOf(row);
      const tombstone = memtable.isTombstone(row);
      const columns = chunks[row >>> CHUNK_SHIFT]!;
      this.filter.add(this.writer, key, seq, tombstone, columns, row & CHUNK_MASK);
      versions++;
    }
    return versions;
  }
}
