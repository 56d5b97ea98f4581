import type { ByteWriter } from "../base/bytes.js";
import type { Key } from "../base/key.js";
import type { KeyCodec } from "../base/keycode.js";
import { AegisError } from "../errors.js";
import { createColumnEncoder, type ColumnEncoder, type StoredValue } from "./column-encoder.js";
import { EncodedRow } from "./encoded-row.js";
import type { Layout, LayoutColumn } from "./layout.js";
import { keyNullBytes, nullBytes, readInt64 } from "./row-format.js";

export { PackedVariant } from "../base/variant.js";
export type { StoredValue } from "./column-encoder.js";

/** Encodes rows of one layout for commit records; see row-format for the bytes. */
export interface RowCodec {
  /**
   * Appends the row `[...key, ...value]`. Throws TYPE_MISMATCH, NUMERIC_OUT_OF_RANGE,
   * NOT_NULL_VIOLATION or INVALID_TEXT naming the column; `writer` then ends in a part of the row.
   */
  encodeRow(writer: ByteWriter, values: readonly StoredValue[]): void;
  /** Appends the key columns only, for a deletion. */
  encodeKey(writer: ByteWriter, keyValues: readonly StoredValue[]): void;
  /** The key of the encoded row or key at `offset`; `codec` is that of the same layout. */
  decodeKey(bytes: Uint8Array, offset: number, codec: KeyCodec): Key;
}

export function createRowCodec(layout: Layout): RowCodec {
  return new LayoutRowCodec(layout);
}

class LayoutRowCodec implements RowCodec {
  private readonly layout: Layout;
  private readonly key: ColumnGroup;
  private readonly value: ColumnGroup;
  private readonly columns: number;
  /** Reads the key columns of encoded rows. */
  private readonly row: EncodedRow;

  constructor(layout: Layout) {
    this.layout = layout;
    this.key = new ColumnGroup(layout.key, 0, keyNullBytes(layout), true);
    this.value = new ColumnGroup(layout.value, layout.key.length, nullBytes(layout.value.length));
    this.columns = layout.key.length + layout.value.length;
    this.row = new EncodedRow(layout);
  }

  encodeRow(writer: ByteWriter, values: readonly StoredValue[]): void {
    if (values.length !== this.columns) throw wrongCount(values.length, this.columns);
    this.key.encode(writer, values);
    this.value.encode(writer, values);
  }

  encodeKey(writer: ByteWriter, keyValues: readonly StoredValue[]): void {
    const { length } = this.layout.key;
    if (keyValues.length !== length) throw wrongCount(keyValues.length, length);
    this.key.encode(writer, keyValues);
  }

  decodeKey(bytes: Uint8Array, offset: number, codec: KeyCodec): Key {
    if (codec.form === "number" && codec.columns[0]!.type.kind !== "date") {
      return readInt64(bytes, offset);
    }
    this.row.setKey(bytes, offset);
    return codec.encode(this.layout.key.map((_, column) => this.row.value(column)));
  }
}

/** Consecutive columns behind one set of nulls. */
class ColumnGroup {
  private readonly encoders: readonly ColumnEncoder[];
  private readonly columns: readonly LayoutColumn[];
  private readonly first: number;
  private readonly nulls: number;
  private readonly isKey: boolean;

  constructor(columns: readonly LayoutColumn[], first: number, nulls: number, isKey = false) {
    this.encoders = columns.map(createColumnEncoder);
    this.columns = columns;
    this.first = first;
    this.nulls = nulls;
    this.isKey = isKey;
  }

  encode(writer: ByteWriter, values: readonly StoredValue[]): void {
    const { encoders, first } = this;
    const nullsAt = writer.length;
    for (let i = 0; i < this.nulls; i++) writer.u8(0);
    for (let c = 0; c < encoders.length; c++) {
      const value = values[first + c];
      if (value === null) this.setNull(writer, nullsAt, c);
      else encoders[c]!(writer, value!);
    }
  }

  private setNull(writer: ByteWriter, nullsAt: number, c: number): void {
    const column = this.columns[c]!;
    if (this.isKey && column.nullable !== true) {
      throw new AegisError("NOT_NULL_VIOLATION", `key column "${column.name}" cannot take NULL`, {
        column: column.name,
      });
    }
    writer.buffer[nullsAt + (c >>> 3)]! |= 1 << (c & 7);
  }
}

function wrongCount(given: number, expected: number): AegisError {
  return new AegisError("INVALID_ARGUMENT", `${given} values for ${expected} columns`);
}
