import type { Memtable } from "./memtable.js";
import type { SectionReader } from "../run/contract.js";

/** Where versions of a key may stand in a tree. */
export type TreeSource = Memtable | SectionReader;

interface PartRows {
  readonly rows: number[];
  readonly sinceSeqs: number[];
}

/**
 * What one newer source supersedes of one older source, by part (chunk or block) of the older: a
 * row, and the seq of the newer source's first version of its key.
 */
export class Superseded {
  /** How many rows of the newer source were looked up; Infinity for a whole section. */
  lookedUp = 0;
  private readonly parts: Map<number, PartRows>;

  /** Starts empty, or with the same rows as another. */
  constructor(same?: Superseded) {
    this.parts = same === undefined ? new Map<number, PartRows>() : same.parts;
  }

  get isEmpty(): boolean {
    return this.parts.size === 0;
  }

  add(part: number, row: number, sinceSeq: number): void {
    let found = this.parts.get(part);
    if (found === undefined) {
      found = { rows: [], sinceSeqs: [] };
      this.parts.set(part, found);
    }
    found.rows.push(row);
    found.sinceSeqs.push(sinceSeq);
  }

  /** Sets `mask[row]` to 1 for the rows of a part that are superseded at `atSeq`; whether any is. */
  mark(part: number, atSeq: number, mask: Uint8Array): boolean {
    const found = this.parts.get(part);
    if (found === undefined) return false;
    const { rows, sinceSeqs } = found;
    let any = false;
    for (let i = 0; i < rows.length; i++) {
      if (sinceSeqs[i]! > atSeq) continue;
      mask[rows[i]!] = 1;
      any = true;
    }
    return any;
  }
}
