import { AegisError, assert } from "../errors.js";
import type { Memtable } from "../tree/memtable.js";
import type { SharedMemory } from "../tree/shared-memory.js";
import {
  CATALOG_ID_COLUMN,
  CATALOG_LAYOUT,
  CATALOG_LAYOUT_COLUMN,
  CATALOG_NAME,
  CATALOG_TREE_ID,
  layoutFromJson,
} from "./catalog.js";
import { OP_PUT, RecordReader } from "./commit-record.js";
import { EngineTree } from "./engine-tree.js";
import type { WriteSet } from "./write-set.js";

/** The memtables that were frozen together: everything up to one log position. */
export interface FrozenSet {
  readonly position: number;
  readonly lastTime: number;
  readonly parts: readonly { readonly tree: EngineTree; readonly memtable: Memtable }[];
}

/** All trees of the database, and the one way commits get into them. */
export class Storage {
  readonly trees: Map<number, EngineTree> = new Map();
  readonly catalog: EngineTree;
  /** Bytes of the active memtables together; `writeBufferSize` bounds them. */
  activeBytes = 0;
  /** No tree has had this id or a larger one. */
  nextTreeId: number = CATALOG_TREE_ID + 1;
  private readonly pendingTrees = new Map<number, EngineTree>();
  private touched = new Set<EngineTree>();

  /** `memory` is what memtables are made of. */
  constructor(readonly memory: SharedMemory) {
    this.catalog = new EngineTree(CATALOG_TREE_ID, CATALOG_NAME, CATALOG_LAYOUT, memory);
    this.catalog.createdAt = 0;
    this.trees.set(CATALOG_TREE_ID, this.catalog);
  }

  /** Trees that were dropped at or before a sequence, and are not forgotten. */
  droppedBefore(seq: number): EngineTree[] {
    const dropped = [...this.trees.values()].filter(({ droppedAt }) => droppedAt !== Infinity);
    return dropped.filter(({ droppedAt }) => droppedAt <= seq);
  }

  /** The tree is gone: nothing refers to it any more. */
  forget(tree: EngineTree): void {
    this.trees.delete(tree.id);
    this.touched.delete(tree);
  }

  /** Applies a transaction of this process; keys and trees are known already. */
  applyWrites(
    writes: WriteSet,
    record: Uint8Array,
    seq: number,
    created: ReadonlyMap<number, EngineTree> | null,
  ): void {
    created?.forEach((tree, id) => this.pendingTrees.set(id, tree));
    const { trees, keys, rowStarts } = writes;
    for (let i = 0; i < keys.length; i++) {
      const tree = trees[i]!;
      const key = keys[i]!;
      const put = writes.kindOf(i) === OP_PUT;
      this.apply(tree, key, seq, put, record, rowStarts[i]!);
      if (tree === this.catalog) this.catalogChanged(key as string, put, seq);
    }
    if (created !== null) this.pendingTrees.clear();
  }

  /** Applies a record read from the log. */
  applyRecord(record: Uint8Array, seq: number): void {
    const reader = new RecordReader(record);
    while (reader.next()) {
      const tree = this.trees.get(reader.treeId);
      if (tree === undefined) {
        throw new AegisError(
          "CORRUPTION",
          `the log writes to tree ${reader.treeId}, which is unknown`,
        );
      }
      const key = tree.rows.decodeKey(record, reader.rowStart, tree.codec);
      const put = reader.kind === OP_PUT;
      this.apply(tree, key, seq, put, record, reader.rowStart);
      if (tree === this.catalog) this.catalogChanged(key as string, put, seq);
    }
  }

  /** Registers the trees that the catalog's runs hold; called once, before the log is replayed. */
  loadCatalog(): void {
    const cursor = this.catalog.data.cursor(Infinity);
    for (cursor.seekFirst(); cursor.valid; cursor.next()) {
      if (cursor.tombstone) continue;
      const id = Number(cursor.row.number(CATALOG_ID_COLUMN));
      const layout = layoutFromJson(cursor.row.json(CATALOG_LAYOUT_COLUMN));
      const tree = new EngineTree(id, cursor.key as string, layout, this.memory);
      tree.createdAt = 0;
      this.register(tree);
    }
  }

  /** Puts every active memtable aside and starts new ones. */
  freeze(position: number, lastTime: number): FrozenSet {
    const parts: { tree: EngineTree; memtable: Memtable }[] = [];
    for (const tree of this.touched) {
      const memtable = tree.data.freeze();
      if (memtable !== null) parts.push({ tree, memtable });
    }
    this.touched = new Set();
    this.activeBytes = 0;
    return { position, lastTime, parts };
  }

  private apply(
    tree: EngineTree,
    key: number | bigint | string,
    seq: number,
    put: boolean,
    record: Uint8Array,
    rowStart: number,
  ): void {
    tree.writtenAt = seq;
    const memtable = tree.data.active;
    const before = memtable.bytes;
    if (put) memtable.put(key, seq, record, rowStart);
    else memtable.delete(key, seq, record, rowStart);
    if (memtable.rowCount === 1) this.touched.add(tree);
    this.activeBytes += memtable.bytes - before;
  }

  private catalogChanged(name: string, put: boolean, seq: number): void {
    if (put) {
      this.treeNamed(name, seq);
      return;
    }
    // A rename writes its new name first, so the old name is then nobody's.
    for (const tree of this.trees.values()) {
      if (tree.name === name && tree.droppedAt === Infinity) tree.droppedAt = seq;
    }
  }

  private treeNamed(name: string, seq: number): void {
    const row = this.catalog.data.get(name, seq);
    assert(row !== null, `catalog row of ${name}`);
    const id = Number(row.number(CATALOG_ID_COLUMN));
    const known = this.trees.get(id);
    if (known !== undefined) {
      known.name = name;
      return;
    }
    const layout = layoutFromJson(row.json(CATALOG_LAYOUT_COLUMN));
    const tree = this.pendingTrees.get(id) ?? new EngineTree(id, name, layout, this.memory);
    tree.createdAt = seq;
    this.register(tree);
  }

  private register(tree: EngineTree): void {
    this.trees.set(tree.id, tree);
    this.nextTreeId = Math.max(this.nextTreeId, tree.id + 1);
  }
}
