import { AegisError } from "../contract/index.js";
import type { HostTransaction, Sink, Source, SqlHost } from "../contract/source.js";
import type { TransactionModes } from "../parser/index.js";
import type { DataAccess, HeldSource, Written } from "./access.js";
import type { IsolationLevel } from "./setting-table.js";
import type { Settings, SettingsMark } from "./settings.js";

interface Savepoint {
  readonly name: string;
  readonly point: number;
  readonly settings: SettingsMark;
}

export interface ResolvedModes {
  readonly isolation: IsolationLevel;
  readonly readOnly: boolean;
  readonly deferrable: boolean;
}

/**
 * The open transaction of a session. It begins with its first statement: until then its modes
 * can still be set, as in PostgreSQL.
 */
export class SessionTransaction implements DataAccess {
  modes: ResolvedModes;
  /** A statement failed: only ROLLBACK, ROLLBACK TO and COMMIT are taken. */
  failed = false;
  readonly #host: SqlHost;
  readonly #settings: Settings;
  readonly #settingsBefore: SettingsMark;
  readonly #now: number;
  #begun: HostTransaction | undefined;
  #savepoints: Savepoint[] = [];

  constructor(host: SqlHost, settings: Settings, modes: ResolvedModes) {
    this.#host = host;
    this.#settings = settings;
    this.#settingsBefore = settings.mark();
    this.#now = host.now();
    this.modes = modes;
  }

  assertUsable(): void {
    this.#begun?.sink.assertReadable();
  }

  setModes(modes: TransactionModes): void {
    if (
      this.#begun !== undefined &&
      (modes.isolation ?? this.modes.isolation) !== this.modes.isolation
    ) {
      throw new AegisError(
        "ACTIVE_TRANSACTION",
        "SET TRANSACTION ISOLATION LEVEL must be called before any query",
      );
    }
    if (this.#begun !== undefined && modes.readOnly === false && this.modes.readOnly) {
      throw new AegisError(
        "ACTIVE_TRANSACTION",
        "transaction read-write mode must be set before any query",
      );
    }
    this.modes = withModes(this.modes, modes);
  }

  source(): Source {
    return this.sink();
  }

  hold(): HeldSource {
    return { source: this.sink(), release: () => undefined };
  }

  write<T>(fn: (sink: Sink) => T): Written<T> {
    this.assertWritable();
    // A failure fails the transaction, so there is nothing to take back here.
    return { value: fn(this.sink()), durable: undefined };
  }

  assertWritable(): void {
    if (!this.modes.readOnly) return;
    throw new AegisError("READ_ONLY_TRANSACTION", "cannot write in a read-only transaction");
  }

  now(): number {
    return this.#now;
  }

  savepoint(name: string): void {
    this.#savepoints.push({
      name,
      point: this.sink().savepoint(),
      settings: this.#settings.mark(),
    });
  }

  /** Forgets the savepoint and those after it; what was done since stays. */
  release(name: string): void {
    this.#savepoints = this.#savepoints.slice(0, this.indexOf(name));
  }

  /** Undoes what was done since; the savepoint itself stays. */
  rollbackTo(name: string): void {
    const index = this.indexOf(name);
    const { point, settings } = this.#savepoints[index]!;
    this.sink().rollbackTo(point);
    this.#settings.goBackTo(settings);
    this.#savepoints = this.#savepoints.slice(0, index + 1);
    this.failed = false;
  }

  /** Everything is visible when this returns; the promise settles once it is durable. */
  commit(): Promise<void> {
    this.#settings.endTransaction();
    return this.#begun?.commit() ?? Promise.resolve();
  }

  rollback(): void {
    this.#settings.goBackTo(this.#settingsBefore);
    this.#begun?.rollback();
  }

  private indexOf(name: string): number {
    const index = this.#savepoints.findLastIndex((savepoint) => savepoint.name === name);
    if (index >= 0) return index;
    throw new AegisError("SAVEPOINT_NOT_FOUND", `savepoint "${name}" does not exist`);
  }

  /** The snapshot is taken here, at the first statement that needs one. */
  private sink(): Sink {
    const { isolation, readOnly } = this.modes;
    this.#begun ??= this.#host.begin({
      // The weaker levels are given more than they ask for.
      isolation: isolation === "serializable" ? "serializable" : "snapshot",
      readOnly,
    });
    return this.#begun.sink;
  }
}

export function withModes(modes: ResolvedModes, changes: TransactionModes): ResolvedModes {
  return {
    isolation: changes.isolation ?? modes.isolation,
    readOnly: changes.readOnly ?? modes.readOnly,
    deferrable: changes.deferrable ?? modes.deferrable,
  };
}
