import { AegisError, assert } from "../../packages/core/src/errors.js";
import type { Isolation } from "../../packages/core/src/engine/contract.js";
import type { HistoryTransaction } from "../../packages/core/src/testing/serializability.js";
import { Observations } from "./observations.js";
import type { Row, Statement } from "./statements.js";

/** A statement with its answer as text, for a comparison with other executions of it. */
export interface RecordedStatement {
  readonly text: string;
  readonly params: readonly (number | null)[];
  readonly answer: string;
}

/** The rows of a statement, in no order, or the SQLSTATE of its failure. */
export function answerOf(rows: readonly unknown[] | AegisError): string {
  if (rows instanceof AegisError) return rows.sqlState ?? rows.code;
  return rows
    .map((row) => JSON.stringify(row))
    .sort()
    .join(" ");
}

/** One attempt of a transaction, from its snapshot to its end. */
export class RecordedTransaction {
  readonly seen: Observations;
  readonly statements: RecordedStatement[] = [];
  /** The place of its commit among all that wrote, if it was one of them. */
  commitPlace: number | undefined;
  wrote = false;
  outcome: "committed" | "aborted" | undefined;
  end = 0;

  constructor(
    readonly id: number,
    readonly isolation: Isolation,
    /** How many commits its snapshot has. */
    readonly snapshotPlace: number,
    readonly begin: number,
    freshVersion: () => number,
  ) {
    this.seen = new Observations(freshVersion);
  }

  answered({ text, params, observe }: Statement, rows: readonly Row[]): void {
    this.statements.push({ text, params, answer: answerOf(rows) });
    observe(rows, this.seen);
  }

  failed({ text, params }: Statement, error: AegisError): void {
    this.statements.push({ text, params, answer: answerOf(error) });
  }
}

/** All transactions of one run, in the order in which they began. */
export class RecordedHistory {
  readonly transactions: RecordedTransaction[] = [];
  /** How often a transaction lost against another. */
  conflicts = 0;
  /** Statements that a constraint refused. */
  refused = 0;
  #time = 0;
  #commits = 0;
  readonly #freshVersion: () => number;

  constructor(freshVersion: () => number) {
    this.#freshVersion = freshVersion;
  }

  /** At the moment of its snapshot. */
  begin(isolation: Isolation): RecordedTransaction {
    const id = this.transactions.length;
    const begin = this.#time++;
    const place = this.#commits;
    const transaction = new RecordedTransaction(id, isolation, place, begin, this.#freshVersion);
    this.transactions.push(transaction);
    return transaction;
  }

  committed(transaction: RecordedTransaction): void {
    transaction.wrote = transaction.seen.operations.some(({ kind }) => kind === "write");
    if (transaction.wrote) transaction.commitPlace = ++this.#commits;
    this.#end(transaction, "committed");
  }

  aborted(transaction: RecordedTransaction): void {
    this.#end(transaction, "aborted");
  }

  get committedCount(): number {
    return this.transactions.filter(({ outcome }) => outcome === "committed").length;
  }

  /** As the checker of anomalies takes it. */
  forChecker(): HistoryTransaction[] {
    return this.transactions.map(({ id, outcome, commitPlace, begin, end, seen }) => {
      assert(outcome !== undefined, `transaction ${id} has ended`);
      const seq = commitPlace === undefined ? {} : { seq: commitPlace };
      return { id, outcome, begin, end, operations: seen.operations, ...seq };
    });
  }

  #end(transaction: RecordedTransaction, outcome: "committed" | "aborted"): void {
    transaction.outcome = outcome;
    transaction.end = this.#time++;
  }
}
