import type { Key } from "../base/key.js";

/** The keys one commit wrote: `keys[i]` in the tree `treeIds[i]`. */
export interface CommittedKeys {
  readonly seq: number;
  readonly treeIds: readonly number[];
  readonly keys: readonly Key[];
}

/**
 * The keys of recent commits, kept only while a transaction is open that may have to be validated
 * against them. Single calls and synchronous transactions never leave anything here.
 */
export class CommitHistory {
  private commits: CommittedKeys[] = [];
  private readonly watchers = new Map<number, number>();

  /** From now on commits after `seq` are kept, until as many `unwatch(seq)`. */
  watch(seq: number): void {
    this.watchers.set(seq, (this.watchers.get(seq) ?? 0) + 1);
  }

  unwatch(seq: number): void {
    const count = this.watchers.get(seq)!;
    if (count > 1) this.watchers.set(seq, count - 1);
    else this.watchers.delete(seq);
    if (this.watchers.size === 0) {
      this.commits = [];
      return;
    }
    const oldest = Math.min(...this.watchers.keys());
    const keep = this.commits.findIndex((commit) => commit.seq > oldest);
    if (keep !== 0) this.commits = keep < 0 ? [] : this.commits.slice(keep);
  }

  get watched(): boolean {
    return this.watchers.size > 0;
  }

  add(commit: CommittedKeys): void {
    if (this.watchers.size > 0) this.commits.push(commit);
  }

  /** Commits after `seq`, oldest first. Precondition: `seq` is watched. */
  *after(seq: number): Iterable<CommittedKeys> {
    let low = 0;
    let high = this.commits.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.commits[middle]!.seq > seq) high = middle;
      else low = middle + 1;
    }
    for (let i = low; i < this.commits.length; i++) yield this.commits[i]!;
  }
}
