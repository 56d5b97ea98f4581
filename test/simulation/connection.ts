import { SqlEngine, type SqlSession } from "@aegisdb/sql";
import { Prng } from "../../packages/core/src/base/prng.js";
import type { TransactionOptions } from "../../packages/core/src/engine/contract.js";
import type { OpenedEngine } from "../../packages/core/src/engine/open-engine.js";
import { KeyValueStore } from "../../packages/core/src/kv/index.js";
import { SqlDatabase } from "../../packages/core/src/query/api/index.js";
import { checkDatabase } from "../../packages/core/src/query/index.js";
import { DatabaseSnapshot } from "../../packages/core/src/snapshot.js";
import { Transaction } from "../../packages/core/src/transaction.js";
import { NotingEngine } from "./noting-engine.js";
import { statementOf, type KvTarget, type Space, type SqlOperation } from "./operations.js";

const MAX_VALUE_BYTES = 64 * 1024;
const MAX_QUERY_BYTES = 64 * 1024 * 1024;

/**
 * The models on an open engine, put together as `Database` does it, but for timers: expired entries
 * are swept when a workload says so, so that every run of it does the same.
 */
export class Connection {
  readonly kv: KeyValueStore;
  private readonly sql: SqlDatabase;
  private readonly sessions: SqlEngine;

  private readonly engine: NotingEngine;

  /** `onOwnCommit`: SQL has committed what nobody asked for and nobody sees. */
  constructor(
    readonly opened: OpenedEngine,
    onOwnCommit: () => void = () => undefined,
  ) {
    this.engine = new NotingEngine(opened.engine, onOwnCommit);
    this.kv = new KeyValueStore(opened.engine, {
      maxValueBytes: MAX_VALUE_BYTES,
      sweepIntervalMs: 1,
      startTimer: () => () => undefined,
    });
    this.sql = new SqlDatabase(this.engine, new Prng(1), MAX_QUERY_BYTES);
    this.sessions = new SqlEngine(this.sql.host);
  }

  /** Runs a statement as a transaction of its own. */
  run(operation: SqlOperation): { readonly rowCount: number; readonly durable: Promise<void> } {
    const { text, params } = statementOf(operation);
    const { statements } = this.sql;
    const prepared = statements.prepare(text);
    const { rowCount, durable } = this.engine.asking(() => statements.run(prepared, params));
    return { rowCount, durable: durable ?? Promise.resolve() };
  }

  /** Reads the latest state. */
  get reader(): Reader {
    const { statements } = this.sql;
    return {
      rows: (text, params) =>
        statements.run(statements.prepare(text), params, { form: "array" }).rows as unknown[][],
      space: (space) => this.space(space),
    };
  }

  space(space: Space): KvTarget & KvSource {
    return space === "main" ? this.kv : this.kv.namespace(space);
  }

  transaction<T>(fn: (tx: Transaction) => T | Promise<T>, options: TransactionOptions): Promise<T> {
    const { engine } = this.opened;
    return engine.transaction((tx) => fn(new Transaction(tx, this.kv, this.sql)), options);
  }

  /** A session with BEGIN and COMMIT; close it when done. */
  session(): SqlSession {
    return this.sessions.session();
  }

  snapshot(): DatabaseSnapshot {
    return new DatabaseSnapshot(this.opened.engine.snapshot(), this.kv, this.sql);
  }

  /** The first of what the database finds wrong with itself. */
  async problem(): Promise<string | undefined> {
    const [first] = (await checkDatabase(this.opened, this.sql.host, {})).problems;
    return first && `in ${first.where} at offset ${first.offset}: ${first.problem}`;
  }

  /** The engine stays open. */
  close(): void {
    this.kv.close();
    this.sql.close();
  }
}

/** Reading keys and values, wherever. */
export interface KvSource {
  get(key: string): unknown;
  list(options?: { readonly reverse?: boolean }): Iterable<{ key: string; value: unknown }>;
  count(): number;
  entry(key: string): { readonly expiresAt: Date | undefined } | undefined;
}

/** How a view is read, whichever it is. */
export interface Reader {
  rows(text: string, params: readonly (string | number)[]): unknown[][];
  space(space: Space): KvSource;
}

export function readerOfTransaction(tx: Transaction): Reader {
  return {
    rows: (text, params) => tx.query(text, [...params], { rowMode: "array" }).rows as never,
    space: (space) => (space === "main" ? tx.kv : tx.kv.namespace(space)),
  };
}

export function readerOfSnapshot(snapshot: DatabaseSnapshot): Reader {
  return {
    rows: (text, params) => snapshot.prepare(text, { rowMode: "array" }).all(...params) as never,
    space: (space) => (space === "main" ? snapshot.kv : snapshot.kv.namespace(space)),
  };
}
