import { Variant, type Batch } from "@aegisdb/sql/contract";
import type { Key } from "../base/key.js";
import { AegisError } from "../errors.js";
import type { Layout } from "../tree/layout.js";
import { MemtableCursor } from "../tree/memtable-cursor.js";
import type { Memtable } from "../tree/memtable.js";
import type { VersionCursor } from "../tree/contract.js";
import { MergeCursor } from "../tree/merge-cursor.js";
import type { RowBatch } from "../tree/row-batch.js";
import type { StoredValue } from "../tree/row-codec.js";
import type { SharedMemory } from "../tree/shared-memory.js";
import type { RowView } from "../tree/row-view.js";
import { CATALOG_ID_COLUMN, layoutToJson } from "./catalog.js";
import type {
  BatchScanOptions,
  ManualTransaction,
  RowCursor,
  ScanOptions,
  TransactionOptions,
  TreeRef,
} from "./contract.js";
import { droppedMeanwhile, EngineTree, engineTree } from "./engine-tree.js";
import { heldBatches } from "./held-batches.js";
import { ReadSet } from "./read-set.js";
import { BoundedCursor, type ScanTracker, type ViewHost } from "./view.js";
import type { WriteSet } from "./write-set.js";

/** What a transaction needs of the engine. */
export interface TransactionHost extends ViewHost {
  nextVersion(): number;
  nextTreeId(): number;
  /** What memtables are made of. */
  readonly memtableMemory: SharedMemory;
  commit(tx: EngineTransaction): Promise<void>;
  release(tx: EngineTransaction): void;
}

/** This transaction gave a tree a name, or took it away, with its write number `at`. */
interface NameChange {
  readonly at: number;
  readonly tree: EngineTree;
  readonly name: string | undefined;
}

/**
 * A transaction: a view at its snapshot, overlaid with its own writes. `tracked` is false for
 * single synchronous calls, which nothing can interleave with.
 */
export class EngineTransaction implements ManualTransaction {
  readonly seq: number;
  readonly now: number;
  readonly readOnly: boolean;
  readonly serializable: boolean;
  readonly writes: WriteSet;
  /** Reads to validate at commit; null when nothing is tracked. */
  readonly reads: ReadSet | null;
  /** Trees made by this transaction, which the engine does not know yet; null if there are none. */
  created: Map<number, EngineTree> | null = null;
  /** Null if there are none. */
  private nameChanges: NameChange[] | null = null;
  ended = false;
  private readonly host: TransactionHost;
  private tracking: boolean;

  constructor(
    host: TransactionHost,
    seq: number,
    writes: WriteSet,
    options: TransactionOptions & { readonly tracked: boolean },
  ) {
    this.host = host;
    this.seq = seq;
    this.now = host.now();
    this.writes = writes;
    this.readOnly = options.readOnly === true;
    this.serializable = options.isolation !== "snapshot";
    this.reads = options.tracked && !this.readOnly ? new ReadSet() : null;
    this.tracking = this.reads !== null && this.serializable;
  }

  nextVersion(): number {
    return this.host.nextVersion();
  }

  tree(name: string): TreeRef | undefined {
    this.assertReadable();
    const row = this.get(this.host.catalog, name);
    if (row === null) return undefined;
    const id = Number(row.number(CATALOG_ID_COLUMN));
    return this.created?.get(id) ?? this.host.treeById(id);
  }

  get(ref: TreeRef, key: Key): RowView | null {
    this.beginRead();
    const tree = engineTree(ref);
    if (this.tracking) this.reads!.addPoint(tree.id, key);
    const own = this.writes.count === 0 ? -1 : this.writes.find(tree, key);
    if (own >= 0) return this.writes.rowOf(own);
    return tree.data.get(key, this.seq);
  }

  getValidated(ref: TreeRef, key: Key): RowView | null {
    // A read that is tracked anyway is not noted twice.
    if (this.reads !== null && !this.tracking) this.reads.addPoint(engineTree(ref).id, key);
    return this.get(ref, key);
  }

  getConcat(ref: TreeRef, prefix: string, rest: string): RowView | null {
    if (this.tracking || this.writes.count > 0) return this.get(ref, prefix + rest);
    this.beginRead();
    return engineTree(ref).data.getConcat(prefix, rest, this.seq);
  }

  rowsOf(ref: TreeRef, keys: readonly Key[], batch: RowBatch): boolean {
    const tree = engineTree(ref);
    if (this.tracking || this.writes.hasWrittenTo(tree)) return false;
    this.beginRead();
    tree.data.rowsOf(keys, this.seq, batch);
    return true;
  }

  scan(ref: TreeRef, options: ScanOptions = {}): RowCursor {
    this.assertReadable();
    const tree = engineTree(ref);
    const own = this.writes.writesTo(tree);
    const committed = tree.data.cursor(this.seq);
    const cursor = own === undefined ? committed : this.overlaid(own, committed);
    const tracker = this.tracking ? this.trackRange(tree.id, options) : undefined;
    return new BoundedCursor(cursor, options, this, tracker);
  }

  batches(ref: TreeRef, options: BatchScanOptions): Iterable<Batch> {
    this.assertReadable();
    const tree = engineTree(ref);
    if (this.tracking) this.reads!.addRange(tree.id, options.start, options.end);
    const own = this.writes.writesTo(tree);
    const overlay = own === undefined ? undefined : { memtable: own, atSeq: this.writes.count };
    const batches = tree.data.scanBatches({ ...options, atSeq: this.seq, overlay });
    return heldBatches(batches, this.host.pool);
  }

  put(ref: TreeRef, row: readonly StoredValue[], key?: Key): void {
    this.writes.put(this.writable(ref), row, key);
  }

  delete(ref: TreeRef, keyValues: readonly StoredValue[], key?: Key): void {
    this.writes.delete(this.writable(ref), keyValues, key);
  }

  createTree(name: string, layout: Layout): TreeRef {
    this.assertNameFree(name);
    const tree = new EngineTree(this.host.nextTreeId(), name, layout, this.host.memtableMemory);
    const change = { at: this.writes.count, tree, name };
    this.put(this.host.catalog, [name, tree.id, new Variant(layoutToJson(layout))]);
    this.created ??= new Map();
    this.created.set(tree.id, tree);
    (this.nameChanges ??= []).push(change);
    return tree;
  }

  dropTree(ref: TreeRef): void {
    const tree = this.writable(ref);
    const change = { at: this.writes.count, tree, name: undefined };
    this.delete(this.host.catalog, [this.validatedName(tree)]);
    (this.nameChanges ??= []).push(change);
  }

  renameTree(ref: TreeRef, name: string): void {
    const tree = this.writable(ref);
    const from = this.validatedName(tree);
    this.assertNameFree(name);
    const change = { at: this.writes.count, tree, name };
    // The new name comes first, so that deleting the old one is not taken for a drop.
    this.put(this.host.catalog, [name, tree.id, new Variant(layoutToJson(tree.layout))]);
    this.delete(this.host.catalog, [from]);
    (this.nameChanges ??= []).push(change);
  }

  rowsAdded(ref: TreeRef): number {
    return this.writes.rowsAdded(engineTree(ref));
  }

  alwaysValidated<T>(fn: () => T): T {
    if (this.reads === null || this.tracking) return fn();
    this.tracking = true;
    try {
      return fn();
    } finally {
      this.tracking = false;
    }
  }

  keepReads(): void {
    this.tracking = this.reads !== null;
  }

  savepoint(): number {
    this.assertReadable();
    return this.writes.count;
  }

  rollbackTo(savepoint: number): void {
    this.assertReadable();
    this.writes.truncate(savepoint);
    const changes = this.nameChanges ?? [];
    while (changes.length > 0 && changes.at(-1)!.at >= savepoint) {
      const { tree } = changes.pop()!;
      if (!changes.some((change) => change.tree === tree)) this.created?.delete(tree.id);
    }
  }

  async commit(): Promise<void> {
    this.assertReadable();
    try {
      await this.host.commit(this);
    } finally {
      this.end();
    }
  }

  rollback(): void {
    this.end();
  }

  /** Releases the snapshot; idempotent. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.host.release(this);
  }

  private assertNameFree(name: string): void {
    if (this.get(this.host.catalog, name) === null) return;
    throw new AegisError("OBJECT_EXISTS", `a tree named "${name}" exists`);
  }

  private writable(ref: TreeRef): EngineTree {
    this.assertReadable();
    if (this.readOnly) {
      throw new AegisError("READ_ONLY_TRANSACTION", "this transaction is read-only", {
        hint: "Leave out readOnly to write.",
      });
    }
    const tree = engineTree(ref);
    if (!this.isThere(tree)) {
      if (tree.droppedAt !== Infinity && tree.droppedAt > this.seq) throw droppedMeanwhile(tree);
      throw new AegisError("NOT_FOUND", `the tree "${tree.name}" was dropped or never came to be`);
    }
    return tree;
  }

  /** A record must not write to a tree that nobody could find again when it is replayed. */
  private isThere(tree: EngineTree): boolean {
    if (tree.droppedAt !== Infinity) return false;
    if (tree.createdAt === Infinity && this.created?.has(tree.id) !== true) return false;
    return this.nameChanges === null || this.nameOf(tree) !== undefined;
  }

  /** The tree's name as this transaction has left it; undefined once it has dropped it. */
  private nameOf(tree: EngineTree): string | undefined {
    const last = this.nameChanges?.findLast((change) => change.tree === tree);
    return last === undefined ? tree.name : last.name;
  }

  /** The same, as a read that makes this transaction fail if another one renames or drops the tree. */
  private validatedName(tree: EngineTree): string {
    const name = this.nameOf(tree)!;
    this.alwaysValidated(() => this.get(this.host.catalog, name));
    return name;
  }

  /** As a view's `beginRead`; also before each step of a cursor. */
  beginRead(): void {
    this.assertReadable();
    this.host.pool.nextStep();
  }

  assertReadable(): void {
    if (this.ended) {
      throw new AegisError("TRANSACTION_ENDED", "this transaction has ended", {
        hint: "Use `tx` only inside the function given to db.transaction, and await what it calls.",
      });
    }
    this.host.assertUsable();
  }

  /** Own writes up to now over committed rows; later writes do not disturb the walk. */
  private overlaid(own: Memtable, committed: VersionCursor): VersionCursor {
    const sources = [new MemtableCursor(own, this.writes.count), committed];
    return new MergeCursor({ epoch: 0, open: () => sources }, true);
  }

  /** Tracks only as much of the range as the scan has really seen. */
  private trackRange(treeId: number, options: ScanOptions): ScanTracker {
    const range = this.reads!.addScan(treeId, options);
    return { reached: (key) => range.reached(key) };
  }
}
