import type { ColumnType, ColumnVector, Value } from "@aegisdb/sql/contract";
import { AegisError } from "../errors.js";
import type { Key, KeyRange } from "./key.js";
import { createCompositeCodec } from "./keycode-composite.js";
import { createNumberCodec } from "./keycode-number.js";
import { createTextCodec } from "./keycode-text.js";

export interface KeyColumn {
  readonly type: ColumnType;
  readonly descending?: boolean;
  readonly nullable?: boolean;
}

/** Turns key columns into a `Key` and back. One per layout. */
export interface KeyCodec {
  /** `number`: keys are numbers or bigints; `string`: keys are strings. */
  readonly form: "number" | "string";
  readonly columns: readonly KeyColumn[];
  /** `values[from + i]` is key column i. Throws INVALID_TEXT / INVALID_KEY / TYPE_MISMATCH. */
  encode(values: readonly Value[], from?: number): Key;
  /** The same from row `index` of vectors; `vectors[i]` is key column i. */
  encodeRow(vectors: readonly ColumnVector[], index: number): Key;
  /**
   * The values of the key columns, exactly as they were encoded, but for -0, which gives 0.
   * Precondition: `key` was made by a codec of the same columns.
   */
  decode(key: Key): Value[];
  /**
   * All keys whose first columns equal `prefix` (fewer than all columns, or all of them).
   * Equal is what `compareValues` calls equal: intervals of one length are.
   */
  prefixRange(prefix: readonly Value[]): KeyRange;
  /**
   * All keys whose first columns equal `prefix` and whose next column, a text, starts with `start`.
   * Precondition: column `prefix.length` exists and is of kind text.
   */
  startsWithRange(prefix: readonly Value[], start: string): KeyRange;
}

/**
 * The codec for a list of key columns. Keys are numbers where one ascending NOT NULL column of an
 * integer form is the whole key, a text itself where that is the whole key, else composite.
 */
export function createKeyCodec(columns: readonly KeyColumn[]): KeyCodec {
  if (columns.length === 0) {
    throw new AegisError("INVALID_DEFINITION", "a key needs at least one column");
  }
  for (const column of columns) {
    if (column.type.kind === "variant") {
      throw new AegisError("INVALID_DEFINITION", "a column of type variant cannot be a key column");
    }
  }
  const only = columns.length === 1 ? columns[0]! : undefined;
  if (only !== undefined && only.nullable !== true && only.descending !== true) {
    switch (only.type.kind) {
      case "int":
      case "timestamp":
      case "decimal":
      case "time":
      case "date":
        return createNumberCodec(only);
      case "text":
        return createTextCodec(only);
      default:
    }
  }
  return createCompositeCodec(columns);
}
