import type { Batch } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import { AegisError } from "../errors.js";
import type { VersionCursor } from "../tree/contract.js";
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
import { engineTree, type EngineTree } from "./engine-tree.js";

/** What views need of the engine. */
export interface ViewHost {
  assertUsable(): void;
  /** Microseconds, never before the last commit. */
  now(): number;
  readonly catalog: EngineTree;
  treeById(id: number): EngineTree | undefined;
}

/** The committed state at one sequence. */
export class CommittedView implements ReadView {
  readonly seq: number;
  protected readonly host: ViewHost;
  private fixedNow = 0;

  constructor(host: ViewHost, seq: number) {
    this.host = host;
    this.seq = seq;
  }

  /** Read when first asked for: most reads never need the clock. */
  get now(): number {
    if (this.fixedNow === 0) this.fixedNow = this.host.now();
    return this.fixedNow;
  }

  tree(name: string): TreeRef | undefined {
    const row = this.get(this.host.catalog, name);
    return row === null ? undefined : this.host.treeById(Number(row.number(CATALOG_ID_COLUMN)));
  }

  get(tree: TreeRef, key: Key): RowView | null {
    this.host.assertUsable();
    return engineTree(tree).data.get(key, this.seq);
  }

  getConcat(tree: TreeRef, prefix: string, rest: string): RowView | null {
    this.host.assertUsable();
    return engineTree(tree).data.getConcat(prefix, rest, this.seq);
  }

  scan(tree: TreeRef, options: ScanOptions = {}): RowCursor {
    this.host.assertUsable();
    return new BoundedCursor(engineTree(tree).data.cursor(this.seq), options, this.host);
  }

  batches(tree: TreeRef, options: BatchScanOptions): Iterable<Batch> {
    this.host.assertUsable();
    return engineTree(tree).data.scanBatches({ ...options, atSeq: this.seq });
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

  constructor(
    private readonly cursor: VersionCursor,
    private readonly options: ScanOptions,
    private readonly host: Pick<ViewHost, "assertUsable">,
    private readonly tracker: ScanTracker | undefined = undefined,
  ) {}

  get key(): Key {
    return this.cursor.key;
  }

  get row(): RowView {
    return this.cursor.row;
  }

  next(): boolean {
    if (this.done) return false;
    this.host.assertUsable();
    this.advance();
    while (this.cursor.valid && this.cursor.tombstone) this.step();
    const inside = this.cursor.valid && this.insideBounds(this.cursor.key);
    if (!inside) this.done = true;
    this.tracker?.reached(inside ? this.cursor.key : undefined);
    return inside;
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

  override get(tree: TreeRef, key: Key): RowView | null {
    this.assertHeld();
    return super.get(tree, key);
  }

  override getConcat(tree: TreeRef, prefix: string, rest: string): RowView | null {
    this.assertHeld();
    return super.getConcat(tree, prefix, rest);
  }

  override scan(tree: TreeRef, options: ScanOptions = {}): RowCursor {
    this.assertHeld();
    return super.scan(tree, options);
  }

  override batches(tree: TreeRef, options: BatchScanOptions): Iterable<Batch> {
    this.assertHeld();
    return super.batches(tree, options);
  }

  release(): void {
    abandoned.unregister(this);
    releaseToken(this.token);
  }

  private assertHeld(): void {
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
