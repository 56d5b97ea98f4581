import { showAs } from "../../base/inspected.js";
import type { SqlSession, TransactionStatus } from "@aegisdb/sql";
import { execInTurns } from "./script.js";
import { prepare, query, sql } from "./sql-calls.js";
import type {
  PreparedStatement,
  QueryOptions,
  QueryResult,
  RowOptions,
  ScriptOptions,
  ScriptResult,
  SqlParameters,
  SqlRow,
} from "./types.js";

/**
 * A session of SQL: BEGIN, COMMIT, ROLLBACK and SAVEPOINT as PostgreSQL has them, settings of its
 * own, and PREPARE. Its awaitable calls run one after the other, in the order in which they were
 * made. Close it, or use `using`: what it has open is then rolled back.
 */
export class Session implements Disposable {
  static {
    showAs(this, "Session", (session) => ({ transactionStatus: session.transactionStatus }));
  }

  readonly #session: SqlSession;
  /** Settles when the calls made so far have ended; undefined when none is under way. */
  #last: Promise<void> | undefined;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** Whether a transaction is open here, and whether it can only be rolled back. */
  get transactionStatus(): TransactionStatus {
    return this.#session.status;
  }

  query<Row = SqlRow>(
    text: string,
    params?: SqlParameters,
    options?: QueryOptions,
  ): Promise<QueryResult<Row>> {
    return this.#inOrder(() => query<Row>(this.#session, text, params, options));
  }

  /** Reads are synchronous; `run` settles when the write is durable or, in a transaction, at once. */
  prepare<Params = unknown[], Row = SqlRow>(
    text: string,
    options?: RowOptions,
  ): PreparedStatement<Params, Row> {
    return prepare(this.#session, text, options);
  }

  sql<Row = SqlRow>(parts: TemplateStringsArray, ...values: readonly unknown[]): Promise<Row[]> {
    return this.#inOrder(() => sql<Row>(this.#session, parts, values));
  }

  exec(script: string, options?: ScriptOptions): Promise<ScriptResult> {
    return this.#inOrder(() => execInTurns(this.#session, script, options));
  }

  /** Rolls back what is open. Idempotent. */
  close(): void {
    this.#session.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Begins at once where nothing is under way, so that a write is visible when this returns. */
  #inOrder<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#last === undefined ? call() : this.#last.then(call);
    const ended = result.then(
      () => undefined,
      () => undefined,
    );
    this.#last = ended;
    void ended.then(() => {
      if (this.#last === ended) this.#last = undefined;
    });
    return result;
  }
}
