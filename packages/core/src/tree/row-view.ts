import type { Value } from "@aegisdb/sql/contract";
import type { ByteSink } from "../base/bytes.js";

/**
 * One row of a tree, seen in place: no object is made per row. Columns are numbered over
 * `[...key, ...value]`. The view is valid only until the next read on the snapshot or transaction
 * it came from; copy what must live longer (values returned here are copies already).
 *
 * Typed accessors do not check the column's kind; the caller knows the layout.
 */
export interface RowView {
  isNull(column: number): boolean;
  /** int-form, date and float columns whose value is a number; bigint beyond ±2^53. */
  number(column: number): number | bigint;
  boolean(column: number): boolean;
  text(column: number): string;
  /** A copy of the bytes of a byte-form column. */
  bytes(column: number): Uint8Array;
  /** The same bytes, copied straight to where they are wanted. */
  copyBytes(column: number, to: ByteSink): void;
  /** Decodes a variant. */
  json(column: number): unknown;
  /** Any column, as its `Value`. */
  value(column: number): Value;
}
