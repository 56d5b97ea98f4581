import type { Batch } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import { AegisError } from "../errors.js";
import type { VersionCursor } from "../tree/contract.js";
import type { RowBatch } from "../tree/row-batch.js";
import type { RowView } from "../tree/row-view.js";
import type {
  BatchScanOptions,
  ReadView,
  RowCursor,
  ScanOptions,
  Snapshot,
  TreeRef,
} from "./contract.js";
import { CATALOG_ID_COLUMN } from "./catalog.js";
import type { BufferPool } from "../run/buffer-pool.js";
import { heldBatches } from "./held-batches.js";
import { engineTree, type EngineTree } from "./engine-tree.js";

/** What views need of the engine. */
export interface ViewHost {
  assertUsable(): void;
  /** Microseconds, never before the last commit. */
  now(): number;
  readonly catalog: EngineTree;
  treeById(id: number): EngineTree | undefined;
  readonly pool: BufferPool;
  /** A view that keeps the versions that it sees. */
  hold(seq: number): HeldSnapshot;
}

/** The committed state at one sequence. */
abstract class CommittedView implements ReadView {
  readonly seq: number;
  protected readonly host: ViewHost;
  private fixedNow = 0;

  constructor(host: ViewHost, seq: number) {
    this.host = host;
    this.seq = seq;
  }

  /** Read when first asked for, unless `fixNow` came before: most reads never need the clock. */
  get now(): number {
    if (this.fixedNow === 0) this.fixNow();
    return this.fixedNow;
  }

  /** Makes this the view's moment: for one that is read later on. */
  fixNow(): void {
    this.fixedNow = this.host.now();
  }

  /**
   * Before each read, and each step of a cursor, which so keeps the view alive: what the read before
   * gave out is not valid any more, and the pool may take its memory back.
   */
  beginRead(): void {
    this.assertReadable();
    this.host.pool.nextStep();
  }

  /** Throws if nothing can be read any more. */
  assertReadable(): void {
    this.host.assertUsable();
  }

  tree(name: string): TreeRef | undefined {
    const row = this.get(this.host.catalog, name);
    return row === null ? undefined : this.host.treeById(Number(row.number(CATALOG_ID_COLUMN)));
  }

  get(tree: TreeRef, key: Key): RowView | null {
    this.beginRead();
    return engineTree(tree).data.get(key, this.seq);
  }

  getConcat(tree: TreeRef, prefix: string, rest: string): RowView | null {
    this.beginRead();
    return engineTree(tree).data.getConcat(prefix, rest, this.seq);
  }

  rowsOf(tree: TreeRef, keys: readonly Key[], batch: RowBatch): boolean {
    this.beginRead();
    engineTree(tree).data.rowsOf(keys, this.seq, batch);
    return true;
  }

  abstract scan(tree: TreeRef, options?: ScanOptions): RowCursor;
  abstract batches(tree: TreeRef, options: BatchScanOptions): Iterable<Batch>;
}

/**
 * The state after the last commit. Single reads need nothing kept; a scan may be under way while
 * others write, flush and compact, so it holds a snapshot of its own until it is over.
 */
export class LatestView extends CommittedView {
  scan(tree: TreeRef, options: ScanOptions = {}): RowCursor {
    if (options.brief === true) {
      this.assertReadable();
      return new BoundedCursor(engineTree(tree).data.briefCursor(this.seq), options, this);
    }
    const held = this.host.hold(this.seq);
    return held.scan(tree, options, () => held.release());
  }

  batches(tree: TreeRef, options: BatchScanOptions): Iterable<Batch> {
    const held = this.host.hold(this.seq);
    return held.batches(tree, options, () => held.release());
  }
}

/** Told how far a scan has come, for read tracking. */
export interface ScanTracker {
  /** The scan has passed `key`; undefined when it reached its far bound. */
  reached(key: Key | undefined): void;
}

/** Walks the live rows of a version cursor between two bounds. */
export class BoundedCursor implements RowCursor {
  private started = false;
  private done = false;
  private failure: Error | undefined;

  constructor(
    private readonly cursor: VersionCursor,
    private readonly options: ScanOptions,
    private readonly view: { beginRead(): void; assertReadable(): void },
    private readonly tracker: ScanTracker | undefined = undefined,
    private readonly onEnd: (() => void) | undefined = undefined,
  ) {}

  get key(): Key {
    return this.cursor.key;
  }

  get row(): RowView {
    return this.cursor.row;
  }

  next(): boolean {
    if (this.done) return false;
    if (this.failure !== undefined) throw this.failure;
    this.view.beginRead();
    try {
      this.advance();
      while (this.cursor.valid && this.cursor.tombstone) this.step();
    } catch (error) {
      // A step that failed half way leaves the cursor nobody knows where.
      this.failure = error as Error;
      throw error;
    }
    const inside = this.cursor.valid && this.insideBounds(this.cursor.key);
    this.tracker?.reached(inside ? this.cursor.key : undefined);
    if (!inside) this.end();
    return inside;
  }

  get canTake(): boolean {
    return this.tracker === undefined && this.options.reverse !== true;
  }

  take(batch: RowBatch, max: number): void {
    if (this.done) return;
    this.view.beginRead();
    if (!this.started) this.advance();
    const { cursor } = this;
    const { end } = this.options;
    if (cursor.valid) cursor.take(batch, max, end);
    if (batch.count === 0) this.end();
  }

  get nextKey(): Key | undefined {
    const { cursor } = this;
    return !this.done && cursor.valid && this.insideBounds(cursor.key) ? cursor.key : undefined;
  }

  close(): void {
    if (!this.done) this.end();
  }

  takeAgainFrom(key: Key): void {
    this.cursor.seek(key);
  }

  assertReadable(): void {
    this.view.assertReadable();
  }

  private end(): void {
    this.done = true;
    this.onEnd?.();
  }

  private advance(): void {
    if (this.started) {
      this.step();
      return;
    }
    this.started = true;
    const { start, end, reverse } = this.options;
    if (reverse === true) {
      if (end === undefined) this.cursor.seekLast();
      else this.cursor.seekBefore(end);
    } else if (start === undefined) this.cursor.seekFirst();
    else this.cursor.seek(start);
  }

  private step(): void {
    if (this.options.reverse === true) this.cursor.previous();
    else this.cursor.next();
  }

  private insideBounds(key: Key): boolean {
    const { start, end, reverse } = this.options;
    if (reverse === true) return start === undefined || key >= start;
    return end === undefined || key < end;
  }
}

/**
 * A committed view that holds its sequence open. One that is dropped without `release` is released
 * when the garbage collector finds it, so that a forgotten iterator costs memory for a while only.
 */
export class HeldSnapshot extends CommittedView implements Snapshot {
  private readonly token: SnapshotToken;

  constructor(host: ViewHost, seq: number, onRelease: (seq: number) => void) {
    super(host, seq);
    this.token = { seq, onRelease, released: false };
    abandoned.register(this, this.token, this);
  }

  /** `onEnd` runs when the cursor has come to its end. */
  scan(tree: TreeRef, options: ScanOptions = {}, onEnd?: () => void): RowCursor {
    this.assertReadable();
    const { data } = engineTree(tree);
    const cursor = options.brief === true ? data.briefCursor(this.seq) : data.cursor(this.seq);
    return new BoundedCursor(cursor, options, this, undefined, onEnd);
  }

  /** `onEnd` runs when the last batch was taken, or the iteration was left. */
  batches(tree: TreeRef, options: BatchScanOptions, onEnd?: () => void): Iterable<Batch> {
    this.assertReadable();
    const batches = engineTree(tree).data.scanBatches({ ...options, atSeq: this.seq });
    return this.guarded(batches, onEnd);
  }

  private *guarded(batches: Iterable<Batch>, onEnd?: () => void): Generator<Batch, void> {
    try {
      for (const batch of heldBatches(batches, this.host.pool)) {
        this.assertReadable();
        yield batch;
      }
    } finally {
      onEnd?.();
    }
  }

  release(): void {
    abandoned.unregister(this);
    releaseToken(this.token);
  }

  override assertReadable(): void {
    super.assertReadable();
    if (!this.token.released) return;
    throw new AegisError("TRANSACTION_ENDED", "this snapshot was released", {
      hint: "Take a new one with db.snapshot().",
    });
  }
}

interface SnapshotToken {
  readonly seq: number;
  readonly onRelease: (seq: number) => void;
  released: boolean;
}

function releaseToken(token: SnapshotToken): void {
  if (token.released) return;
  token.released = true;
  token.onRelease(token.seq);
}

const abandoned = new FinalizationRegistry<SnapshotToken>(releaseToken);
