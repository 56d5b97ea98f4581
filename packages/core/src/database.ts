import { Prng, randomSeed } from "./base/prng.js";
import type { CheckReport } from "./engine/check.js";
import type { TransactionOptions } from "./engine/contract.js";
import * as lifeCycle from "./engine/life-cycle.js";
import type { OpenedEngine } from "./engine/open-engine.js";
import { databaseStats, type DatabaseStats } from "./engine/stats.js";
import { showAs } from "./base/inspected.js";
import { AegisError } from "./errors.js";
import { KeyValueStore } from "./kv/index.js";
import type { ResolvedOptions } from "./options.js";
import * as calls from "./query/api/index.js";
import {
  checkDatabase,
  describeTable,
  describeTables,
  type TableDescription,
} from "./query/index.js";
import { DatabaseSnapshot } from "./snapshot.js";
import { Transaction } from "./transaction.js";

/** An open database. Reads are synchronous; every write's promise settles when it is durable. */
export class Database implements AsyncDisposable {
  static {
    showAs(this, "Database", (db) => ({ path: db.path }));
  }

  /** Keys and values: the default namespace, and `namespace(name)` for others. */
  readonly kv: KeyValueStore;
  /** The directory, or ":memory:". */
  readonly path: string;
  readonly #opened: OpenedEngine;
  readonly #sql: calls.SqlDatabase;
  #closing: Promise<void> | undefined;

  constructor(opened: OpenedEngine, options: ResolvedOptions) {
    this.#opened = opened;
    this.path = options.path;
    this.kv = new KeyValueStore(opened.engine, {
      maxValueBytes: options.kvMaxValueBytes,
      sweepIntervalMs: options.kvSweepIntervalMs,
    });
    this.#sql = new calls.SqlDatabase(opened.engine, new Prng(randomSeed()), options.maxQueryBytes);
  }

  /**
   * Runs a statement of SQL. A long read gives the event loop back every few milliseconds and stays
   * on the instant of its call. A write is visible when this returns; the promise settles once it
   * is durable.
   */
  query<Row = calls.SqlRow>(
    text: string,
    params?: calls.SqlParameters,
    options?: calls.QueryOptions,
  ): Promise<calls.QueryResult<Row>> {
    return calls.query(this.#sql.statements, text, params, options);
  }

  /** A statement to run many times: parsed now, planned once. Its reads are synchronous. */
  prepare<Params = unknown[], Row = calls.SqlRow>(
    text: string,
    options?: calls.RowOptions,
  ): calls.PreparedStatement<Params, Row> {
    return calls.prepare(this.#sql.statements, text, options);
  }

  /** A template tag: values become parameters. Gives the rows. */
  sql<Row = calls.SqlRow>(
    parts: TemplateStringsArray,
    ...values: readonly unknown[]
  ): Promise<Row[]> {
    return calls.sql(this.#sql.statements, parts, values);
  }

  /**
   * Runs the statements of a script, each a transaction of its own unless the script says BEGIN.
   * Lines for the psql shell are skipped with a notice, so that dumps load.
   */
  exec(script: string, options?: calls.ScriptOptions): Promise<calls.ScriptResult> {
    return this.#sql.exec(script, options);
  }

  /** A session with its own BEGIN, COMMIT and SET. Close it when done. */
  session(): calls.Session {
    return this.#sql.session();
  }

  /** How a statement is, or with `analyze` was, executed. */
  explain(text: string, options?: calls.ExplainOptions & { readonly format?: "text" }): string;
  explain(text: string, options: calls.ExplainOptions & { readonly format: "json" }): unknown;
  explain(text: string, options: calls.ExplainOptions = {}): unknown {
    return calls.explain(this.#sql.statements, text, options);
  }

  /** The tables of all schemas as they are now. */
  tables(): TableDescription[] {
    return describeTables(this.#sql.host);
  }

  /** A table by "name" or "schema.name"; undefined if there is none. */
  table(name: string): TableDescription | undefined {
    return describeTable(this.#sql.host, name);
  }

  /**
   * Runs `fn` as one transaction over all models; `fn` may be asynchronous. Resolves with what it
   * returned when the commit is durable; a throw rolls back. A transaction that lost against
   * another is run again, up to `maxRetries` times.
   */
  async transaction<T>(
    fn: (tx: Transaction) => T | Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    if (typeof fn !== "function") {
      throw new AegisError("INVALID_ARGUMENT", `transaction takes a function, not ${typeof fn}`);
    }
    const { engine } = this.#opened;
    return engine.transaction((tx) => fn(new Transaction(tx, this.kv, this.#sql)), options);
  }

  /** A read-only view of this instant. Release it, or use `using`: it keeps old versions alive. */
  snapshot(): DatabaseSnapshot {
    return new DatabaseSnapshot(this.#opened.engine.snapshot(), this.kv, this.#sql);
  }

  /** Resolves when everything written so far is durable, whatever the sync level. */
  flush(): Promise<void> {
    return this.#opened.engine.durable();
  }

  /** Moves everything into run files, so that the next open has nothing to replay. */
  checkpoint(): Promise<void> {
    return lifeCycle.checkpoint(this.#opened);
  }

  /** Merges run files and drops what nobody can see any more, expired entries included. */
  async compact(options: lifeCycle.LongCallOptions = {}): Promise<void> {
    lifeCycle.checkLongCallOptions(options);
    this.#opened.engine.assertUsable();
    await this.kv.sweepAll(options.signal);
    await lifeCycle.compact(this.#opened, options);
  }

  /** Verifies every checksum and invariant, and that indexes agree with their tables. */
  check(options: lifeCycle.LongCallOptions = {}): Promise<CheckReport> {
    return checkDatabase(this.#opened, this.#sql.host, options);
  }

  /** Sizes, counts and rates of the parts, cheap to ask for. */
  stats(): DatabaseStats {
    return databaseStats(this.#opened);
  }

  /** Makes everything durable and gives the directory back. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.kv.close();
    this.#sql.close();
    await lifeCycle.close(this.#opened);
  }
}
