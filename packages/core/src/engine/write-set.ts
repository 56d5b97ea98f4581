import type { Value } from "@aegisdb/sql/contract";
import { ByteWriter } from "../base/bytes.js";
import type { Key } from "../base/key.js";
import type { StoredValue } from "../tree/row-codec.js";
import { EncodedRow } from "../tree/encoded-row.js";
import { Memtable } from "../tree/memtable.js";
import type { RowView } from "../tree/row-view.js";
import {
  OP_DELETE,
  OP_HEADER_BYTES,
  OP_PUT,
  RECORD_HEADER_BYTES,
  RECORD_VERSION,
  type OpKind,
} from "./commit-record.js";
import type { EngineTree } from "./engine-tree.js";

/** Records larger than this give their buffer back after the commit. */
const KEPT_BUFFER_BYTES = 1 << 20;

/** How the writes to one tree can be read; each form is made when it is first asked for. */
interface TreeWrites {
  readonly tree: EngineTree;
  /** Number of the first operation on the tree. */
  readonly first: number;
  /** No written key is above it: rows that are loaded in order are known to be new by that. */
  highest: Key;
  /** The last operation on each key, for point reads: a third of what a memtable costs a write. */
  points: Map<Key, number> | null;
  /** Keys whose last operation was taken back: an earlier one may be left, which nobody has sought. */
  unsure: Set<Key> | null;
  /** Rows put less keys deleted, which is about how many more rows there are. */
  added: number;
  row: EncodedRow | null;
  /** For scans. Its sequences are numbers of operations, so that a scan keeps to its beginning. */
  memtable: Memtable | null;
}

// What every write set has before its first write; nobody adds to these.
const NO_TREES: EngineTree[] = [];
const NO_KEYS: Key[] = [];
const NO_STARTS: number[] = [];
const NO_WRITES: TreeWrites[] = [];

/**
 * A transaction's writes, kept as the commit record they will become. Operation `i` wrote
 * `keys[i]` in `trees[i]`, its row lies at `rowStarts[i]`. Nothing more is kept of a tree until
 * the transaction reads it; from then on its readable forms grow with every write.
 */
export class WriteSet {
  trees: EngineTree[] = NO_TREES;
  keys: Key[] = NO_KEYS;
  rowStarts: number[] = NO_STARTS;
  private readonly writer: ByteWriter;
  /** One entry a tree, in the order of their first writes. */
  private written: TreeWrites[] = NO_WRITES;
  private latest: TreeWrites | null = null;

  constructor(writer: ByteWriter = new ByteWriter(256)) {
    this.writer = writer;
    this.writer.reset();
    writer.u8(RECORD_VERSION);
    writer.i64(0);
  }

  get count(): number {
    return this.keys.length;
  }

  get treeIds(): number[] {
    return this.trees.map((tree) => tree.id);
  }

  kindOf(index: number): OpKind {
    return this.writer.buffer[this.rowStarts[index]! - OP_HEADER_BYTES] as OpKind;
  }

  /** `key` is that of the row. */
  put(tree: EngineTree, row: readonly StoredValue[], key: Key = keyOf(tree, row)): void {
    const start = this.beginOp(OP_PUT, tree.id);
    try {
      tree.rows.encodeRow(this.writer, row);
    } catch (error) {
      this.writer.truncate(start - OP_HEADER_BYTES);
      throw error;
    }
    this.endOp(tree, key, start);
  }

  /** `key` is that of the values. */
  delete(
    tree: EngineTree,
    keyValues: readonly StoredValue[],
    key: Key = keyOf(tree, keyValues),
  ): void {
    const start = this.beginOp(OP_DELETE, tree.id);
    try {
      tree.rows.encodeKey(this.writer, keyValues);
    } catch (error) {
      this.writer.truncate(start - OP_HEADER_BYTES);
      throw error;
    }
    this.endOp(tree, key, start);
  }

  hasWrittenTo(tree: EngineTree): boolean {
    return this.writesOf(tree) !== undefined;
  }

  /** The writes to a tree in a form that can be scanned; undefined if there are none. */
  writesTo(tree: EngineTree): Memtable | undefined {
    const own = this.writesOf(tree);
    if (own === undefined) return undefined;
    if (own.memtable !== null) return own.memtable;
    own.memtable = new Memtable(tree.layout, tree.codec);
    own.points = null;
    for (let i = own.first; i < this.keys.length; i++) {
      if (this.trees[i] === tree) this.applyTo(own.memtable, i);
    }
    return own.memtable;
  }

  /** The last operation on `key`, or -1 if this transaction has not written it. */
  find(tree: EngineTree, key: Key): number {
    const own = this.writesOf(tree);
    if (own === undefined || key > own.highest) return -1;
    // Sequences in the memtable count from one.
    if (own.memtable !== null) {
      const row = own.memtable.find(key, Infinity);
      return row < 0 ? -1 : own.memtable.seqOf(row) - 1;
    }
    own.points ??= this.pointsOf(own);
    const found = own.points.get(key);
    if (found !== undefined) return found;
    return own.unsure?.delete(key) === true ? this.seek(own, own.points, key) : -1;
  }

  /** About how many more rows a tree has by these writes. */
  rowsAdded(tree: EngineTree): number {
    return this.writesOf(tree)?.added ?? 0;
  }

  /** What operation `index` left in its key: null if it was a deletion. Valid until the next one. */
  rowOf(index: number): RowView | null {
    if (this.kindOf(index) === OP_DELETE) return null;
    const own = this.writesOf(this.trees[index]!)!;
    own.row ??= new EncodedRow(own.tree.layout);
    return own.row.set(this.writer.buffer, this.rowStarts[index]!);
  }

  /** Forgets the operations from number `count` on. Cursors over own writes end with it. */
  truncate(count: number): void {
    if (count >= this.keys.length) return;
    for (let i = count; i < this.keys.length; i++) this.takeBack(i);
    this.writer.truncate(this.rowStarts[count]! - OP_HEADER_BYTES);
    for (const list of [this.trees, this.keys, this.rowStarts]) {
      list.length = count;
    }
    while (this.written.length > 0 && this.written.at(-1)!.first >= count) this.written.pop();
    for (const own of this.written) own.memtable = null;
    this.latest = null;
  }

  /** The finished record, valid until the writer is used again. */
  record(time: number): Uint8Array {
    this.writer.patchI64(1, time);
    return this.writer.view();
  }

  get bytes(): number {
    return this.writer.length - RECORD_HEADER_BYTES;
  }

  /** The writer, for the next transaction; undefined if it has grown too large to keep. */
  reusableWriter(): ByteWriter | undefined {
    return this.writer.capacity <= KEPT_BUFFER_BYTES ? this.writer : undefined;
  }

  private beginOp(kind: OpKind, treeId: number): number {
    this.writer.u8(kind);
    this.writer.u32(treeId);
    this.writer.u32(0);
    return this.writer.length;
  }

  private endOp(tree: EngineTree, key: Key, start: number): void {
    this.writer.patchU32(start - 4, this.writer.length - start);
    const index = this.keys.length;
    if (index === 0) {
      // Most transactions write one row: an array that was pushed to has room for seventeen.
      this.trees = [tree];
      this.keys = [key];
      this.rowStarts = [start];
    } else {
      this.trees.push(tree);
      this.keys.push(key);
      this.rowStarts.push(start);
    }
    const own = this.writesOf(tree);
    if (own === undefined) {
      this.latest = firstWrite(tree, index, key);
      this.latest.added = this.kindOf(index) === OP_PUT ? 1 : -1;
      if (index === 0) this.written = [this.latest];
      else this.written.push(this.latest);
      return;
    }
    own.added += this.kindOf(index) === OP_PUT ? 1 : -1;
    if (key > own.highest) own.highest = key;
    if (own.memtable !== null) this.applyTo(own.memtable, index);
    else own.points?.set(key, index);
  }

  private writesOf(tree: EngineTree): TreeWrites | undefined {
    if (this.latest?.tree === tree) return this.latest;
    for (const own of this.written) {
      if (own.tree !== tree) continue;
      this.latest = own;
      return own;
    }
    return undefined;
  }

  private takeBack(index: number): void {
    const own = this.writesOf(this.trees[index]!)!;
    own.added -= this.kindOf(index) === OP_PUT ? 1 : -1;
    if (own.points === null) return;
    own.points.delete(this.keys[index]!);
    own.unsure ??= new Set();
    own.unsure.add(this.keys[index]!);
  }

  /** The last operation on `key` that is left. */
  private seek(own: TreeWrites, points: Map<Key, number>, key: Key): number {
    let index = this.keys.length - 1;
    while (index >= own.first && (this.keys[index] !== key || this.trees[index] !== own.tree)) {
      index--;
    }
    if (index < own.first) return -1;
    points.set(key, index);
    return index;
  }

  private pointsOf(own: TreeWrites): Map<Key, number> {
    const points = new Map<Key, number>();
    for (let i = own.first; i < this.keys.length; i++) {
      if (this.trees[i] === own.tree) points.set(this.keys[i]!, i);
    }
    return points;
  }

  private applyTo(memtable: Memtable, index: number): void {
    const key = this.keys[index]!;
    const start = this.rowStarts[index]!;
    if (this.kindOf(index) === OP_PUT) memtable.put(key, index + 1, this.writer.view(), start);
    else memtable.delete(key, index + 1, this.writer.view(), start);
  }
}

function firstWrite(tree: EngineTree, index: number, key: Key): TreeWrites {
  return {
    tree,
    first: index,
    highest: key,
    points: null,
    unsure: null,
    added: 0,
    row: null,
    memtable: null,
  };
}

/** Key columns are never variants, so no packed one can be among them. */
function keyOf(tree: EngineTree, row: readonly StoredValue[]): Key {
  return tree.codec.encode(row as readonly Value[]);
}
