import type { Key } from "../base/key.js";
import type { BlockView, SectionReader } from "../run/contract.js";
import type { VersionCursor } from "./contract.js";
import type { RowBatch } from "./row-batch.js";
import type { RowView } from "./row-view.js";
import { SectionRow } from "./section-row.js";

/**
 * Ordered walk over the versions of a section that are visible at one sequence.
 *
 * The versions of a key stand together, newest first, and may go on into the next block. In a
 * block without sequences every key stands once and is visible, but its first key may still be an
 * older version of the last key of the block before.
 */
export class SectionCursor implements VersionCursor {
  valid = false;
  key: Key = 0;
  private readonly section: SectionReader;
  private readonly atSeq: number;
  private readonly view = new SectionRow();
  private block: BlockView | null = null;
  private versioned = false;
  private place = 0;

  constructor(section: SectionReader, atSeq: number) {
    this.section = section;
    this.atSeq = atSeq;
  }

  get seq(): number {
    return this.block!.seq(this.place);
  }

  get tombstone(): boolean {
    return this.block!.tombstone(this.place);
  }

  get row(): RowView {
    return this.view.set(this.block!, this.place);
  }

  seekFirst(): void {
    this.settleForward(this.toRow(0, 0));
  }

  seekLast(): void {
    this.settleBackward(this.toLastRow());
  }

  seek(key: Key): void {
    this.settleForward(this.toLowerBound(key));
  }

  seekBefore(key: Key): void {
    this.settleBackward(this.toLowerBound(key) ? this.stepBack() : this.toLastRow());
  }

  next(): void {
    const { key } = this;
    let more = this.stepForward();
    while (more && this.mayContinueKey() && this.keyHere() === key) more = this.stepForward();
    this.settleForward(more);
  }

  previous(): void {
    const { key } = this;
    let mayRepeat = this.mayContinueKey();
    let more = this.stepBack();
    while (more && mayRepeat && this.keyHere() === key) {
      mayRepeat = this.mayContinueKey();
      more = this.stepBack();
    }
    this.settleBackward(more);
  }

  take(batch: RowBatch, max: number, end: Key | undefined): void {
    while (this.valid && batch.count < max && (end === undefined || this.key < end)) {
      const block = this.block!;
      if (this.versioned) {
        if (!block.tombstone(this.place)) batch.push(block, this.place);
      } else {
        const below = end === undefined ? block.rows : block.firstFrom(this.place, end);
        const stop = Math.min(below, this.place + max - batch.count);
        for (let row = this.place; row < stop; row++) {
          if (!block.tombstone(row)) batch.push(block, row);
        }
        if (stop < block.rows) {
          this.place = stop;
          this.key = this.keyHere();
          continue;
        }
        // The next block may begin with an older version of this key.
        this.place = stop - 1;
        this.key = this.keyHere();
      }
      this.next();
    }
  }

  /** From the newest version of a key, to the first visible version here or further on. */
  private settleForward(from: boolean): void {
    let more = from;
    while (more) {
      this.key = this.keyHere();
      if (!this.versioned) break;
      let same = true;
      while (more && same && this.block!.seq(this.place) > this.atSeq) {
        more = this.stepForward();
        same = more && this.keyHere() === this.key;
      }
      if (same) break;
    }
    this.valid = more;
  }

  /** From the oldest version of a key, to the newest visible version here or further back. */
  private settleBackward(from: boolean): void {
    let more = from;
    this.valid = false;
    while (more && !this.valid) {
      this.key = this.keyHere();
      let { block } = this.block!;
      let { place } = this;
      for (;;) {
        if (!this.versioned || this.block!.seq(this.place) <= this.atSeq) {
          this.valid = true;
          block = this.block!.block;
          place = this.place;
        }
        if (!this.mayContinueKey()) break;
        more = this.stepBack();
        if (!more || this.keyHere() !== this.key) break;
      }
      if (this.valid) this.toRow(block, place);
    }
  }

  /** Whether this row and the one before may be versions of one key. */
  private mayContinueKey(): boolean {
    return this.versioned || this.place === 0;
  }

  private keyHere(): Key {
    return this.block!.key(this.place);
  }

  private stepForward(): boolean {
    if (this.place + 1 < this.block!.rows) {
      this.place++;
      return true;
    }
    return this.toRow(this.block!.block + 1, 0);
  }

  private stepBack(): boolean {
    if (this.place > 0) {
      this.place--;
      return true;
    }
    return this.toLastRowOf(this.block!.block - 1);
  }

  /** To the newest version of the first key >= `key`; false if there is none. */
  private toLowerBound(key: Key): boolean {
    const block = this.section.seekBlock(key);
    if (!this.toRow(block, 0)) return false;
    this.place = this.block!.lowerBound(key);
    return this.place < this.block!.rows || this.toRow(block + 1, 0);
  }

  private toLastRow(): boolean {
    return this.toLastRowOf(this.section.blockCount - 1);
  }

  private toLastRowOf(block: number): boolean {
    return block >= 0 && this.toRow(block, this.section.blockRows(block) - 1);
  }

  /** False, with the cursor where it was, if there is no such block. */
  private toRow(block: number, place: number): boolean {
    if (block >= this.section.blockCount) return false;
    if (this.block === null || this.block.block !== block) {
      this.block = this.section.block(block);
      this.versioned = this.section.hasVersions(block);
    }
    this.place = place;
    return true;
  }
}
