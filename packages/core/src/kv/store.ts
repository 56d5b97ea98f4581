import { yieldToEventLoop, type startTimer } from "../base/clock.js";
import { throwIfAborted } from "../engine/abort.js";
import type { Engine, ReadView, WriteTransaction } from "../engine/contract.js";
import { Acknowledgements } from "./acknowledgements.js";
import { ChangeFeed } from "./change-feed.js";
import { checkNamespace } from "./key.js";
import { DEFAULT_NAMESPACE } from "./layout.js";
import { Namespace, type NamespaceContext } from "./namespace.js";
import { hasLiveEntry } from "./read.js";
import { SnapshotNamespace } from "./snapshot-namespace.js";
import { SpaceDirectory } from "./space.js";
import { ExpirySweeper } from "./sweeper.js";
import { TransactionNamespace } from "./transaction-namespace.js";

export interface KeyValueOptions {
  /** `kv.maxValueSize`, in encoded bytes. */
  readonly maxValueBytes: number;
  /** `kv.sweepInterval`: shortest time between two sweeps of expired entries. */
  readonly sweepIntervalMs: number;
  /** How the sweeper makes timers; tests give their own. */
  readonly startTimer?: typeof startTimer;
}

interface StoreContext extends NamespaceContext {
  readonly sweeper: ExpirySweeper;
}

/** `db.kv`: the default namespace, and the way to the others. */
export class KeyValueStore extends Namespace<unknown> {
  readonly #context: StoreContext;

  constructor(engine: Engine, options: KeyValueOptions) {
    const context = createContext(engine, options);
    super(context, DEFAULT_NAMESPACE);
    this.#context = context;
    context.sweeper.start();
  }

  /** The namespace of that name; it comes into being with its first entry. */
  namespace<T = unknown>(name: string): Namespace<T> {
    checkNamespace(name);
    return new Namespace<T>(this.#context, name);
  }

  /** Names of the namespaces that hold an entry, in order. */
  namespaces(): string[] {
    return this.#context.spaces.names(this.view(), hasLiveEntry);
  }

  /** `tx.kv` of a transaction. */
  inTransaction(tx: WriteTransaction): TransactionKeyValue {
    return new TransactionKeyValue(this.#context, tx);
  }

  /** `snapshot.kv` of a snapshot, or of any other view. */
  at(view: ReadView): SnapshotKeyValue {
    return new SnapshotKeyValue(this.#context.spaces, view);
  }

  /** Removes one batch of expired entries now; gives how many. The timer does so by itself. */
  sweep(): number {
    return this.#context.sweeper.sweep();
  }

  /** Removes everything that has expired, with turns of the event loop in between. */
  async sweepAll(signal?: AbortSignal): Promise<void> {
    while (this.sweep() > 0) {
      await yieldToEventLoop();
      throwIfAborted(signal, "compact");
    }
  }

  /** Ends the watches and stops the sweeper. The engine stays open; idempotent. */
  close(): void {
    this.#context.sweeper.stop();
    this.#context.feed.end();
  }
}

/** `tx.kv`: the default namespace inside a transaction, and the way to the others. */
export class TransactionKeyValue extends TransactionNamespace<unknown> {
  readonly #context: StoreContext;
  readonly #tx: WriteTransaction;

  constructor(context: StoreContext, tx: WriteTransaction) {
    super(context, tx, DEFAULT_NAMESPACE);
    this.#context = context;
    this.#tx = tx;
  }

  /** The namespace of that name; it comes into being with its first entry. */
  namespace<T = unknown>(name: string): TransactionNamespace<T> {
    checkNamespace(name);
    return new TransactionNamespace<T>(this.#context, this.#tx, name);
  }

  /** Names of the namespaces that hold an entry, in order. */
  namespaces(): string[] {
    return this.#context.spaces.names(this.#tx, hasLiveEntry);
  }
}

/** `snapshot.kv`: the default namespace at one instant, and the way to the others. */
export class SnapshotKeyValue extends SnapshotNamespace<unknown> {
  readonly #view: ReadView;

  constructor(spaces: SpaceDirectory, view: ReadView) {
    super(spaces, view, DEFAULT_NAMESPACE);
    this.#view = view;
  }

  /** The namespace of that name. */
  namespace<T = unknown>(name: string): SnapshotNamespace<T> {
    checkNamespace(name);
    return new SnapshotNamespace<T>(this.spaces, this.#view, name);
  }

  /** Names of the namespaces that hold an entry, in order. */
  namespaces(): string[] {
    return this.spaces.names(this.#view, hasLiveEntry);
  }
}

function createContext(engine: Engine, options: KeyValueOptions): StoreContext {
  const spaces = new SpaceDirectory(engine);
  const sweeper = new ExpirySweeper(engine, spaces, {
    intervalMs: options.sweepIntervalMs,
    ...(options.startTimer === undefined ? {} : { startTimer: options.startTimer }),
  });
  return {
    engine,
    spaces,
    sweeper,
    feed: new ChangeFeed(engine, spaces),
    acknowledgements: new Acknowledgements(),
    maxValueBytes: options.maxValueBytes,
    dueAt: (micros) => sweeper.dueAt(micros),
  };
}
