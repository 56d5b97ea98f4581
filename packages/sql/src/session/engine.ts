import type { Sink, Source, SqlHost } from "../contract/source.js";
import { AutocommitAccess, ReadAccess, SinkAccess } from "./access.js";
import { type PreparedText, prepareText } from "./prepared-text.js";
import { SqlSession } from "./session.js";
import { Settings } from "./settings.js";
import { TextCache } from "./text-cache.js";
import type { ResolvedModes } from "./transaction.js";
import { GivenTransaction, SessionTransactions, type TransactionControl } from "./transactions.js";

/** Texts whose parse and plans are kept. */
const CACHED_TEXTS = 1000;
/** Longer texts are scripts of data; keeping them would cost more than parsing them again. */
const CACHED_TEXT_LENGTH = 20_000;

const DEFAULT_QUERY_MEMORY = 1024 * 1024 * 1024;

export interface SqlEngineOptions {
  /** Bytes that one statement may hold. Default 1 GB. */
  readonly maxQueryMemory?: number | undefined;
  readonly currentUser?: string | undefined;
  readonly currentDatabase?: string | undefined;
}

export interface SessionOptions {
  readonly currentUser?: string | undefined;
  /** Settings by lower-case name, that RESET goes back to. */
  readonly settings?: ReadonlyMap<string, string> | undefined;
}

/** SQL over one host: what all its sessions share. */
export class SqlEngine {
  readonly host: SqlHost;
  readonly maxQueryMemory: number;
  readonly currentUser: string;
  readonly currentDatabase: string;
  readonly #texts: TextCache<PreparedText> = new TextCache(CACHED_TEXTS);

  constructor(host: SqlHost, options: SqlEngineOptions = {}) {
    this.host = host;
    this.maxQueryMemory = options.maxQueryMemory ?? DEFAULT_QUERY_MEMORY;
    this.currentUser = options.currentUser ?? "aegis";
    this.currentDatabase = options.currentDatabase ?? "aegis";
  }

  /** Parses a statement; the same text gives the same object, with the plans it already has. */
  prepare(text: string): PreparedText {
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    const prepared = prepareText(text);
    if (text.length <= CACHED_TEXT_LENGTH) this.#texts.set(text, prepared);
    return prepared;
  }

  /** A session with its own transactions and settings. */
  session(options: SessionOptions = {}): SqlSession {
    const settings = new Settings(options.settings);
    return this.#session(new SessionTransactions(this.host, settings), settings, options, true);
  }

  /** Single statements without a state, for `db` itself. */
  autocommit(): SqlSession {
    const access = new AutocommitAccess(this.host);
    const hint = "Use db.transaction, or db.session for a session of your own.";
    return this.#session(new GivenTransaction(access, hint), new Settings(), {}, false);
  }

  /** Statements of a transaction that the caller began in these modes and ends. */
  within(sink: Sink, modes: Partial<ResolvedModes> = {}): SqlSession {
    const hint = "The function given to db.transaction is the transaction: return, or throw.";
    const control = new GivenTransaction(new SinkAccess(sink, this.host.now()), hint, modes);
    return this.#session(control, new Settings(), {}, true);
  }

  /** Reads of one instant. */
  at(source: Source): SqlSession {
    const access = new ReadAccess(source, this.host.now());
    const modes = { isolation: "repeatable read", readOnly: true } as const;
    const control = new GivenTransaction(access, "A snapshot is one instant already.", modes);
    return this.#session(control, new Settings(), {}, false);
  }

  #session(
    control: TransactionControl,
    settings: Settings,
    options: SessionOptions,
    stateful: boolean,
  ): SqlSession {
    return new SqlSession(this, {
      control,
      settings,
      stateful,
      currentUser: options.currentUser ?? this.currentUser,
    });
  }
}
