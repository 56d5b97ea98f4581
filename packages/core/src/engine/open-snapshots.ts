/** The sequences that open snapshots and transactions read at; versions they need are kept. */
export class OpenSnapshots {
  private readonly counts = new Map<number, number>();

  add(seq: number): void {
    this.counts.set(seq, (this.counts.get(seq) ?? 0) + 1);
  }

  remove(seq: number): void {
    const count = this.counts.get(seq)!;
    if (count > 1) this.counts.set(seq, count - 1);
    else this.counts.delete(seq);
  }

  get size(): number {
    return this.counts.size;
  }

  /** Ascending. */
  sorted(): number[] {
    return [...this.counts.keys()].sort((a, b) => a - b);
  }

  /** Infinity when none is open. */
  oldest(): number {
    let oldest = Infinity;
    for (const seq of this.counts.keys()) if (seq < oldest) oldest = seq;
    return oldest;
  }
}
