import { AegisError } from "../contract/index.js";
import type { SqlHost } from "../contract/source.js";
import type { TransactionModes, TransactionStatement } from "../parser/index.js";
import { AutocommitAccess, type DataAccess } from "./access.js";
import { type Notice, warning } from "./notices.js";
import type { IsolationLevel } from "./setting-table.js";
import type { Settings } from "./settings.js";
import { type ResolvedModes, SessionTransaction, withModes } from "./transaction.js";

export interface TransactionOutcome {
  /** What was done, as a command tag: COMMIT of a failed transaction is a ROLLBACK. */
  readonly command: string;
  readonly notices: readonly Notice[];
  /** Settles when a commit is durable, or rejects where it lost against another. */
  readonly durable: Promise<void> | undefined;
}

/** Who decides what a statement's transaction is. */
export interface TransactionControl {
  /** Throws FAILED_TRANSACTION after a failure in the open transaction. */
  access(): DataAccess;
  run(statement: TransactionStatement): TransactionOutcome;
  /** A statement threw. */
  failed(): void;
  /** The modes of the open transaction, or of the next; for SHOW. */
  modes(): ResolvedModes;
  /** Rolls back what is open. */
  close(): void;
  readonly status: TransactionStatus;
}

export type TransactionStatus = "idle" | "open" | "failed";

/** Statements run where somebody else put them; they cannot begin or end transactions. */
export class GivenTransaction implements TransactionControl {
  /** `hint` says how to get a transaction here. */
  constructor(
    private readonly given: DataAccess,
    private readonly hint: string,
    private readonly givenModes: Partial<ResolvedModes> = {},
  ) {}

  get status(): TransactionStatus {
    return "idle";
  }

  access(): DataAccess {
    this.given.assertUsable();
    return this.given;
  }

  run(statement: TransactionStatement): TransactionOutcome {
    throw new AegisError("UNSUPPORTED", `${commandOf(statement)} belongs to a session`, {
      hint: this.hint,
      position: statement.position,
    });
  }

  failed(): void {
    // The access takes back what a failed statement did, and the rest goes on.
  }

  modes(): ResolvedModes {
    return { isolation: "serializable", readOnly: false, deferrable: false, ...this.givenModes };
  }

  close(): void {
    // Whoever gave it ends it.
  }
}

/** BEGIN, COMMIT and the rest, with PostgreSQL's states; autocommit in between. */
export class SessionTransactions implements TransactionControl {
  readonly #host: SqlHost;
  readonly #settings: Settings;
  readonly #autocommit: AutocommitAccess;
  #open: SessionTransaction | undefined;

  constructor(host: SqlHost, settings: Settings) {
    this.#host = host;
    this.#settings = settings;
    this.#autocommit = new AutocommitAccess(host);
  }

  get status(): TransactionStatus {
    if (this.#open === undefined) return "idle";
    return this.#open.failed ? "failed" : "open";
  }

  access(): DataAccess {
    if (this.#open === undefined) {
      return this.modes().readOnly ? new ReadOnlyAutocommit(this.#host) : this.#autocommit;
    }
    if (this.#open.failed) throw failedTransaction();
    return this.#open;
  }

  failed(): void {
    if (this.#open !== undefined) this.#open.failed = true;
  }

  modes(): ResolvedModes {
    return this.#open?.modes ?? this.#defaultModes();
  }

  close(): void {
    this.#open?.rollback();
    this.#open = undefined;
  }

  run(statement: TransactionStatement): TransactionOutcome {
    switch (statement.kind) {
      case "begin":
        return this.#begin(statement.modes);
      case "commit":
        return this.#commit(statement.chain);
      case "rollback":
        return this.#rollback(statement.chain);
      case "setTransaction":
        return this.#setModes(statement.session, statement.modes);
      default:
        return this.#savepoint(statement.kind, statement.name);
    }
  }

  #defaultModes(): ResolvedModes {
    return {
      isolation: this.#settings.get("default_transaction_isolation") as IsolationLevel,
      readOnly: this.#settings.get("default_transaction_read_only") === "on",
      deferrable: this.#settings.get("default_transaction_deferrable") === "on",
    };
  }

  #start(modes: ResolvedModes): void {
    this.#open = new SessionTransaction(this.#host, this.#settings, modes);
  }

  #begin(modes: TransactionModes): TransactionOutcome {
    if (this.#open === undefined) {
      this.#start(withModes(this.#defaultModes(), modes));
      return done("BEGIN");
    }
    if (this.#open.failed) throw failedTransaction();
    this.#open.setModes(modes);
    return done("BEGIN", warning("there is already a transaction in progress", "25001"));
  }

  #commit(chain: boolean): TransactionOutcome {
    const open = this.#open;
    if (open === undefined) return notOpen("COMMIT", chain);
    if (open.failed) return this.#rollback(chain);
    this.#open = undefined;
    const durable = open.commit();
    if (chain) this.#start(open.modes);
    return { command: "COMMIT", notices: [], durable };
  }

  #rollback(chain: boolean): TransactionOutcome {
    const open = this.#open;
    if (open === undefined) return notOpen("ROLLBACK", chain);
    this.#open = undefined;
    open.rollback();
    if (chain) this.#start(open.modes);
    return done("ROLLBACK");
  }

  #savepoint(kind: "savepoint" | "release" | "rollbackTo", name: string): TransactionOutcome {
    const open = this.#open;
    const command = { savepoint: "SAVEPOINT", release: "RELEASE", rollbackTo: "ROLLBACK" }[kind];
    if (open === undefined) {
      const what = {
        savepoint: "SAVEPOINT",
        release: "RELEASE SAVEPOINT",
        rollbackTo: "ROLLBACK TO SAVEPOINT",
      };
      throw new AegisError(
        "NO_ACTIVE_TRANSACTION",
        `${what[kind]} can only be used in transaction blocks`,
      );
    }
    if (open.failed && kind !== "rollbackTo") throw failedTransaction();
    open[kind](name);
    return done(command);
  }

  #setModes(session: boolean, modes: TransactionModes): TransactionOutcome {
    if (this.#open?.failed === true) throw failedTransaction();
    if (session) {
      this.#setDefault("default_transaction_isolation", modes.isolation);
      this.#setDefault("default_transaction_read_only", switchText(modes.readOnly));
      this.#setDefault("default_transaction_deferrable", switchText(modes.deferrable));
      return done("SET");
    }
    if (this.#open === undefined) {
      const message = "SET TRANSACTION can only be used in transaction blocks";
      return done("SET", warning(message, "25P01"));
    }
    this.#open.setModes(modes);
    return done("SET");
  }

  #setDefault(name: string, value: string | undefined): void {
    if (value !== undefined) this.#settings.set(name, [value], false);
  }
}

/** Single statements of a session whose transactions are read-only by default. */
class ReadOnlyAutocommit extends AutocommitAccess {
  override write<T>(): { value: T; durable: Promise<void> } {
    throw new AegisError("READ_ONLY_TRANSACTION", "cannot write in a read-only transaction");
  }
}

function switchText(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? "on" : "off";
}

function done(command: string, ...notices: readonly Notice[]): TransactionOutcome {
  return { command, notices, durable: undefined };
}

function notOpen(command: string, chain: boolean): TransactionOutcome {
  if (chain) {
    const message = `${command} AND CHAIN can only be used in transaction blocks`;
    throw new AegisError("NO_ACTIVE_TRANSACTION", message);
  }
  return done(command, warning("there is no transaction in progress", "25P01"));
}

function failedTransaction(): AegisError {
  const message = "current transaction is aborted, commands ignored until end of transaction block";
  return new AegisError("FAILED_TRANSACTION", message, {
    hint: "End it with ROLLBACK, or go back to a savepoint.",
  });
}

function commandOf({ kind }: TransactionStatement): string {
  if (kind === "rollbackTo") return "ROLLBACK TO";
  return kind === "setTransaction" ? "SET TRANSACTION" : kind.toUpperCase();
}
