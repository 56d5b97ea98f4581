import { isByteForm, type ColumnKind, type Value } from "@aegisdb/sql/contract";
import type { ByteSink } from "../base/bytes.js";
import { readText } from "../base/text.js";
import { unpackVariant } from "../base/variant.js";
import { byteFormValue } from "../run/cell.js";
import { copyOf } from "./byte-form.js";
import { layoutColumns, type Layout } from "./layout.js";
import {
  fixedWidth,
  keyNullBytes,
  nullBytes,
  readFloat64,
  readInt32,
  readInt64,
  readLength,
  varintBytes,
} from "./row-format.js";
import type { RowView } from "./row-view.js";

const NO_BYTES: Uint8Array = new Uint8Array(0);

/** A row read in place from a commit record; set it to the next row and use it again. */
export class EncodedRow implements RowView {
  private readonly kinds: readonly ColumnKind[];
  private readonly widths: readonly number[];
  private readonly keyColumns: number;
  private readonly keyNulls: number;
  private readonly valueNulls: number;
  /** Where each column's bytes begin, a byte form's behind its length; -1 where it is null. */
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private record: Uint8Array = NO_BYTES;

  constructor(layout: Layout) {
    const columns = layoutColumns(layout);
    this.kinds = columns.map((column) => column.type.kind);
    this.widths = this.kinds.map(fixedWidth);
    this.keyColumns = layout.key.length;
    this.keyNulls = keyNullBytes(layout);
    this.valueNulls = nullBytes(layout.value.length);
    this.starts = new Int32Array(columns.length);
    this.ends = new Int32Array(columns.length);
  }

  /** To the encoded row at `offset`; `record` must not change while it is read. */
  set(record: Uint8Array, offset: number): this {
    this.record = record;
    const at = this.locate(0, this.keyColumns, this.keyNulls, offset);
    this.locate(this.keyColumns, this.kinds.length, this.valueNulls, at);
    return this;
  }

  /** To the encoded row or key at `offset`, of which only key columns will be read. */
  setKey(record: Uint8Array, offset: number): this {
    this.record = record;
    this.locate(0, this.keyColumns, this.keyNulls, offset);
    return this;
  }

  isNull(column: number): boolean {
    return this.starts[column]! < 0;
  }

  number(column: number): number | bigint {
    const at = this.starts[column]!;
    const kind = this.kinds[column]!;
    if (kind === "float") return readFloat64(this.record, at);
    return kind === "date" ? readInt32(this.record, at) : readInt64(this.record, at);
  }

  boolean(column: number): boolean {
    return this.record[this.starts[column]!] === 1;
  }

  text(column: number): string {
    return readText(this.record, this.starts[column]!, this.ends[column]!);
  }

  bytes(column: number): Uint8Array {
    return copyOf(this.record, this.starts[column]!, this.ends[column]!);
  }

  copyBytes(column: number, to: ByteSink): void {
    to.rawOf(this.record, this.starts[column]!, this.ends[column]!);
  }

  json(column: number): unknown {
    return unpackVariant(this.record, this.starts[column], this.ends[column]);
  }

  value(column: number): Value {
    if (this.isNull(column)) return null;
    const kind = this.kinds[column]!;
    if (kind === "bytes" || kind === "numeric") return this.bytes(column);
    if (!isByteForm(kind)) return kind === "bool" ? this.boolean(column) : this.number(column);
    return byteFormValue(kind, this.record, this.starts[column]!, this.ends[column]!);
  }

  /** Finds columns [from, to) behind their `nulls` bytes; returns the offset after them. */
  private locate(from: number, to: number, nulls: number, offset: number): number {
    const { record, starts, ends, widths } = this;
    let at = offset + nulls;
    for (let column = from; column < to; column++) {
      const bit = column - from;
      if (nulls > 0 && ((record[offset + (bit >>> 3)]! >>> (bit & 7)) & 1) === 1) {
        starts[column] = -1;
        continue;
      }
      let width = widths[column]!;
      if (width === 0) {
        width = readLength(record, at);
        at += varintBytes(width);
      }
      starts[column] = at;
      at += width;
      ends[column] = at;
    }
    return at;
  }
}
