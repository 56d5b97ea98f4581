import { yieldToEventLoop } from "../../base/clock.js";
import { AegisError, assert } from "../../errors.js";
import type { ManualTransaction } from "../../engine/contract.js";
import type { DatabaseEngine } from "../../engine/engine.js";
import { ModelTransaction } from "./actions.js";
import type { SimulationCounts } from "./counts.js";
import type { CommitLedger, LedgerCommit } from "./ledger.js";
import type { Effect } from "./model.js";
import type { Step } from "./steps.js";

/** Turns of the event loop within which every promise settles. */
const PATIENCE_TURNS = 1000;

class RolledBack extends Error {}

type CommitStep = Step & { step: "commit" };

/** Runs the transactions of one open engine, and keeps the ledger of what it promised. */
export class Transactions {
  private readonly slots = new Map<number, Slot>();
  private readonly waiting = new Set<Promise<unknown>>();
  private readonly errors: Error[] = [];

  constructor(
    private readonly engine: DatabaseEngine,
    private readonly ledger: CommitLedger,
    private readonly counts: SimulationCounts,
    private readonly takeTreeId: () => number,
    /** Whether an error is what the disk has been made to do. */
    private readonly isExpected: (error: unknown) => boolean,
  ) {}

  async commit(step: CommitStep): Promise<void> {
    try {
      if (step.style === "auto") this.autocommit(step);
      else await this.transaction(step);
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    }
    if (step.wait) await this.settle();
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
      else await this.outcome(promise);
      return;
    }
    // Nothing else commits meanwhile, so a sequence that has moved is this transaction's.
    const error = await this.outcome(promise).then(
      () => undefined,
      (reason: Error) => reason,
    );
    const commit = this.noteIfOrdered(model.effects);
    if (error !== undefined) throw error;
    if (commit !== undefined) commit.acknowledged = true;
  }

  begin({ slot, isolation }: Step & { step: "begin" }): void {
    this.slots.get(slot)?.tx.rollback();
    const tx = this.engine.begin({ isolation });
    this.slots.set(slot, { tx, model: this.newModel(), began: this.ledger.count });
  }

  work({ slot, actions }: Step & { step: "work" }): void {
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

  async finish({ slot, commit }: Step & { step: "finish" }): Promise<void> {
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
      await this.outcome(promise);
      if (noted !== undefined) noted.acknowledged = true;
    } catch (error) {
      if (!isConflict(error)) throw error;
      assert(othersCommitted, "a transaction that was alone met a conflict");
      assert(noted === undefined, "a transaction that met a conflict was committed");
      this.counts.conflicts++;
    }
  }

  /** Something else to wait for. */
  waitFor(promise: Promise<unknown>): void {
    this.follow(undefined, promise);
  }

  /** Waits for every promise so far; throws the first error that came of one. */
  async settle(): Promise<void> {
    for (let turn = 0; this.waiting.size > 0; turn++) {
      assert(turn < PATIENCE_TURNS, `${this.waiting.size} promises do not settle`);
      await yieldToEventLoop();
    }
    const error = this.errors.shift();
    if (error !== undefined) throw error;
  }

  /** Gives up what is open. */
  abandon(): void {
    for (const { tx } of this.slots.values()) tx.rollback();
    this.slots.clear();
  }

  private newModel(): ModelTransaction {
    return new ModelTransaction(this.ledger.state, this.takeTreeId);
  }

  /** The commit that was just made; its effects must have given it a place. */
  private note(effects: readonly Effect[]): LedgerCommit | undefined {
    const commit = this.noteIfOrdered(effects);
    assert(
      (commit !== undefined) === effects.length > 0,
      "what was written has a place in the log",
    );
    return commit;
  }

  private noteIfOrdered(effects: readonly Effect[]): LedgerCommit | undefined {
    if (this.engine.seq === this.ledger.seq) return undefined;
    this.counts.commits++;
    return this.ledger.add(this.engine.seq, effects);
  }

  private follow(commit: LedgerCommit | undefined, promise: Promise<unknown>): void {
    const settled = promise.then(
      () => {
        if (commit !== undefined) commit.acknowledged = true;
      },
      (error: Error) => {
        if (!this.isExpected(error)) this.errors.push(error);
      },
    );
    this.waiting.add(settled);
    void settled.finally(() => this.waiting.delete(settled));
  }

  /** How the promise ends, if it does so in time. */
  private async outcome<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const finish = (): void => {
      done = true;
    };
    promise.then(finish, finish);
    for (let turn = 0; !done; turn++) {
      assert(turn < PATIENCE_TURNS, "a transaction's promise does not settle");
      await yieldToEventLoop();
    }
    return promise;
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
