import type { Key } from "../base/key.js";
import type { BlockView, SectionReader } from "../run/contract.js";
import type { RowBatch } from "./row-batch.js";
import type { RowView } from "./row-view.js";
import { SectionRow } from "./section-row.js";

/** Finds one key's version in a section; used again for the next. */
export class SectionPoint {
  private readonly view = new SectionRow();
  private block: BlockView | null = null;
  private row = 0;

  /** To the newest version of `key` with seq <= `atSeq`; false if the section has none. */
  seek(section: SectionReader, key: Key, atSeq: number): boolean {
    const { meta } = section;
    if (key < meta.firstKey || key > meta.lastKey) return false;
    const newest = section.find(key);
    if (newest < 0) return false;
    const place = section.locate(newest);
    this.block = section.block(place.block);
    this.row = place.row;
    return this.block.seq(this.row) <= atSeq || this.seekOlder(section, key, atSeq);
  }

  /** The row found; null if it is a tombstone. Precondition: `seek` was true. */
  live(): RowView | null {
    return this.block!.tombstone(this.row) ? null : this.view.set(this.block!, this.row);
  }

  /** Adds the row found to `batch`, unless it is a tombstone. Precondition: `seek` was true. */
  addTo(batch: RowBatch): void {
    if (!this.block!.tombstone(this.row)) batch.push(this.block!, this.row);
  }

  private seekOlder(section: SectionReader, key: Key, atSeq: number): boolean {
    let block = this.block!;
    for (;;) {
      this.row++;
      if (this.row === block.rows) {
        if (block.block + 1 === section.blockCount) return false;
        block = section.block(block.block + 1);
        this.block = block;
        this.row = 0;
      }
      if (block.key(this.row) !== key) return false;
      if (block.seq(this.row) <= atSeq) return true;
    }
  }
}
