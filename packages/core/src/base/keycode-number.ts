import type { ColumnKind, ColumnVector, Value } from "@aegisdb/sql/contract";
import { AegisError } from "../errors.js";
import type { KeyRange } from "./key.js";
import type { KeyCodec, KeyColumn } from "./keycode.js";
import { prefixTooLong, typeMismatch, unexpectedNull } from "./keycode-errors.js";

/** Keys of one integer column: the number itself, a bigint only beyond ±2^53. */

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;

/** The one form of an integer: a number where safe, else a bigint. Throws unless it is an int64. */
export function canonicalInt(kind: ColumnKind, value: Value): number | bigint {
  if (typeof value === "number") {
    // Adding zero makes -0 the 0 it is equal to.
    if (Number.isSafeInteger(value)) return value + 0;
    return unsafeInt(kind, value);
  }
  if (typeof value === "bigint") return canonicalBigInt(kind, value);
  if (value === null) throw unexpectedNull(kind);
  throw typeMismatch(kind, value);
}

function unsafeInt(kind: ColumnKind, value: number): bigint {
  if (!Number.isInteger(value)) throw typeMismatch(kind, value);
  if (value < -(2 ** 63) || value >= 2 ** 63) throw outOfRange(kind, value);
  return BigInt(value);
}

function canonicalBigInt(kind: ColumnKind, value: bigint): number | bigint {
  if (value < INT64_MIN || value > INT64_MAX) throw outOfRange(kind, value);
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

/** A date is 32 bits wide. */
export function canonicalDate(value: Value): number {
  if (typeof value !== "number" || !Number.isInteger(value)) {
    if (value === null) throw unexpectedNull("date");
    throw typeMismatch("date", value);
  }
  if (value < INT32_MIN || value > INT32_MAX) throw outOfRange("date", value);
  return value + 0;
}

function outOfRange(kind: ColumnKind, value: number | bigint): AegisError {
  return new AegisError(
    "NUMERIC_OUT_OF_RANGE",
    `${String(value)} is outside the range of a key column of type ${kind}`,
  );
}

/** Row `index` of an integer vector in its one form. Precondition: the row is not null. */
export function intCell(vector: ColumnVector, index: number): number | bigint {
  const value = vector.values![index]!;
  if (typeof value === "number") return value;
  const asNumber = Number(value);
  return Number.isSafeInteger(asNumber) ? asNumber : value;
}

export function createNumberCodec(column: KeyColumn): KeyCodec {
  return new NumberCodec(column);
}

class NumberCodec implements KeyCodec {
  readonly form = "number" as const;
  readonly columns: readonly KeyColumn[];
  readonly #kind: ColumnKind;

  constructor(column: KeyColumn) {
    this.columns = [column];
    this.#kind = column.type.kind;
  }

  encode(values: readonly Value[], from = 0): number | bigint {
    const value = values[from]!;
    if (this.#kind === "date") return canonicalDate(value);
    return canonicalInt(this.#kind, value);
  }

  encodeRow(vectors: readonly ColumnVector[], index: number): number | bigint {
    const vector = vectors[0]!;
    if (vector.nulls !== null && vector.nulls[index] === 1) throw unexpectedNull(this.#kind);
    return intCell(vector, index);
  }

  decode(key: number | bigint): Value[] {
    return [key];
  }

  prefixRange(prefix: readonly Value[]): KeyRange {
    if (prefix.length === 0) return {};
    if (prefix.length > 1) throw prefixTooLong(prefix.length, 1);
    const start = this.encode(prefix);
    return { start, end: successor(start) };
  }

  startsWithRange(_prefix: readonly Value[], start: string): KeyRange {
    throw typeMismatch(this.#kind, start);
  }
}

/** The next integer; none after the largest. */
function successor(key: number | bigint): number | bigint | undefined {
  if (typeof key === "number") {
    return key < Number.MAX_SAFE_INTEGER ? key + 1 : BigInt(key) + 1n;
  }
  if (key === INT64_MAX) return undefined;
  return canonicalBigInt("int", key + 1n);
}
