import { AegisError, assert } from "../../packages/core/src/errors.js";
import type {
  CommitLedger,
  LedgerCommit,
} from "../../packages/core/src/testing/simulation/ledger.js";
import type { PendingPromises } from "../../packages/core/src/testing/simulation/pending.js";
import type { Connection } from "./connection.js";
import type { DatabaseCounts } from "./counts.js";
import type { Expected } from "./model-sql.js";
import type { DatabaseState } from "./model.js";
import { statementOf, type Operation, type SqlOperation } from "./operations.js";

export type Commit = LedgerCommit<DatabaseState>;

export interface CommitParts {
  readonly connection: Connection;
  readonly ledger: CommitLedger<DatabaseState>;
  readonly counts: DatabaseCounts;
  readonly pending: PendingPromises;
}

/** A transaction of the model beside one of the database. */
export interface Work {
  readonly before: DatabaseState;
  state: DatabaseState;
  /** Microseconds: the time that the transaction sees. */
  readonly now: number;
}

/** Keeps the ledger of what is committed through one connection, and of what was promised. */
export class CommitNotes {
  readonly connection: Connection;
  readonly counts: DatabaseCounts;
  readonly ledger: CommitLedger<DatabaseState>;
  private readonly pending: PendingPromises;

  constructor({ connection, ledger, counts, pending }: CommitParts) {
    this.connection = connection;
    this.ledger = ledger;
    this.counts = counts;
    this.pending = pending;
  }

  now(): number {
    return this.connection.opened.engine.now();
  }

  newWork(): Work {
    const before = this.ledger.state;
    return { before, state: before.fork(), now: this.now() };
  }

  /** The commit that was just made, if its place in the log shows that there is one. */
  noteIfOrdered(after: DatabaseState): Commit | undefined {
    const { seq } = this.connection.opened.engine;
    if (seq === this.ledger.seq) return undefined;
    this.counts.commits++;
    return this.ledger.add(seq, after);
  }

  /** What changes anything must have a place in the log. */
  note(after: DatabaseState): Commit | undefined {
    const before = this.ledger.state;
    const commit = this.noteIfOrdered(after);
    const noted = commit !== undefined || !after.differsFrom(before);
    assert(noted, "what was written has a place in the log");
    return commit;
  }

  noteMerged({ before, state }: Work): Commit | undefined {
    return this.noteIfOrdered(this.ledger.state.merged(before, state));
  }

  follow<T>(commit: Commit | undefined, promise: Promise<T>, onDone: (value: T) => void): void {
    this.pending.follow(promise, (value) => {
      if (commit !== undefined) commit.acknowledged = true;
      onDone(value);
    });
  }

  /** Undefined if it was refused, as it should. */
  given<T>(operation: SqlOperation, expected: Expected, run: () => T): T | undefined {
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
}

export function compareAnswer(operation: Operation, expected: Expected, actual: unknown): void {
  if (expected.kind === "refused" || expected.answer === undefined) return;
  const { answer: wanted } = expected;
  const how = `${JSON.stringify(actual)} instead of ${JSON.stringify(wanted)}`;
  assert(actual === wanted, `${operation.do} gives ${how}`);
}

/** The caller's mistake, which changes nothing. */
function isRefusal(error: unknown): error is AegisError {
  return (
    error instanceof AegisError &&
    error.code !== "SERIALIZATION_FAILURE" &&
    (error.kind === "usage" || error.kind === "missing")
  );
}

export function isConflict(error: unknown): boolean {
  return error instanceof AegisError && error.code === "SERIALIZATION_FAILURE";
}
