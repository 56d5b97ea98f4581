import type { Key } from "../base/key.js";
import { MAX_HISTORY_KEYS } from "../limits.js";
import { OpenSnapshots } from "./open-snapshots.js";

/** The keys one commit wrote: `keys[i]` in the tree `treeIds[i]`. */
interface CommittedKeys {
  readonly seq: number;
  readonly treeIds: readonly number[];
  readonly keys: readonly Key[];
}

/** Keys that nobody needs may lie before the first needed one until they are this many. */
const MAX_GONE = 64;

/**
 * The keys of recent commits, kept only while a transaction is open that may have to be validated
 * against them. Single calls and synchronous transactions never leave anything here.
 *
 * However long a transaction stays open, no more than `MAX_HISTORY_KEYS` are kept: of what was
 * written before those, only the trees are known, and what an old transaction read there is
 * compared with the trees themselves.
 */
export class CommitHistory {
  /** One entry for each key, in the order of the commits. */
  private seqs: number[] = [];
  private treeIds: number[] = [];
  private keys: Key[] = [];
  /** The first entry that is kept. */
  private first = 0;
  /** By tree: the last commit whose keys were forgotten before their time. */
  private readonly forgotten: Map<number, number> = new Map();
  private readonly watchers = new OpenSnapshots();

  /** From now on commits after `seq` are kept, until as many `unwatch(seq)`. */
  watch(seq: number): void {
    this.watchers.add(seq);
  }

  unwatch(seq: number): void {
    this.watchers.remove(seq);
    if (this.watchers.size === 0) {
      this.seqs = [];
      this.treeIds = [];
      this.keys = [];
      this.first = 0;
      this.forgotten.clear();
      return;
    }
    this.first = this.firstAfter(this.watchers.oldest());
    this.dropGone();
  }

  get watched(): boolean {
    return this.watchers.size > 0;
  }

  /** How many keys are kept. */
  get size(): number {
    return this.seqs.length - this.first;
  }

  add({ seq, treeIds, keys }: CommittedKeys): void {
    if (this.watchers.size === 0) return;
    for (let i = 0; i < keys.length; i++) {
      this.seqs.push(seq);
      this.treeIds.push(treeIds[i]!);
      this.keys.push(keys[i]!);
    }
    for (; this.size > MAX_HISTORY_KEYS; this.first++) {
      this.forgotten.set(this.treeIds[this.first]!, this.seqs[this.first]!);
    }
    this.dropGone();
  }

  /**
   * The first key after `seq` of which `isConflict` holds, or undefined; keys that were forgotten
   * are not among those it is asked about. Precondition: `seq` is watched.
   */
  find(seq: number, isConflict: (treeId: number, key: Key) => boolean): Key | undefined {
    for (let i = this.firstAfter(seq); i < this.seqs.length; i++) {
      if (isConflict(this.treeIds[i]!, this.keys[i]!)) return this.keys[i];
    }
    return undefined;
  }

  /** Whether keys of a tree were forgotten that a commit after `seq` wrote. */
  hasForgotten(treeId: number, seq: number): boolean {
    return (this.forgotten.get(treeId) ?? 0) > seq;
  }

  /** Many transactions end one after the other: what they leave is taken off in bulk. */
  private dropGone(): void {
    const { first } = this;
    if (first <= MAX_GONE || first <= this.seqs.length / 2) return;
    this.seqs = this.seqs.slice(first);
    this.treeIds = this.treeIds.slice(first);
    this.keys = this.keys.slice(first);
    this.first = 0;
  }

  private firstAfter(seq: number): number {
    let low = this.first;
    let high = this.seqs.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.seqs[middle]! > seq) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
