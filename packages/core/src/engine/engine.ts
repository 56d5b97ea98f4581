/**
 * The engine: trees, snapshots and transactions over one commit log. Every write becomes part of a
 * commit record; the record gets its place in the log, is applied to the memtables, and its promise
 * settles when it is durable. Everything else here is bookkeeping around that path.
 */
import type { Clock } from "../base/clock.js";
import type { ByteWriter } from "../base/bytes.js";
import type { AegisError } from "../errors.js";
import type { CommitLog } from "../log/contract.js";
import type { Prng } from "../base/prng.js";
import type {
  ChangeEvent,
  Engine,
  ManualTransaction,
  ReadView,
  Subscription,
  TransactionOptions,
  TreeRef,
  WriteTransaction,
} from "./contract.js";
import type { SharedMemory } from "../tree/shared-memory.js";
import { ended, endWhenForgotten } from "./abandoned.js";
import { CommitHistory } from "./history.js";
import { engineTree, type EngineTree } from "./engine-tree.js";
import type { Maintenance } from "./maintenance.js";
import type { OpenSnapshots } from "./open-snapshots.js";
import { runWithRetries } from "./retry.js";
import type { BufferPool } from "../run/buffer-pool.js";
import type { RunFiles } from "./run-files.js";
import type { Storage } from "./storage.js";
import { Subscriptions } from "./subscriptions.js";
import { EngineTransaction, type TransactionHost } from "./transaction.js";
import { checkTransactionOptions } from "./transaction-options.js";
import { validate } from "./validation.js";
import { HeldSnapshot, LatestView } from "./view.js";
import { WriteSet } from "./write-set.js";

/** What `openEngine` puts together. */
export interface EngineParts {
  readonly clock: Clock;
  readonly prng: Prng;
  readonly log: CommitLog;
  readonly storage: Storage;
  readonly snapshots: OpenSnapshots;
  readonly maintenance: Maintenance;
  readonly files: RunFiles;
  readonly pool: BufferPool;
  readonly writeBufferBytes: number;
  readonly lastTime: number;
}

const UNTRACKED = { tracked: false };

export class DatabaseEngine implements Engine, TransactionHost {
  readonly parts: EngineParts;
  readonly catalog: EngineTree;
  private readonly storage: Storage;
  private readonly log: CommitLog;
  readonly history: CommitHistory = new CommitHistory();
  private readonly subscriptions = new Subscriptions();
  private lastSeq: number;
  private lastTime: number;
  private lastVersion: number;
  private failure: AegisError | null = null;
  private readonly resolved: Promise<void> = Promise.resolve();
  /** Where the log has put the record that is being appended; 0 until it has. */
  private ordered = 0;
  /** Reused from commit to commit, so that small transactions allocate no buffer. */
  private spareWriter: ByteWriter | undefined;

  constructor(parts: EngineParts) {
    this.parts = parts;
    this.storage = parts.storage;
    this.catalog = parts.storage.catalog;
    this.log = parts.log;
    this.lastSeq = parts.log.end;
    this.lastTime = parts.lastTime;
    this.lastVersion = parts.lastTime;
  }

  get pool(): BufferPool {
    return this.parts.pool;
  }

  get memtableMemory(): SharedMemory {
    return this.storage.memory;
  }

  get seq(): number {
    return this.lastSeq;
  }

  /** Time of the last commit, in microseconds. */
  get commitTime(): number {
    return this.lastTime;
  }

  assertUsable(): void {
    if (this.failure !== null) throw this.failure;
  }

  now(): number {
    const now = this.parts.clock.now();
    return now > this.lastTime ? now : this.lastTime;
  }

  nextVersion(): number {
    return ++this.lastVersion;
  }

  nextTreeId(): number {
    return this.storage.nextTreeId++;
  }

  treeById(id: number): EngineTree | undefined {
    return this.storage.trees.get(id);
  }

  latest(): ReadView {
    return new LatestView(this, this.lastSeq);
  }

  snapshot(): HeldSnapshot {
    this.assertUsable();
    const snapshot = this.hold(this.lastSeq);
    snapshot.fixNow();
    return snapshot;
  }

  hold(seq: number): HeldSnapshot {
    this.parts.snapshots.add(seq);
    return new HeldSnapshot(this, seq, (released) => this.releaseSeq(released));
  }

  autocommit<T>(fn: (tx: WriteTransaction) => T): { value: T; durable: Promise<void> } {
    this.assertUsable();
    const { snapshots } = this.parts;
    const tx = this.newTransaction(UNTRACKED);
    let reading = true;
    snapshots.enter();
    try {
      const value = fn(tx);
      reading = false;
      snapshots.leave();
      return { value, durable: this.commitWrites(tx, tx.now) };
    } finally {
      if (reading) snapshots.leave();
      tx.ended = true;
      this.spareWriter = tx.writes.reusableWriter();
    }
  }

  async transaction<T>(
    fn: (tx: WriteTransaction) => T | Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    checkTransactionOptions(options);
    return runWithRetries(this.parts.prng, options, async () => {
      const tx = this.beginTracked(options);
      try {
        const returned = fn(tx);
        if (!isPromise(returned)) {
          // Nothing ran in between, unless `fn` itself wrote outside of its transaction.
          await this.commit(tx);
          return returned;
        }
        endWhenForgotten(tx, this.releaseHeld);
        const value = await returned;
        this.assertUsable();
        await this.commit(tx);
        return value;
      } finally {
        tx.end();
      }
    });
  }

  begin(options: TransactionOptions = {}): ManualTransaction {
    checkTransactionOptions(options);
    const tx = this.beginTracked(options);
    endWhenForgotten(tx, this.releaseHeld);
    return tx;
  }

  subscribe(
    tree: TreeRef,
    listener: (event: ChangeEvent) => void,
    ended: (error?: unknown) => void,
  ): Subscription {
    this.assertUsable();
    return this.subscriptions.add(engineTree(tree), this.lastSeq, listener, ended);
  }

  durable(): Promise<void> {
    return this.failure === null ? this.log.sync() : Promise.reject(this.failure);
  }

  /** Refuses everything from now on and tells every listener. */
  fail(error: AegisError): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.subscriptions.end(error.code === "DATABASE_CLOSED" ? undefined : error);
  }

  /** Validates what the transaction read, then commits what it wrote. */
  commit(tx: EngineTransaction): Promise<void> {
    if (tx.writes.count > 0 && this.lastSeq !== tx.seq) validate(tx, this);
    return this.commitWrites(tx);
  }

  release(tx: EngineTransaction): void {
    ended(tx);
    this.releaseHeld(tx.seq, tx.reads !== null);
  }

  private newTransaction(options: TransactionOptions & { tracked: boolean }): EngineTransaction {
    const writer = this.spareWriter;
    this.spareWriter = undefined;
    return new EngineTransaction(this, this.lastSeq, new WriteSet(writer), options);
  }

  private beginTracked(options: TransactionOptions): EngineTransaction {
    this.assertUsable();
    const tx = this.newTransaction({ ...options, tracked: true });
    this.parts.snapshots.add(tx.seq);
    // One that only reads is never validated.
    if (tx.reads !== null) this.history.watch(tx.seq);
    return tx;
  }

  private readonly releaseHeld = (seq: number, watched: boolean): void => {
    if (watched) this.history.unwatch(seq);
    this.releaseSeq(seq);
  };

  private releaseSeq(seq: number): void {
    this.parts.snapshots.remove(seq);
    this.parts.files.collect(this.parts.snapshots.oldest());
  }

  /** `now` is this moment's time, which a call that takes no time has read already. */
  private commitWrites(tx: EngineTransaction, now: number = this.now()): Promise<void> {
    const { writes } = tx;
    if (writes.count === 0) return this.resolved;
    if (this.storage.activeBytes >= this.parts.writeBufferBytes) {
      this.parts.maintenance.freeze(this.lastSeq, this.lastTime);
      // A flush on the spot may have found that the disk has failed for good.
      this.assertUsable();
    }
    const time = Math.max(now, this.lastVersion);
    this.lastVersion = time;
    const record = writes.record(time);
    this.ordered = 0;
    const durable = this.log.append(record, this.lastSeq, this.onOrdered);
    const position = this.ordered;
    if (position === 0) {
      // A log that finds that its disk has failed says so before the record has a place.
      this.assertUsable();
      return durable;
    }
    this.lastSeq = position;
    this.lastTime = time;
    this.storage.applyWrites(writes, record, position, tx.created);
    if (this.history.watched) {
      this.history.add({ seq: position, treeIds: writes.treeIds, keys: writes.keys });
    }
    if (this.subscriptions.active && this.subscriptions.wantsAny(writes.treeIds)) {
      this.publishWhenDurable(record.slice(), position, durable);
    }
    return durable;
  }

  private readonly onOrdered = (position: number): void => {
    this.ordered = position;
  };

  private publishWhenDurable(record: Uint8Array, seq: number, durable: Promise<void>): void {
    const publish = (): void => {
      if (this.failure !== null) return;
      this.subscriptions.publish(record, seq, (id) => this.storage.trees.get(id));
    };
    // A failed sync ends every subscription through `fail`; there is nothing to publish then.
    durable.then(publish, () => undefined);
  }
}

function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value !== null && typeof value === "object" && "then" in value;
}
