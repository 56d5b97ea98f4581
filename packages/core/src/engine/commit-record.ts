/**
 * The payload of a commit record: resolved effects only, in the order they happened. The write set
 * of a transaction *is* its record under construction, and applying a record is the one way rows
 * get into memtables, whether it was committed here, is replayed after a crash or comes from afar.
 *
 *   record := version:u8 time:i64 op*
 *   op     := kind:u8 tree:u32 length:u32 row[length]
 *
 * `row` is encoded by the tree's row codec: the whole row for a put, its key columns for a delete.
 * See docs/format/commit-record.md.
 */
import { AegisError } from "../errors.js";

export const RECORD_VERSION = 1;
export const RECORD_HEADER_BYTES = 9;
export const OP_HEADER_BYTES = 9;

export const OP_PUT = 1;
export const OP_DELETE = 2;
export type OpKind = typeof OP_PUT | typeof OP_DELETE;

/** Walks the operations of a record in place; `next` moves, the fields describe the current one. */
export class RecordReader {
  kind: OpKind = OP_PUT;
  treeId = 0;
  /** Range of the row within `bytes`. */
  rowStart = 0;
  rowEnd = 0;
  readonly time: number;
  readonly bytes: Uint8Array;
  private position: number;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < RECORD_HEADER_BYTES) throw damaged("it is shorter than its header");
    const version = bytes[0]!;
    if (version !== RECORD_VERSION) {
      throw new AegisError("UNSUPPORTED_FORMAT", `commit record of format version ${version}`, {
        hint: "Open the database with the newer version that wrote it.",
      });
    }
    this.time = Number(this.view.getBigInt64(1, true));
    this.position = RECORD_HEADER_BYTES;
  }

  next(): boolean {
    const at = this.position;
    if (at === this.bytes.length) return false;
    if (at + OP_HEADER_BYTES > this.bytes.length) throw damaged("an operation is cut off");
    const kind = this.bytes[at]!;
    if (kind !== OP_PUT && kind !== OP_DELETE) throw damaged(`unknown operation ${kind}`);
    this.kind = kind;
    this.treeId = this.view.getUint32(at + 1, true);
    this.rowStart = at + OP_HEADER_BYTES;
    this.rowEnd = this.rowStart + this.view.getUint32(at + 5, true);
    if (this.rowEnd > this.bytes.length) throw damaged("a row is cut off");
    this.position = this.rowEnd;
    return true;
  }
}

function damaged(why: string): AegisError {
  return new AegisError("CORRUPTION", `a commit record is damaged: ${why}`);
}
