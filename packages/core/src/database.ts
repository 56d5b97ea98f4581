import { check, type CheckReport } from "./engine/check.js";
import type { Snapshot, TransactionOptions } from "./engine/contract.js";
import * as lifeCycle from "./engine/life-cycle.js";
import type { OpenedEngine } from "./engine/open-engine.js";
import { databaseStats, type DatabaseStats } from "./engine/stats.js";
import { AegisError } from "./errors.js";
import { KeyValueStore, type SnapshotKeyValue, type TransactionKeyValue } from "./kv/index.js";
import type { ResolvedOptions } from "./options.js";

/** What `db.transaction` gives its function: the models, their writes returning plain values. */
export interface Transaction {
  readonly kv: TransactionKeyValue;
}

/** The database at one instant, until released. Reads only. */
export interface DatabaseSnapshot extends Disposable {
  readonly kv: SnapshotKeyValue;
  release(): void;
}

/** An open database. Reads are synchronous; every write's promise settles when it is durable. */
export class Database implements AsyncDisposable {
  /** Keys and values: the default namespace, and `namespace(name)` for others. */
  readonly kv: KeyValueStore;
  /** The directory, or ":memory:". */
  readonly path: string;
  readonly #opened: OpenedEngine;
  #closing: Promise<void> | undefined;

  constructor(opened: OpenedEngine, options: ResolvedOptions) {
    this.#opened = opened;
    this.path = options.path;
    this.kv = new KeyValueStore(opened.engine, {
      maxValueBytes: options.kvMaxValueBytes,
      sweepIntervalMs: options.kvSweepIntervalMs,
    });
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
    return engine.transaction((tx) => fn({ kv: this.kv.inTransaction(tx) }), options);
  }

  /** A read-only view of this instant. Release it, or use `using`: it keeps old versions alive. */
  snapshot(): DatabaseSnapshot {
    const view: Snapshot = this.#opened.engine.snapshot();
    return {
      kv: this.kv.at(view),
      release: () => view.release(),
      [Symbol.dispose]: () => view.release(),
    };
  }

  /** Resolves when everything written so far is durable, whatever the sync level. */
  flush(): Promise<void> {
    return this.#opened.engine.durable();
  }

  /** Moves everything into run files, so that the next open has nothing to replay. */
  checkpoint(): Promise<void> {
    return lifeCycle.checkpoint(this.#opened);
  }

  /** Merges run files and drops what nobody can see any more. */
  compact(options: lifeCycle.LongCallOptions = {}): Promise<void> {
    return lifeCycle.compact(this.#opened, options);
  }

  /** Verifies every checksum and invariant. */
  check(options: lifeCycle.LongCallOptions = {}): Promise<CheckReport> {
    return check(this.#opened, options);
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
    await lifeCycle.close(this.#opened);
  }
}
