import type { ColumnVector } from "../../contract/vector.js";
import { comparatorOf, type Comparator } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import { SCALE_BYTES } from "../../types/decimal-encoding.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumsOf, isVector } from "../column.js";
import { fullBatch } from "../batches.js";
import type { Column } from "../operator.js";

export interface SortColumn {
  readonly column: Column;
  readonly type: SqlType;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

/**
 * A sort key in the form that its comparison is generated for:
 *
 * - `number`: doubles or small integers without NaN; `float`: doubles with NaN, the largest;
 * - `bytes`: byte strings, their first six bytes as a number in `values`;
 * - `datum`: whatever the type's comparator orders.
 */
export interface SortKeyData {
  readonly form: "number" | "float" | "bytes" | "datum";
  readonly descending: boolean;
  readonly nullsFirst: boolean;
  readonly nulls: Uint8Array | null;
  readonly values: Float64Array | Int32Array | Uint8Array | readonly Datum[];
  readonly bytes: Uint8Array | null;
  readonly starts: Uint32Array | null;
  readonly ends: Uint32Array | null;
  readonly compare: Comparator | null;
}

/** Bytes that fit a double as a number. */
const PREFIX_BYTES = 6;

/** The key over all rows of a column. Throws FUNCTION_NOT_FOUND for types without an order. */
export function sortKeyData({ column, type, ...order }: SortColumn): SortKeyData {
  const compare = comparatorOf(type);
  const base = { ...order, bytes: null, starts: null, ends: null, compare: null };
  if (!isVector(column)) {
    return { ...base, form: "datum", nulls: nullMarks(column), values: column, compare };
  }
  const { values, nulls } = column;
  if (values !== null && !(values instanceof BigInt64Array)) {
    const form = type.name === "real" || type.name === "double precision" ? "float" : "number";
    return { ...base, form, nulls, values };
  }
  if (isOrderedBytes(column, type)) return { ...base, ...bytesKey(column), form: "bytes", nulls };
  const datums = datumsOf(column, type, fullBatch(column.length, [column]));
  return { ...base, form: "datum", nulls, values: datums, compare };
}

function nullMarks(datums: readonly Datum[]): Uint8Array | null {
  return datums.includes(null) ? Uint8Array.from(datums, (datum) => Number(datum === null)) : null;
}

/** Whether the order of the bytes is that of the values. */
function isOrderedBytes(vector: ColumnVector, type: SqlType): boolean {
  if (vector.codes !== null) return false;
  const { kind } = vector.type;
  if (kind === "text") return type.name !== "jsonb";
  return kind === "bytes" || kind === "uuid" || kind === "numeric";
}

function bytesKey(vector: ColumnVector): Pick<SortKeyData, "values" | "bytes" | "starts" | "ends"> {
  const bytes = vector.bytes!;
  const starts = vector.starts!;
  const ends = vector.type.kind === "numeric" ? numberEnds(vector) : vector.ends!;
  const values = new Float64Array(vector.length);
  for (let row = 0; row < values.length; row++) {
    values[row] = prefixOf(bytes, starts[row]!, ends[row]!);
  }
  return { values, bytes, starts, ends };
}

function numberEnds(vector: ColumnVector): Uint32Array {
  return vector.ends!.map((end, row) => Math.max(end - SCALE_BYTES, vector.starts![row]!));
}

/** The first bytes as a number; what is not there counts as 0. */
function prefixOf(bytes: Uint8Array, start: number, end: number): number {
  let prefix = 0;
  for (let i = 0; i < PREFIX_BYTES; i++) {
    prefix = prefix * 256 + (start + i < end ? bytes[start + i]! : 0);
  }
  return prefix;
}

/** Orders two byte strings; a prefix of another one is below it. */
export function compareByteRanges(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const aSize = aEnd - aStart;
  const bSize = bEnd - bStart;
  const size = aSize < bSize ? aSize : bSize;
  for (let i = 0; i < size; i++) {
    const order = a[aStart + i]! - b[bStart + i]!;
    if (order !== 0) return order;
  }
  return aSize - bSize;
}
