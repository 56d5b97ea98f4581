import { assert } from "../../errors.js";
import type { SyncLevel } from "../../log/contract.js";
import { ModelState, type Effect } from "./model.js";

export interface LedgerCommit {
  readonly seq: number;
  /** The database after it. */
  readonly state: ModelState;
  acknowledged: boolean;
}

/**
 * The commits of the model in their order, and what the database has promised about each. After a
 * crash it says which state the database must be in, given how far its log goes.
 */
export class CommitLedger {
  private base: LedgerCommit = { seq: 0, state: new ModelState(), acknowledged: true };
  private commits: LedgerCommit[] = [];
  private syncedSeq = 0;
  private total = 0;

  constructor(private readonly level: SyncLevel) {}

  private get last(): LedgerCommit {
    return this.commits.at(-1) ?? this.base;
  }

  get state(): ModelState {
    return this.last.state;
  }

  get seq(): number {
    return this.last.seq;
  }

  /** Commits ever made. */
  get count(): number {
    return this.total;
  }

  add(seq: number, effects: readonly Effect[]): LedgerCommit {
    assert(seq > this.seq, `commit ${seq} comes after ${this.seq}`);
    const state = this.state.fork();
    for (const effect of effects) state.apply(effect);
    const problem = state.indexProblem();
    assert(problem === undefined, `the workload keeps the index in step: ${problem}`);
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
  recovered(seq: number, power: boolean): ModelState {
    const promised = this.promisedSeq(power);
    assert(seq >= promised, `the log ends at ${seq}, but ${promised} was acknowledged`);
    const found = [this.base, ...this.commits].find((commit) => commit.seq === seq);
    assert(found !== undefined, `the log ends at ${seq}, where no commit ends`);
    this.base = { ...found, acknowledged: true };
    this.commits = [];
    this.syncedSeq = seq;
    return found.state;
  }

  private promisedSeq(power: boolean): number {
    const kept = this.level === "commit" || (this.level === "interval" && !power);
    const acknowledged = kept ? this.commits.findLast((commit) => commit.acknowledged) : undefined;
    return Math.max(this.base.seq, this.syncedSeq, acknowledged?.seq ?? 0);
  }
}
