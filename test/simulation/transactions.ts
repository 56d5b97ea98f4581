import type { SqlSession } from "@aegisdb/sql";
import { yieldToEventLoop } from "../../packages/core/src/base/clock.js";
import { Prng } from "../../packages/core/src/base/prng.js";
import { AegisError, assert } from "../../packages/core/src/errors.js";
import type { Transaction } from "../../packages/core/src/transaction.js";
import type {
  CommitLedger,
  LedgerCommit,
} from "../../packages/core/src/testing/simulation/ledger.js";
import {
  outcomeInTime,
  type PendingPromises,
} from "../../packages/core/src/testing/simulation/pending.js";
import { Comparison } from "./comparison.js";
import { readerOfTransaction, type Connection } from "./connection.js";
import type { DatabaseCounts } from "./counts.js";
import { applyKv } from "./model-kv.js";
import { answer, applySql, type Expected } from "./model-sql.js";
import type { DatabaseState } from "./model.js";
import { callKv, isSqlOperation, statementOf, type KvOperation } from "./operations.js";
import type { Operation, SqlOperation } from "./operations.js";
import type { OwnStep } from "./workload.js";

const QUESTION_CHANCE = 0.3;

class RolledBack extends Error {}

type Commit = LedgerCommit<DatabaseState>;
type Transact = OwnStep & { readonly step: "transact" };

export interface TransactionParts {
  readonly connection: Connection;
  readonly ledger: CommitLedger<DatabaseState>;
  readonly counts: DatabaseCounts;
  readonly pending: PendingPromises;
}

/** A transaction of the model beside one of the database. */
interface Work {
  readonly before: DatabaseState;
  state: DatabaseState;
  /** Microseconds: the time that the transaction sees. */
  readonly now: number;
}

/** Changes the database through one connection, and keeps the ledger of what it promised. */
export class DatabaseTransactions {
  private readonly slots = new Map<number, Slot>();
  private readonly connection: Connection;
  private readonly ledger: CommitLedger<DatabaseState>;
  private readonly counts: DatabaseCounts;
  private readonly pending: PendingPromises;
  private readonly questions = new Prng(1);

  constructor({ connection, ledger, counts, pending }: TransactionParts) {
    this.connection = connection;
    this.ledger = ledger;
    this.counts = counts;
    this.pending = pending;
  }

  /** An operation by itself. */
  do(operation: Operation): void {
    if (operation.do === "await") return;
    if (isSqlOperation(operation)) this.statement(operation);
    else this.call(operation);
  }

  private statement(operation: SqlOperation): void {
    const after = this.ledger.state.fork();
    const expected = applySql(after, operation);
    const done = this.given(operation, expected, () => this.connection.run(operation));
    if (done === undefined) return;
    compareAnswer(operation, expected, done.rowCount);
    this.follow(this.note(after), done.durable, () => undefined);
  }

  private call(operation: KvOperation): void {
    const before = this.ledger.state;
    const after = before.fork();
    const value = applyKv(after, operation, this.now());
    const target = this.connection.space(operation.space);
    const promise = callKv(target, operation) as Promise<unknown>;
    const commit = this.noteIfOrdered(after);
    this.follow(commit, promise, (given) => {
      compareAnswer(operation, answer(value), given);
      const noted = commit !== undefined || !after.differsFrom(before);
      assert(noted, `${operation.do} has a place in the log`);
    });
  }

  /** Undefined if it was refused, as it should. */
  private given<T>(operation: SqlOperation, expected: Expected, run: () => T): T | undefined {
    let given: T;
    try {
      given = run();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { text } = statementOf(operation);
      const codes = expected.kind === "refused" ? expected.codes : ["no error"];
      assert(
        codes.includes(error.code),
        `${text} fails with ${error.code} instead of ${codes.join(" or ")}: ${error.message}`,
      );
      this.counts.refused++;
      return undefined;
    }
    if (expected.kind === "answer") return given;
    const { text, params } = statementOf(operation);
    const how = `${expected.codes.join(" or ")}`;
    throw new Error(`${text} -- ${JSON.stringify(params)} is done instead of failing with ${how}`);
  }

  async transact(step: Transact): Promise<void> {
    let work = this.newWork();
    let attempts = 0;
    const body = (tx: Transaction): void | Promise<void> => {
      attempts++;
      work = this.newWork();
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
    const promise = this.connection.transaction(body, { isolation: step.isolation });
    if (step.style === "sync" && !step.abort) {
      this.follow(this.noteMerged(work), promise, () => undefined);
      return;
    }
    // Nothing else commits meanwhile, so a sequence that has moved is this transaction's.
    const error = await outcomeInTime(promise).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (error instanceof RolledBack) return;
    const commit = this.noteMerged(work);
    if (error !== undefined) throw error;
    if (commit !== undefined) commit.acknowledged = true;
    this.counts.retried += attempts - 1;
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
      const done = this.given(operation, expected, () => tx.query(text, [...params]));
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

  begin({ slot, isolation }: OwnStep & { readonly step: "begin" }): void {
    this.slots.get(slot)?.session.close();
    const session = this.connection.session();
    const level = isolation === "serializable" ? "SERIALIZABLE" : "REPEATABLE READ";
    run(session, `BEGIN ISOLATION LEVEL ${level}`);
    // A session takes its snapshot with the first statement after BEGIN.
    run(session, "SAVEPOINT begun");
    this.slots.set(slot, { session, work: this.newWork(), began: this.ledger.count, marks: [] });
  }

  work({ slot, operation }: OwnStep & { readonly step: "work" }): void {
    const open = this.slots.get(slot);
    if (open === undefined) return;
    const { session, work } = open;
    const { text, params } = statementOf(operation);
    const after = work.state.fork();
    const failed = session.status === "failed";
    const expected: Expected = failed
      ? { kind: "refused", codes: ["FAILED_TRANSACTION"] }
      : applySql(after, operation);
    try {
      const done = this.given(operation, expected, () =>
        session.run(session.prepare(text), params),
      );
      if (done === undefined) {
        assert(session.status === "failed", "a failed statement fails its transaction");
        return;
      }
      compareAnswer(operation, expected, done.rowCount);
      work.state = after;
    } catch (error) {
      this.slots.delete(slot);
      session.close();
      this.admitConflict(error, open);
    }
  }

  savepoint(slot: number): void {
    const open = this.slots.get(slot);
    if (open === undefined || open.session.status === "failed") return;
    run(open.session, `SAVEPOINT s${open.marks.length}`);
    open.marks.push(open.work.state);
    open.work.state = open.work.state.fork();
  }

  rollback(slot: number): void {
    const open = this.slots.get(slot);
    const mark = open?.marks.at(-1);
    if (open === undefined || mark === undefined) return;
    run(open.session, `ROLLBACK TO s${open.marks.length - 1}`);
    open.work.state = mark.fork();
    this.counts.savepointRollbacks++;
  }

  async finish({ slot, commit }: OwnStep & { readonly step: "finish" }): Promise<void> {
    const open = this.slots.get(slot);
    if (open === undefined) return;
    this.slots.delete(slot);
    const { session, work } = open;
    const failed = session.status === "failed";
    const prepared = session.prepare(commit ? "COMMIT" : "ROLLBACK");
    const { command, durable } = session.run(prepared, []);
    session.close();
    assert(
      command === (commit && !failed ? "COMMIT" : "ROLLBACK"),
      `${command} ends a transaction`,
    );
    if (command === "ROLLBACK") return;
    const noted = this.noteMerged(work);
    try {
      await outcomeInTime(durable!);
      assert(noted !== undefined || !work.state.differsFrom(work.before), "COMMIT commits");
      if (noted !== undefined) noted.acknowledged = true;
    } catch (error) {
      this.admitConflict(error, open);
      assert(noted === undefined, "a transaction that met a conflict was committed");
    }
  }

  /** Throws the error unless it is a conflict that can be. */
  private admitConflict(error: unknown, { began }: Slot): void {
    if (!isConflict(error)) throw error;
    this.counts.conflicts++;
    assert(this.ledger.count > began, "a transaction that was alone met a conflict");
  }

  /** Removes what has expired, which nobody sees anyway. */
  sweep(): void {
    const swept = this.connection.kv.sweep();
    this.counts.swept += swept;
    this.noteIfOrdered(this.ledger.state.fork());
  }

  /** Gives up what is open. */
  abandon(): void {
    for (const { session } of this.slots.values()) session.close();
    this.slots.clear();
  }

  private now(): number {
    return this.connection.opened.engine.now();
  }

  private newWork(): Work {
    const before = this.ledger.state;
    return { before, state: before.fork(), now: this.now() };
  }

  /** The commit that was just made, if its place in the log shows that there is one. */
  private noteIfOrdered(after: DatabaseState): Commit | undefined {
    const { seq } = this.connection.opened.engine;
    if (seq === this.ledger.seq) return undefined;
    this.counts.commits++;
    return this.ledger.add(seq, after);
  }

  /** What changes anything must have a place in the log. */
  private note(after: DatabaseState): Commit | undefined {
    const before = this.ledger.state;
    const commit = this.noteIfOrdered(after);
    const noted = commit !== undefined || !after.differsFrom(before);
    assert(noted, "what was written has a place in the log");
    return commit;
  }

  private noteMerged({ before, state }: Work): Commit | undefined {
    return this.noteIfOrdered(this.ledger.state.merged(before, state));
  }

  private follow<T>(
    commit: Commit | undefined,
    promise: Promise<T>,
    onDone: (value: T) => void,
  ): void {
    this.pending.follow(promise, (value) => {
      if (commit !== undefined) commit.acknowledged = true;
      onDone(value);
    });
  }
}

interface Slot {
  readonly session: SqlSession;
  readonly work: Work;
  /** Commits so far when it began. */
  readonly began: number;
  /** States at the savepoints. */
  readonly marks: DatabaseState[];
}

function run(session: SqlSession, text: string): void {
  session.run(session.prepare(text), []);
}

function compareAnswer(operation: Operation, expected: Expected, actual: unknown): void {
  if (expected.kind === "refused" || expected.answer === undefined) return;
  const { answer: wanted } = expected;
  assert(actual === wanted, `${operation.do} gives ${String(actual)} instead of ${String(wanted)}`);
}

/** The caller's mistake, which changes nothing. */
function isRefusal(error: unknown): error is AegisError {
  return (
    error instanceof AegisError &&
    error.code !== "SERIALIZATION_FAILURE" &&
    (error.kind === "usage" || error.kind === "missing")
  );
}

function isConflict(error: unknown): boolean {
  return error instanceof AegisError && error.code === "SERIALIZATION_FAILURE";
}
