import type { ColumnVector } from "@aegisdb/sql/contract";
import type { Key } from "../../base/key.js";
import { MEMTABLE_CHUNK_ROWS } from "../../limits.js";
import type { ChunkedRows } from "../../run/contract.js";
import type { RunSectionWriter } from "../../run/section-writer.js";
import type { CompactionOptions } from "../../tree/compaction.js";
import type { FlushOptions } from "../../tree/flush.js";

/**
 * Bugs in how rows reach a run, for tests that show that they would be noticed. A test puts the
 * functions here in place of the real ones by `vi.mock`; each does what the real one does until
 * `plantRowBug` says otherwise.
 */
export type RowBug =
  /** Two neighbouring rows of a block change places. */
  | "misSort"
  /** A flush leaves out tombstones of rows that are in runs. */
  | "flushForgetsTombstones"
  /** A compaction leaves out tombstones of rows that are further down. */
  | "compactionForgetsTombstones"
  /** A compaction leaves out versions that a snapshot needs. */
  | "compactionForgetsSnapshots";

let planted: RowBug | undefined;

export function plantRowBug(bug: RowBug | undefined): void {
  planted = bug;
}

export function withFlushBugs(options: FlushOptions): FlushOptions {
  if (planted !== "flushForgetsTombstones") return options;
  return { ...options, parts: options.parts.map((part) => ({ ...part, bottom: true })) };
}

export function withCompactionBugs(options: CompactionOptions): CompactionOptions {
  if (planted === "compactionForgetsTombstones") return { ...options, bottom: true };
  if (planted === "compactionForgetsSnapshots") return { ...options, openSnapshots: [] };
  return options;
}

const CHUNK_SHIFT = Math.log2(MEMTABLE_CHUNK_ROWS);
const CHUNK_MASK = MEMTABLE_CHUNK_ROWS - 1;
/** Of so many rows one changes places with the next. */
const EVERY = 20;

type Row = Parameters<RunSectionWriter["add"]>;

/** A writer that knows the order of the keys and gets that of the rows wrong. */
export function withSortBug(Real: typeof RunSectionWriter): typeof RunSectionWriter {
  return class MisSortingWriter extends Real {
    private seen = 0;
    private held: Row | undefined;

    override add(
      key: Key,
      seq: number,
      tombstone: boolean,
      columns: readonly ColumnVector[],
      index: number,
    ): void {
      const { held } = this;
      this.seen++;
      if (held !== undefined) {
        this.held = undefined;
        super.add(held[0], held[1], held[2], columns, index);
        super.add(key, seq, tombstone, held[3], held[4]);
      } else if (planted === "misSort" && this.seen % EVERY === 0) {
        this.held = [key, seq, tombstone, columns, index];
      } else {
        super.add(key, seq, tombstone, columns, index);
      }
    }

    override addRows(source: ChunkedRows, from: number, to: number): number {
      if (planted !== "misSort") return super.addRows(source, from, to);
      for (let i = from; i < to; i++) {
        const row = source.rows[i]!;
        const columns = source.columns.map((chunks) => chunks[row >>> CHUNK_SHIFT]!);
        this.add(source.keys[i]!, source.seqs[i]!, false, columns, row & CHUNK_MASK);
      }
      return to - from;
    }

    override finish(): ReturnType<RunSectionWriter["finish"]> {
      if (this.held !== undefined) super.add(...this.held);
      return super.finish();
    }
  };
}
