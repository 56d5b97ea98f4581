import { AegisError } from "../contract/index.js";
import type { Sink, Source, SqlHost } from "../contract/source.js";

/** A view that stays as it is until released. */
export interface HeldSource {
  readonly source: Source;
  release(): void;
}

/** Where one statement reads and writes. */
export interface DataAccess {
  /** Throws if the snapshot was released or the transaction has ended. */
  assertUsable(): void;
  /** For a statement that reads and is done before anything else runs. */
  source(): Source;
  /** For a statement that reads while others run in between. */
  hold(): HeldSource;
  /** Runs a writing statement; what it throws has changed nothing. */
  write<T>(fn: (sink: Sink) => T): Written<T>;
  /** Microseconds: what now() gives. */
  now(): number;
}

export interface Written<T> {
  readonly value: T;
  /** Settles when the write is durable; undefined where that is the commit's matter. */
  readonly durable: Promise<void> | undefined;
}

/** Every statement is a transaction of its own. */
export class AutocommitAccess implements DataAccess {
  constructor(private readonly host: SqlHost) {}

  assertUsable(): void {
    this.host.assertUsable();
  }

  source(): Source {
    return this.host.latest();
  }

  hold(): HeldSource {
    return this.host.snapshot();
  }

  write<T>(fn: (sink: Sink) => T): Written<T> {
    return this.host.autocommit(fn);
  }

  now(): number {
    return this.host.now();
  }
}

/** Every statement is part of one transaction, which somebody else began and ends. */
export class SinkAccess implements DataAccess {
  constructor(
    readonly sink: Sink,
    private readonly startedAt: number,
  ) {}

  assertUsable(): void {
    this.sink.assertReadable();
  }

  source(): Source {
    return this.sink;
  }

  hold(): HeldSource {
    return { source: this.sink, release: () => undefined };
  }

  write<T>(fn: (sink: Sink) => T): Written<T> {
    const savepoint = this.sink.savepoint();
    try {
      return { value: fn(this.sink), durable: undefined };
    } catch (error) {
      this.sink.rollbackTo(savepoint);
      throw error;
    }
  }

  now(): number {
    return this.startedAt;
  }
}

/** Reads of one instant. */
export class ReadAccess implements DataAccess {
  constructor(
    private readonly view: Source,
    private readonly takenAt: number,
  ) {}

  assertUsable(): void {
    this.view.assertReadable();
  }

  source(): Source {
    return this.view;
  }

  hold(): HeldSource {
    return { source: this.view, release: () => undefined };
  }

  write<T>(): Written<T> {
    throw new AegisError("READ_ONLY_TRANSACTION", "a snapshot is for reading only", {
      hint: "Run the statement on the database, or in db.transaction.",
    });
  }

  now(): number {
    return this.takenAt;
  }
}
