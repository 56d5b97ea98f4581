import type { Key } from "../base/key.js";
import { OpenSnapshots } from "./open-snapshots.js";

/** The keys one commit wrote: `keys[i]` in the tree `treeIds[i]`. */
export interface CommittedKeys {
  readonly seq: number;
  readonly treeIds: readonly number[];
  readonly keys: readonly Key[];
}

/** Commits that nobody needs may lie before the first needed one until they are this many. */
const MAX_GONE = 64;

/**
 * The keys of recent commits, kept only while a transaction is open that may have to be validated
 * against them. Single calls and synchronous transactions never leave anything here.
 */
export class CommitHistory {
  private commits: CommittedKeys[] = [];
  private readonly watchers = new OpenSnapshots();

  /** From now on commits after `seq` are kept, until as many `unwatch(seq)`. */
  watch(seq: number): void {
    this.watchers.add(seq);
  }

  unwatch(seq: number): void {
    this.watchers.remove(seq);
    if (this.watchers.size === 0) {
      this.commits = [];
      return;
    }
    const gone = this.firstAfter(this.watchers.oldest());
    // Many transactions end one after the other: what they leave is taken off in bulk.
    if (gone > MAX_GONE && gone > this.commits.length / 2) this.commits = this.commits.slice(gone);
  }

  get watched(): boolean {
    return this.watchers.size > 0;
  }

  add(commit: CommittedKeys): void {
    if (this.watchers.size > 0) this.commits.push(commit);
  }

  /** Commits after `seq`, oldest first. Precondition: `seq` is watched. */
  *after(seq: number): Iterable<CommittedKeys> {
    for (let i = this.firstAfter(seq); i < this.commits.length; i++) yield this.commits[i]!;
  }

  private firstAfter(seq: number): number {
    let low = 0;
    let high = this.commits.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.commits[middle]!.seq > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
