import type { HostTransaction, Sink, Source, SqlHost } from "@aegisdb/sql";
import type { Engine, ReadView, WriteTransaction } from "../engine/contract.js";
import { Catalog } from "./catalog.js";
import { CatalogChanges } from "./catalog-changes.js";
import { SequenceStore } from "./sequence-store.js";
import { EngineSink } from "./sink.js";
import { EngineSource } from "./source.js";

/** What runs SQL on an engine needs besides it. */
export interface SqlHostOptions {
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Microseconds of this very moment. */
  readonly clock: () => number;
}

/** The engine as SQL sees it, and the ways in for transactions and snapshots made elsewhere. */
export interface EngineSqlHost extends SqlHost {
  /** The tables of a view that someone else holds, as of `db.snapshot()`. */
  at(view: ReadView): Source;
  /** The tables inside a transaction that someone else commits; the same sink for the same one. */
  inTransaction(tx: WriteTransaction): Sink;
  /** Settles what is kept in memory only; no statement may run any more. */
  close(): void;
}

export function createSqlHost(engine: Engine, options: SqlHostOptions): EngineSqlHost {
  return new EngineHost(engine, options);
}

class EngineHost implements EngineSqlHost {
  readonly #engine: Engine;
  readonly #options: SqlHostOptions;
  readonly #catalog: Catalog;
  readonly #sequences: SequenceStore;
  readonly #sinks = new WeakMap<WriteTransaction, EngineSink>();

  constructor(engine: Engine, options: SqlHostOptions) {
    this.#engine = engine;
    this.#options = options;
    this.#catalog = new Catalog(engine);
    this.#sequences = new SequenceStore(engine);
  }

  assertUsable(): void {
    this.#engine.assertUsable();
  }

  latest(): Source {
    const view = this.#engine.latest();
    return new EngineSource(view, this.#catalog.current(view), this.#sequences);
  }

  at(view: ReadView): Source {
    return new EngineSource(view, this.#catalog.at(view), this.#sequences);
  }

  snapshot(): { readonly source: Source; release(): void } {
    const view = this.#engine.snapshot();
    const source = new EngineSource(view, this.#catalog.current(view), this.#sequences);
    return { source, release: () => view.release() };
  }

  autocommit<T>(fn: (sink: Sink) => T): { readonly value: T; readonly durable: Promise<void> } {
    let changes: CatalogChanges | undefined;
    const done = this.#engine.autocommit((tx) => {
      const sink = this.#sink(tx, false);
      ({ changes } = sink);
      return fn(sink);
    });
    if (changes !== undefined && changes.state !== changes.base) {
      this.#catalog.installed(changes.base, changes.state, this.#engine.latest().seq);
    }
    return done;
  }

  begin(options: {
    readonly isolation: "serializable" | "snapshot";
    readonly readOnly: boolean;
  }): HostTransaction {
    const tx = this.#engine.begin(options);
    const sink = this.#sink(tx, !options.readOnly);
    return { sink, commit: () => tx.commit(), rollback: () => tx.rollback() };
  }

  inTransaction(tx: WriteTransaction): Sink {
    let sink = this.#sinks.get(tx);
    if (sink === undefined) {
      sink = this.#sink(tx, !tx.readOnly);
      this.#sinks.set(tx, sink);
    }
    return sink;
  }

  now(): number {
    return this.#engine.now();
  }

  clock(): number {
    return this.#options.clock();
  }

  random(): number {
    return this.#options.random();
  }

  close(): void {
    this.#sequences.settleAll();
  }

  #sink(tx: WriteTransaction, tracked: boolean): EngineSink {
    const changes = new CatalogChanges(this.#catalog, tx, this.#catalog.at(tx), tracked);
    return new EngineSink(tx, changes, this.#sequences);
  }
}
