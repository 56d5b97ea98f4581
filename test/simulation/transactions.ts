import { yieldToEventLoop } from "../../packages/core/src/base/clock.js";
import { Prng } from "../../packages/core/src/base/prng.js";
import { assert } from "../../packages/core/src/errors.js";
import { outcomeInTime } from "../../packages/core/src/testing/simulation/pending.js";
import type { Transaction } from "../../packages/core/src/transaction.js";
import { compareAnswer, type CommitNotes, type Work } from "./commits.js";
import { Comparison } from "./comparison.js";
import { readerOfTransaction } from "./connection.js";
import { applyKv } from "./model-kv.js";
import { answer, applySql } from "./model-sql.js";
import {
  callKv,
  isSqlOperation,
  statementOf,
  type KvOperation,
  type Operation,
  type SqlOperation,
} from "./operations.js";
import type { OwnStep } from "./workload.js";

const QUESTION_CHANCE = 0.3;

class RolledBack extends Error {}

type Transact = OwnStep & { readonly step: "transact" };

/** Changes the database by single calls and by transactions over both models. */
export class DatabaseTransactions {
  private readonly questions = new Prng(1);

  constructor(private readonly notes: CommitNotes) {}

  /** An operation by itself. */
  do(operation: Operation): void {
    if (operation.do === "await") return;
    if (isSqlOperation(operation)) this.statement(operation);
    else this.call(operation);
  }

  private statement(operation: SqlOperation): void {
    const after = this.notes.ledger.state.fork();
    const expected = applySql(after, operation);
    const done = this.notes.given(operation, expected, () => this.notes.connection.run(operation));
    if (done === undefined) return;
    compareAnswer(operation, expected, done.rowCount);
    this.notes.follow(this.notes.note(after), done.durable, () => undefined);
  }

  private call(operation: KvOperation): void {
    const before = this.notes.ledger.state;
    const after = before.fork();
    const value = applyKv(after, operation, this.notes.now());
    const target = this.notes.connection.space(operation.space);
    const promise = callKv(target, operation) as Promise<unknown>;
    const commit = this.notes.noteIfOrdered(after);
    this.notes.follow(commit, promise, (given) => {
      compareAnswer(operation, answer(value), given);
      const noted = commit !== undefined || !after.differsFrom(before);
      assert(noted, `${operation.do} has a place in the log`);
    });
  }

  async transact(step: Transact): Promise<void> {
    let work = this.notes.newWork();
    let attempts = 0;
    const body = (tx: Transaction): void | Promise<void> => {
      attempts++;
      work = this.notes.newWork();
      const done =
        step.style === "sync"
          ? this.performAll(tx, work, step)
          : this.performInTurns(tx, work, step);
      const end = (): void => {
        if (step.style === "raced" && attempts === 1) this.do(step.rival);
        if (step.abort) throw new RolledBack();
      };
      return done === undefined ? end() : done.then(end);
    };
    const promise = this.notes.connection.transaction(body, { isolation: step.isolation });
    if (step.style === "sync" && !step.abort) {
      this.notes.follow(this.notes.noteMerged(work), promise, () => undefined);
      return;
    }
    // Nothing else commits meanwhile, so a sequence that has moved is this transaction's.
    const error = await outcomeInTime(promise).then(
      () => undefined,
      (reason: Error) => reason,
    );
    if (error instanceof RolledBack) return;
    const commit = this.notes.noteMerged(work);
    if (error !== undefined) throw error;
    if (commit !== undefined) commit.acknowledged = true;
    this.notes.counts.retried += attempts - 1;
    assert(attempts === 1 || step.style === "raced", "a transaction that was alone met a conflict");
  }

  private performAll(tx: Transaction, work: Work, { operations }: Transact): undefined {
    for (const operation of operations) this.perform(tx, work, operation);
  }

  private async performInTurns(
    tx: Transaction,
    work: Work,
    { operations }: Transact,
  ): Promise<void> {
    for (const operation of operations) {
      if (operation.do === "await") await yieldToEventLoop();
      else this.perform(tx, work, operation);
    }
  }

  private perform(tx: Transaction, work: Work, operation: Operation): void {
    if (operation.do === "await") return;
    if (isSqlOperation(operation)) {
      const { text, params } = statementOf(operation);
      const after = work.state.fork();
      const expected = applySql(after, operation);
      const done = this.notes.given(operation, expected, () => tx.query(text, [...params]));
      if (done !== undefined) {
        compareAnswer(operation, expected, done.rowCount);
        work.state = after;
      }
    } else {
      const value = applyKv(work.state, operation, work.now);
      const space = operation.space === "main" ? tx.kv : tx.kv.namespace(operation.space);
      compareAnswer(operation, answer(value), callKv(space, operation));
    }
    this.ask(tx, work);
  }

  /** Asks the transaction something now and then. */
  private ask(tx: Transaction, { state, now }: Work): void {
    if (!this.questions.chance(QUESTION_CHANCE)) return;
    const where = "in a transaction";
    new Comparison(readerOfTransaction(tx), state, now, where).some(this.questions);
  }

  /** Removes what has expired, which nobody sees anyway. */
  sweep(): void {
    const swept = this.notes.connection.kv.sweep();
    this.notes.counts.swept += swept;
    this.notes.noteIfOrdered(this.notes.ledger.state.fork());
  }
}
