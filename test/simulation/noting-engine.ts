import type {
  ChangeEvent,
  Engine,
  ManualTransaction,
  ReadView,
  Snapshot,
  Subscription,
  TransactionOptions,
  TreeRef,
  WriteTransaction,
} from "../../packages/core/src/engine/contract.js";

/**
 * An engine that says when SQL commits something of its own accord: numbers that it sets aside for
 * rows without a key, or gives back. Nobody sees a difference, but it has a place in the log.
 */
export class NotingEngine implements Engine {
  /** Whether the next commit is one that was asked for. */
  private asked = false;

  constructor(
    private readonly engine: Engine,
    private readonly onOwnCommit: () => void,
  ) {}

  /** Runs a statement whose own commit is none of those. */
  asking<T>(run: () => T): T {
    this.asked = true;
    try {
      return run();
    } finally {
      this.asked = false;
    }
  }

  autocommit<T>(fn: (tx: WriteTransaction) => T): {
    readonly value: T;
    readonly durable: Promise<void>;
  } {
    const own = !this.asked;
    // What is committed from here on until the statement is done was not asked for.
    this.asked = false;
    const done = this.engine.autocommit(fn);
    if (own) this.onOwnCommit();
    return done;
  }

  latest(): ReadView {
    return this.engine.latest();
  }

  snapshot(): Snapshot {
    return this.engine.snapshot();
  }

  transaction<T>(
    fn: (tx: WriteTransaction) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T> {
    return this.engine.transaction(fn, options);
  }

  begin(options?: TransactionOptions): ManualTransaction {
    return this.engine.begin(options);
  }

  subscribe(
    tree: TreeRef,
    listener: (event: ChangeEvent) => void,
    ended: (error?: unknown) => void,
  ): Subscription {
    return this.engine.subscribe(tree, listener, ended);
  }

  now(): number {
    return this.engine.now();
  }

  durable(): Promise<void> {
    return this.engine.durable();
  }

  assertUsable(): void {
    this.engine.assertUsable();
  }
}
