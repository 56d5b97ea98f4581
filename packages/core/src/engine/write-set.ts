import type { Value } from "@aegisdb/sql/contract";
import { ByteWriter } from "../base/bytes.js";
import type { Key } from "../base/key.js";
import type { StoredValue } from "../tree/row-codec.js";
import { Memtable } from "../tree/memtable.js";
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

/**
 * A transaction's writes, kept as the commit record they will become. Operation `i` wrote
 * `keys[i]` in `trees[i]`, its row lies at `rowStarts[i]`. A small memtable per tree makes the
 * writes readable; it is built only when the transaction first reads that tree, its sequence being
 * the number of the operation, so that a scan can be held to the writes made before it began.
 */
export class WriteSet {
  readonly trees: EngineTree[] = [];
  readonly keys: Key[] = [];
  readonly rowStarts: number[] = [];
  private readonly writer: ByteWriter;
  private local: Map<EngineTree, Memtable> | null = null;

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

  delete(tree: EngineTree, keyValues: readonly StoredValue[]): void {
    const key = keyOf(tree, keyValues);
    const start = this.beginOp(OP_DELETE, tree.id);
    tree.rows.encodeKey(this.writer, keyValues);
    this.endOp(tree, key, start);
  }

  /** The readable form of this transaction's writes to a tree; undefined if there are none. */
  writesTo(tree: EngineTree): Memtable | undefined {
    const known = this.local?.get(tree);
    if (known !== undefined) return known;
    if (!this.trees.includes(tree)) return undefined;
    const memtable = new Memtable(tree.layout, tree.codec);
    this.local ??= new Map();
    this.local.set(tree, memtable);
    for (let i = 0; i < this.keys.length; i++) {
      if (this.trees[i] === tree) this.applyTo(memtable, i);
    }
    return memtable;
  }

  /** Forgets the operations from number `count` on. Cursors over own writes end with it. */
  truncate(count: number): void {
    if (count >= this.keys.length) return;
    this.writer.truncate(this.rowStarts[count]! - OP_HEADER_BYTES);
    for (const list of [this.trees, this.keys, this.rowStarts]) {
      list.length = count;
    }
    this.local = null;
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
    this.trees.push(tree);
    this.keys.push(key);
    this.rowStarts.push(start);
    const memtable = this.local?.get(tree);
    if (memtable !== undefined) this.applyTo(memtable, index);
  }

  private applyTo(memtable: Memtable, index: number): void {
    const key = this.keys[index]!;
    const start = this.rowStarts[index]!;
    if (this.kindOf(index) === OP_PUT) memtable.put(key, index + 1, this.writer.view(), start);
    else memtable.delete(key, index + 1, this.writer.view(), start);
  }
}

/** Key columns are never variants, so no packed one can be among them. */
function keyOf(tree: EngineTree, row: readonly StoredValue[]): Key {
  return tree.codec.encode(row as readonly Value[]);
}
