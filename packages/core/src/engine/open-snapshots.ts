import { assert } from "../errors.js";

/** Entries that are gone may lie before the first open one until they are this many. */
const MAX_GONE = 64;

/**
 * The sequences that open snapshots and transactions read at; versions they need are kept. They
 * come in ascending order, so that the oldest is found at once however many are open.
 */
export class OpenSnapshots {
  private seqs: number[] = [];
  /** Beside `seqs`: how many read at it. */
  private counts: number[] = [];
  /** The first entry that may still be open. */
  private first = 0;
  private open = 0;
  /** Calls under way that read without an entry here. */
  private entered = 0;

  /** Precondition: no lower than any that was added before. */
  add(seq: number): void {
    const last = this.seqs.length - 1;
    if (last >= this.first && this.seqs[last] === seq) {
      if (this.counts[last]!++ === 0) this.open++;
      return;
    }
    assert(last < this.first || this.seqs[last]! < seq, "snapshots are taken in order");
    this.seqs.push(seq);
    this.counts.push(1);
    this.open++;
  }

  remove(seq: number): void {
    const at = this.indexOf(seq);
    assert(this.counts[at]! > 0, "a snapshot is released once");
    if (--this.counts[at]! > 0) return;
    this.open--;
    while (this.first < this.seqs.length && this.counts[this.first] === 0) this.first++;
    if (this.first <= MAX_GONE || this.first <= this.seqs.length / 2) return;
    this.seqs = this.seqs.slice(this.first);
    this.counts = this.counts.slice(this.first);
    this.first = 0;
  }

  /**
   * A call begins to read, and ends before anything else runs. What it commits in between, a block of
   * a sequence for instance, must not take away what it is reading.
   */
  enter(): void {
    this.entered++;
  }

  leave(): void {
    this.entered--;
  }

  /** How many different sequences are read at. */
  get size(): number {
    return this.open;
  }

  /** Ascending. */
  sorted(): number[] {
    return this.seqs.filter((_, i) => i >= this.first && this.counts[i]! > 0);
  }

  /** Infinity when none is open; nothing is older than a call that is reading now. */
  oldest(): number {
    if (this.entered > 0) return 0;
    return this.first < this.seqs.length ? this.seqs[this.first]! : Infinity;
  }

  private indexOf(seq: number): number {
    let low = this.first;
    let high = this.seqs.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.seqs[middle]! < seq) low = middle + 1;
      else high = middle;
    }
    assert(this.seqs[low] === seq, "only what was taken is released");
    return low;
  }
}
