import type { ColumnVector } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { BlockView, SectionReader } from "../run/contract.js";
import { layoutColumns } from "./layout.js";

/** What a step of a compaction has read so far. */
export interface ReadVolume {
  bytes: number;
}

/**
 * Walks every version in sorted, disjoint sections in order, for compaction. The vectors belong to
 * the buffer pool, so `refresh` must be called at the start of each step.
 */
export class SectionWalk {
  key: Key = 0;
  seq = 0;
  tombstone = false;
  /** The row is number `place` of these. A new array per block: the one before stays as it is. */
  columns: readonly ColumnVector[] = [];
  place = -1;
  private readonly sections: readonly SectionReader[];
  private readonly columnCount: number;
  private readonly volume: ReadVolume;
  private section = 0;
  private blockNumber = -1;
  private block: BlockView | null = null;

  /**
   * Before the first row. What is read is added to `volume`. Precondition: there is a section, and
   * none is empty.
   */
  constructor(sections: readonly SectionReader[], volume: ReadVolume) {
    this.sections = sections;
    this.volume = volume;
    this.columnCount = layoutColumns(sections[0]!.layout).length;
  }

  /** Fetches the vectors of the current block again. */
  refresh(): void {
    if (this.block !== null) this.openBlock();
  }

  /** To the next row; false at the end. */
  next(): boolean {
    this.place++;
    if (this.block === null || this.place === this.block.rows) {
      if (!this.nextBlock()) return false;
      this.place = 0;
    }
    const block = this.block!;
    this.key = block.key(this.place);
    this.seq = block.seq(this.place);
    this.tombstone = block.tombstone(this.place);
    return true;
  }

  private nextBlock(): boolean {
    this.blockNumber++;
    if (this.blockNumber === this.sections[this.section]!.blockCount) {
      if (this.section + 1 === this.sections.length) return false;
      this.section++;
      this.blockNumber = 0;
    }
    this.openBlock();
    return true;
  }

  private openBlock(): void {
    const block = this.sections[this.section]!.block(this.blockNumber);
    this.block = block;
    this.columns = Array.from({ length: this.columnCount }, (_, column) => block.column(column));
    for (const { values, bytes } of this.columns) {
      this.volume.bytes += (values?.byteLength ?? 0) + (bytes?.byteLength ?? 0);
    }
  }
}
