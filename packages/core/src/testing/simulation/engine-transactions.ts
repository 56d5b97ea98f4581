import { AegisError, assert } from "../../errors.js";
import type { ManualTransaction } from "../../engine/contract.js";
import type { DatabaseEngine } from "../../engine/engine.js";
import { ModelTransaction } from "./engine-actions.js";
import type { SimulationCounts } from "./counts.js";
import type { CommitLedger, LedgerCommit } from "./ledger.js";
import type { Effect, ModelState } from "./engine-model.js";
import type { EngineStep } from "./engine-steps.js";
import { outcomeInTime, type PendingPromises } from "./pending.js";

class RolledBack extends Error {}

type Commit = LedgerCommit<ModelState>;

type CommitStep = EngineStep & { step: "commit" };

export interface TransactionParts {
  readonly engine: DatabaseEngine;
  readonly ledger: CommitLedger<ModelState>;
  readonly counts: SimulationCounts;
  readonly pending: PendingPromises;
  readonly takeTreeId: () => number;
}

/** Runs the transactions of one open engine, and keeps the ledger of what it promised. */
export class Transactions {
  private readonly slots = new Map<number, Slot>();
  private readonly engine: DatabaseEngine;
  private readonly ledger: CommitLedger<ModelState>;
  private readonly counts: SimulationCounts;

  constructor(private readonly parts: TransactionParts) {
    this.engine = parts.engine;
    this.ledger = parts.ledger;
    this.counts = parts.counts;
  }

  async commit(step: CommitStep): Promise<void> {
    try {
      if (step.style === "auto") this.autocommit(step);
      else await this.transaction(step);
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    }
    if (step.wait) await this.parts.pending.settle();
  }

  private autocommit({ actions, abort }: CommitStep): void {
    const model = this.newModel();
    const { durable } = this.engine.autocommit((tx) => {
      model.runSync(tx, actions);
      if (abort) throw new RolledBack();
    });
    this.follow(this.note(model.effects), durable);
  }

  private async transaction({ style, isolation, actions, abort }: CommitStep): Promise<void> {
    const model = this.newModel();
    const promise = this.engine.transaction(
      (tx) => {
        if (style === "sync") {
          model.runSync(tx, actions);
          if (abort) throw new RolledBack();
          return undefined;
        }
        return model.run(tx, actions).then(() => {
          if (abort) throw new RolledBack();
        });
      },
      { isolation },
    );
    if (style === "sync") {
      if (!abort) this.follow(this.noteIfOrdered(model.effects), promise);
      else await outcomeInTime(promise);
      return;
    }
    // Nothing else commits meanwhile, so a sequence that has moved is this transaction's.
    const error = await outcomeInTime(promise).then(
      () => undefined,
      (reason: Error) => reason,
    );
    const commit = this.noteIfOrdered(model.effects);
    if (error !== undefined) throw error;
    if (commit !== undefined) commit.acknowledged = true;
  }

  begin({ slot, isolation }: EngineStep & { step: "begin" }): void {
    this.slots.get(slot)?.tx.rollback();
    const tx = this.engine.begin({ isolation });
    this.slots.set(slot, { tx, model: this.newModel(), began: this.ledger.count });
  }

  work({ slot, actions }: EngineStep & { step: "work" }): void {
    const open = this.slots.get(slot);
    if (open === undefined) return;
    try {
      open.model.runSync(open.tx, actions);
    } catch (error) {
      this.slots.delete(slot);
      open.tx.rollback();
      if (!isConflict(error)) throw error;
      this.counts.conflicts++;
      assert(this.ledger.count > open.began, "a transaction that was alone met a conflict");
    }
  }

  async finish({ slot, commit }: EngineStep & { step: "finish" }): Promise<void> {
    const open = this.slots.get(slot);
    if (open === undefined) return;
    this.slots.delete(slot);
    if (!commit) {
      open.tx.rollback();
      return;
    }
    const othersCommitted = this.ledger.count > open.began;
    const promise = open.tx.commit();
    const noted = this.noteIfOrdered(open.model.effects);
    try {
      await outcomeInTime(promise);
      if (noted !== undefined) noted.acknowledged = true;
    } catch (error) {
      if (!isConflict(error)) throw error;
      assert(othersCommitted, "a transaction that was alone met a conflict");
      assert(noted === undefined, "a transaction that met a conflict was committed");
      this.counts.conflicts++;
    }
  }

  /** Gives up what is open. */
  abandon(): void {
    for (const { tx } of this.slots.values()) tx.rollback();
    this.slots.clear();
  }

  private newModel(): ModelTransaction {
    return new ModelTransaction(this.ledger.state, this.parts.takeTreeId);
  }

  /** The commit that was just made; its effects must have given it a place. */
  private note(effects: readonly Effect[]): Commit | undefined {
    const commit = this.noteIfOrdered(effects);
    assert(
      (commit !== undefined) === effects.length > 0,
      "what was written has a place in the log",
    );
    return commit;
  }

  private noteIfOrdered(effects: readonly Effect[]): Commit | undefined {
    if (this.engine.seq === this.ledger.seq) return undefined;
    this.counts.commits++;
    const state = this.ledger.state.fork();
    for (const effect of effects) state.apply(effect);
    const problem = state.indexProblem();
    assert(problem === undefined, `the workload keeps the index in step: ${problem}`);
    return this.ledger.add(this.engine.seq, state);
  }

  private follow(commit: Commit | undefined, promise: Promise<unknown>): void {
    this.parts.pending.follow(promise, () => {
      if (commit !== undefined) commit.acknowledged = true;
    });
  }
}

interface Slot {
  readonly tx: ManualTransaction;
  readonly model: ModelTransaction;
  /** Commits so far when it began. */
  readonly began: number;
}

function isConflict(error: unknown): boolean {
  return error instanceof AegisError && error.code === "SERIALIZATION_FAILURE";
}
