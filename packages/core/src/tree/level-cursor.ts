import type { Key } from "../base/key.js";
import type { SectionReader } from "../run/contract.js";
import type { VersionCursor } from "./contract.js";
import type { RowBatch } from "./row-batch.js";
import type { RowView } from "./row-view.js";
import { SectionCursor } from "./section-cursor.js";

/** The sections of one level, sorted and disjoint, walked as one. Sections are opened as reached. */
export class LevelCursor implements VersionCursor {
  valid = false;
  private readonly sections: readonly SectionReader[];
  private readonly atSeq: number;
  private place = 0;
  private current: SectionCursor | null = null;

  constructor(sections: readonly SectionReader[], atSeq: number) {
    this.sections = sections;
    this.atSeq = atSeq;
  }

  get key(): Key {
    return this.current!.key;
  }

  get seq(): number {
    return this.current!.seq;
  }

  get tombstone(): boolean {
    return this.current!.tombstone;
  }

  get row(): RowView {
    return this.current!.row;
  }

  seekFirst(): void {
    if (this.open(0)) this.current!.seekFirst();
    this.skipForward();
  }

  seekLast(): void {
    if (this.open(this.sections.length - 1)) this.current!.seekLast();
    this.skipBackward();
  }

  seek(key: Key): void {
    if (this.open(firstSectionEndingAt(this.sections, key))) this.current!.seek(key);
    this.skipForward();
  }

  seekBefore(key: Key): void {
    const after = firstSectionEndingAt(this.sections, key);
    const holdsSmaller = after < this.sections.length && this.sections[after]!.meta.firstKey < key;
    if (this.open(holdsSmaller ? after : after - 1)) this.current!.seekBefore(key);
    this.skipBackward();
  }

  next(): void {
    this.current!.next();
    this.skipForward();
  }

  previous(): void {
    this.current!.previous();
    this.skipBackward();
  }

  take(batch: RowBatch, max: number, end: Key | undefined): void {
    this.current!.take(batch, max, end);
    this.skipForward();
  }

  private open(place: number): boolean {
    const section = this.sections[place];
    if (section === undefined) {
      this.current = null;
      return false;
    }
    if (this.current === null || this.place !== place) {
      this.current = new SectionCursor(section, this.atSeq);
    }
    this.place = place;
    return true;
  }

  private skipForward(): void {
    while (this.current !== null && !this.current.valid) {
      if (this.open(this.place + 1)) this.current.seekFirst();
    }
    this.valid = this.current !== null;
  }

  private skipBackward(): void {
    while (this.current !== null && !this.current.valid) {
      if (this.open(this.place - 1)) this.current.seekLast();
    }
    this.valid = this.current !== null;
  }
}

/** Number of the first of sorted, disjoint sections whose last key is >= `key`. */
export function firstSectionEndingAt(sections: readonly SectionReader[], key: Key): number {
  let low = 0;
  let high = sections.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sections[middle]!.meta.lastKey < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
