import type { Batch } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import type { ZoneMap } from "../run/contract.js";
import type { Layout } from "../tree/layout.js";
import type { RowBatch } from "../tree/row-batch.js";
import type { StoredValue } from "../tree/row-codec.js";
import type { RowView } from "../tree/row-view.js";

/** A tree as models name it. Stable for the life of the tree; dropped trees are never renamed. */
export interface TreeRef {
  readonly id: number;
  readonly name: string;
  readonly layout: Layout;
  readonly codec: KeyCodec;
  /** Seq of the last commit that wrote to it; 0 if that was before the database was opened. */
  readonly writtenAt: number;
}

export interface ScanOptions {
  readonly start?: Key | undefined;
  /** Exclusive. */
  readonly end?: Key | undefined;
  readonly reverse?: boolean;
  /** The walk is over before anything else runs, so that nothing need be kept for it. */
  readonly brief?: boolean;
}

/**
 * Ordered walk over live rows. `row` is valid until the next `next()`; writes and flushes between
 * two calls never disturb it. A cursor on the latest view sees the sequence of its creation.
 */
export interface RowCursor {
  next(): boolean;
  readonly key: Key;
  readonly row: RowView;
  /** Whether rows can be taken several at once: forward, where nobody notes how far a scan came. */
  readonly canTake: boolean;
  /**
   * Instead of `next`: fills the empty `batch` with up to `max` rows, with none at the end. They
   * are valid until the view's next read. Preconditions: `canTake`; `next` is never called.
   */
  take(batch: RowBatch, max: number): void;
  /** The key that the next `take` begins with; undefined at the end. Only after a `take`. */
  readonly nextKey: Key | undefined;
  /** Has the next `take` begin with `key`, a row of the batch that was taken last. */
  takeAgainFrom(key: Key): void;
  /** Throws if the view cannot be read any more. */
  assertReadable(): void;
  /** Lets go of what the cursor keeps alive; it is at its end then. Idempotent. */
  close(): void;
}

export interface BatchScanOptions {
  readonly start?: Key | undefined;
  readonly end?: Key | undefined;
  /** The columns of the batches, in this order, numbered over `[...key, ...value]`. */
  readonly columns: readonly number[];
  /**
   * Asked for each block of a run: whether it may hold rows that the scan wants, by the bounds of
   * its columns' values. Rows in memory are never asked about.
   */
  readonly zonePredicate?: ((zone: (column: number) => ZoneMap) => boolean) | undefined;
}

/** Reading at one instant. All reads are synchronous. */
export interface ReadView {
  /** Commits up to this sequence are seen. */
  readonly seq: number;
  /** Microseconds since 1970, fixed for the view, never before the last commit it sees. */
  readonly now: number;
  /** Throws if nothing can be read any more: it was released, or the database closed. */
  assertReadable(): void;
  /** The tree of that name at this instant. */
  tree(name: string): TreeRef | undefined;
  /** The row of `key`, or null. The view returned is valid until the next read. */
  get(tree: TreeRef, key: Key): RowView | null;
  /** As `get(tree, prefix + rest)`, mostly without making that string. */
  getConcat(tree: TreeRef, prefix: string, rest: string): RowView | null;
  /**
   * Fills the empty `batch` with the rows of `keys`, in their order, those that are there; they are
   * valid until the next read. Much quicker than `get` for many, as their loads from memory
   * overlap. False, having done nothing, in a transaction that tracks or has written to the tree.
   */
  rowsOf(tree: TreeRef, keys: readonly Key[], batch: RowBatch): boolean;
  scan(tree: TreeRef, options?: ScanOptions): RowCursor;
  /**
   * All live rows of a range in no particular order, as column batches. Each batch is valid until
   * the next is asked for. Preconditions as `scan`.
   */
  batches(tree: TreeRef, options: BatchScanOptions): Iterable<Batch>;
}

/** A view that stays until released; it keeps old versions from being dropped. */
export interface Snapshot extends ReadView {
  release(): void;
}

export type Isolation = "serializable" | "snapshot";

export interface TransactionOptions {
  readonly isolation?: Isolation | undefined;
  readonly readOnly?: boolean | undefined;
  readonly maxRetries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A read-write transaction: reads see its snapshot and its own writes; writes are buffered as the
 * commit record itself. Not shared between callers.
 */
export interface WriteTransaction extends ReadView {
  /** A number unlike that of any other write of this database, and larger than all before. */
  nextVersion(): number;
  /**
   * `row` is `[...key, ...value]`; replaces what the key held. `key` spares encoding it once more.
   * Precondition: it is `tree.codec.encode(row)`.
   */
  put(tree: TreeRef, row: readonly StoredValue[], key?: Key): void;
  /**
   * Deletes the key, whether or not it is there. `keyValues` are the key columns' values; `key` is
   * as for `put`.
   */
  delete(tree: TreeRef, keyValues: readonly StoredValue[], key?: Key): void;
  /** About how many more rows a tree has by this transaction's writes; less than zero for fewer. */
  rowsAdded(tree: TreeRef): number;
  /** Fails with OBJECT_EXISTS if the name is taken at this instant. */
  createTree(name: string, layout: Layout): TreeRef;
  dropTree(tree: TreeRef): void;
  renameTree(tree: TreeRef, name: string): void;
  /** As `get`, and validated at commit at every isolation level. */
  getValidated(tree: TreeRef, key: Key): RowView | null;
  /**
   * Reads below this call's `fn` are validated at commit at every isolation level (uniqueness and
   * foreign keys).
   */
  alwaysValidated<T>(fn: () => T): T;
  /** The same for all reads from now on. */
  keepReads(): void;
  /** Marks a point to roll back to; later savepoints vanish with it. */
  savepoint(): number;
  rollbackTo(savepoint: number): void;
  readonly readOnly: boolean;
  /** False for snapshot isolation. */
  readonly serializable: boolean;
}

/** One committed change, as listeners see it, in commit order and only once it is durable. */
export interface ChangeEvent {
  readonly seq: number;
  /** Microseconds of the commit. */
  readonly time: number;
  readonly tree: TreeRef;
  readonly key: Key;
  readonly kind: "put" | "delete";
  /** The new row; null for a delete. Valid only during the call. */
  readonly row: RowView | null;
}

export interface Subscription {
  close(): void;
}

/** What the models build on. */
export interface Engine {
  /** A view of the latest commit; cheap, made per call. */
  latest(): ReadView;
  snapshot(): Snapshot;
  /**
   * Runs `fn` as one synchronous transaction and commits it. A throw of `fn` rolls back and is
   * thrown on. `durable` settles when the commit is durable (at once if nothing was written);
   * commits of one group share the promise object.
   */
  autocommit<T>(fn: (tx: WriteTransaction) => T): {
    readonly value: T;
    readonly durable: Promise<void>;
  };
  /**
   * Runs `fn`, which may be asynchronous, retrying on SERIALIZATION_FAILURE; resolves with what it
   * returned once the commit is durable.
   */
  transaction<T>(
    fn: (tx: WriteTransaction) => T | Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  /** An explicit transaction, for sessions. */
  begin(options?: TransactionOptions): ManualTransaction;
  /**
   * Calls `listener` for every durable change of a tree, after the commit; never throws into the
   * committer. `ended` runs if the database closes or fails.
   */
  subscribe(
    tree: TreeRef,
    listener: (event: ChangeEvent) => void,
    ended: (error?: unknown) => void,
  ): Subscription;
  /** Microseconds; never before the last commit's time. */
  now(): number;
  /** Settles when everything committed so far is durable. */
  durable(): Promise<void>;
  /** Throws DATABASE_CLOSED or DURABILITY_LOST when the database cannot be used. */
  assertUsable(): void;
}

export interface ManualTransaction extends WriteTransaction {
  /** Validates and commits; rejects with SERIALIZATION_FAILURE on a conflict. */
  commit(): Promise<void>;
  rollback(): void;
  readonly ended: boolean;
}
