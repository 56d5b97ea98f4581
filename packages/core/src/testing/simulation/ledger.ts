import { assert } from "../../errors.js";
import type { SyncLevel } from "../../log/contract.js";

export interface LedgerCommit<State> {
  readonly seq: number;
  /** The database after it. */
  readonly state: State;
  acknowledged: boolean;
}

/**
 * The commits of the model in their order, and what the database has promised about each. After a
 * crash it says which state the database must be in, given how far its log goes. States are never
 * changed once they are here.
 */
export class CommitLedger<State> {
  private base: LedgerCommit<State>;
  private commits: LedgerCommit<State>[] = [];
  private syncedSeq = 0;
  private total = 0;

  constructor(
    private readonly level: SyncLevel,
    empty: State,
  ) {
    this.base = { seq: 0, state: empty, acknowledged: true };
  }

  private get last(): LedgerCommit<State> {
    return this.commits.at(-1) ?? this.base;
  }

  get state(): State {
    return this.last.state;
  }

  get seq(): number {
    return this.last.seq;
  }

  /** Commits ever made. */
  get count(): number {
    return this.total;
  }

  add(seq: number, state: State): LedgerCommit<State> {
    assert(seq > this.seq, `commit ${seq} comes after ${this.seq}`);
    const commit = { seq, state, acknowledged: false };
    this.commits.push(commit);
    this.total++;
    return commit;
  }

  /** Everything up to here was promised to be on the disk, whatever the level. */
  synced(seq: number): void {
    this.syncedSeq = Math.max(this.syncedSeq, seq);
  }

  /**
   * The state a database must be in whose log ends at `seq` after a crash; from now on it is what
   * everybody relies on. Throws if something is missing that was promised to survive.
   */
  recovered(seq: number, power: boolean): { readonly state: State; readonly lost: number } {
    const promised = this.promisedSeq(power);
    assert(seq >= promised, `the log ends at ${seq}, but ${promised} was acknowledged`);
    const state = this.stateAt(seq);
    assert(state !== undefined, `the log ends at ${seq}, where no commit ends`);
    const lost = this.commits.filter((commit) => commit.seq > seq).length;
    this.base = { seq, state, acknowledged: true };
    this.commits = [];
    this.syncedSeq = seq;
    return { state, lost };
  }

  /** The state after the commit of that sequence, if it is known still. */
  stateAt(seq: number): State | undefined {
    return [this.base, ...this.commits].find((commit) => commit.seq === seq)?.state;
  }

  /** The least that must be there after a crash. */
  promisedSeq(power: boolean): number {
    const kept = this.level === "commit" || (this.level === "interval" && !power);
    const acknowledged = kept ? this.commits.findLast((commit) => commit.acknowledged) : undefined;
    return Math.max(this.base.seq, this.syncedSeq, acknowledged?.seq ?? 0);
  }
}
