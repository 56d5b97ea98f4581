import { AegisError, assert, unreachable } from "../contract/errors.js";
import type { RowInPlace } from "../contract/source.js";
import { type Value, Variant } from "../contract/types.js";
import { ColumnVector } from "../contract/vector.js";
import { toInt64 } from "../types/calendar.js";
import type { Datum } from "../types/datum.js";
import { decodeDecimal } from "../types/decimal-encoding.js";
import { Decimal } from "../types/decimal.js";
import type { SqlType } from "../types/sql-type.js";
import { fromStorage } from "../types/storage.js";
import { readMessagePack } from "./message-pack.js";
import type { Column, RowBatch } from "./operator.js";
import { readText } from "./stored-text.js";

export function isVector(column: Column): column is ColumnVector {
  return column instanceof ColumnVector;
}

/** Reads a column's datum at a row. */
export type DatumReader = (row: number) => Datum;

/** A reader of single rows; for whole columns `datumsOf` is faster. Valid as long as the column. */
export function datumReader(column: Column, type: SqlType): DatumReader {
  if (!isVector(column)) return (row) => column[row]!;
  const { nulls } = column;
  const entry = entryReader(column, type);
  const { codes } = column;
  const read: DatumReader = codes === null ? entry : (row) => entry(codes[row]!);
  return nulls === null ? read : (row) => (nulls[row] === 1 ? null : read(row));
}

/**
 * The column as datums, indexed by row; rows that do not count are left undefined. What it returns
 * holds no memory of the vector.
 */
export function datumsOf(column: Column, type: SqlType, batch: RowBatch): readonly Datum[] {
  if (!isVector(column)) return column;
  const into = new Array<Datum>(batch.length);
  const { codes, nulls } = column;
  const read = entryReader(column, type);
  const { selection, selected } = batch;
  // A dictionary with more entries than there are rows is not worth an array of its own.
  const isShared = codes !== null && entryCount(column) <= selected;
  const entries = isShared ? new Array<Datum | undefined>(entryCount(column)) : undefined;
  for (let j = 0; j < selected; j++) {
    const row = selection === null ? j : selection[j]!;
    if (nulls !== null && nulls[row] === 1) into[row] = null;
    else if (entries === undefined) into[row] = read(codes === null ? row : codes[row]!);
    else into[row] = entries[codes![row]!] ??= read(codes![row]!);
  }
  return into;
}

/** All columns of a batch as datums, by column. */
export function batchDatums(
  batch: RowBatch,
  columns: readonly { readonly type: SqlType }[],
): readonly (readonly Datum[])[] {
  return batch.columns.map((column, i) => datumsOf(column, columns[i]!.type, batch));
}

/** Entries of the dictionary of a coded vector. */
export function entryCount(vector: ColumnVector): number {
  return vector.starts?.length ?? 0;
}

/** Reads by entry of the vector (a row, or a dictionary's entry), which is not NULL. */
export function entryReader(vector: ColumnVector, type: SqlType): DatumReader {
  const { values } = vector;
  if (values === null) return byteReader(vector, type);
  const kind = vector.type.kind;
  if (kind === "bool") return (row) => values[row] === 1;
  if (kind === "decimal") {
    const { scale } = vector.type as { readonly scale: number };
    return (row) => new Decimal(BigInt(values[row]!), scale);
  }
  if (values instanceof BigInt64Array) {
    if (kind !== "timestamp") return (row) => toInt64(values[row]!);
    return (row) => fromStorage(toInt64(values[row]!), type);
  }
  if (kind === "date") return (row) => fromStorage(values[row] as number, type);
  return (row) => values[row] as number;
}

function byteReader(vector: ColumnVector, type: SqlType): DatumReader {
  const { starts, ends, bytes } = vector;
  assert(starts !== null && ends !== null && bytes !== null, "a byte-form vector has its bytes");
  switch (vector.type.kind) {
    case "text":
      if (type.name !== "jsonb") return (row) => readText(bytes, starts[row]!, ends[row]!);
      return (row) => fromStorage(readText(bytes, starts[row]!, ends[row]!), type);
    case "numeric":
      return (row) => decodeDecimal(bytes.slice(starts[row], ends[row]));
    case "bytes":
      return (row) => bytes.slice(starts[row], ends[row]);
    case "uuid":
      return (row) => readUuid(bytes, starts[row]!);
    case "interval":
      return (row) => readInterval(bytes, starts[row]!);
    case "variant":
      return (row) => {
        const json = readMessagePack(bytes, starts[row]!, ends[row]!);
        return fromStorage(new Variant(json), type);
      };
    case "int":
    case "float":
    case "bool":
    case "timestamp":
    case "decimal":
    case "date":
    case "time":
      throw new AegisError("INTERNAL", `a vector of ${vector.type.kind} has no values`);
    default:
      return unreachable(vector.type);
  }
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, "0"),
);

function readUuid(bytes: Uint8Array, start: number): string {
  let text = "";
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += "-";
    text += HEX[bytes[start + i]!]!;
  }
  return text;
}

function readInterval(bytes: Uint8Array, start: number): Datum {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 16);
  return {
    months: view.getInt32(0, true),
    days: view.getInt32(4, true),
    micros: toInt64(view.getBigInt64(8, true)),
  };
}

/** A row where it lies as datums of the columns asked for. */
export function datumsInPlace(
  row: RowInPlace,
  columns: readonly number[],
  types: readonly { readonly type: SqlType }[],
): Datum[] {
  const datums: Datum[] = [];
  for (let i = 0; i < columns.length; i++) {
    datums.push(fromStorage(row.value(columns[i]!), types[i]!.type));
  }
  return datums;
}

/** A row in storage form as datums of the columns asked for. */
export function rowDatums(
  row: readonly Value[],
  columns: readonly number[],
  types: readonly { readonly type: SqlType }[],
): Datum[] {
  return columns.map((position, i) => fromStorage(row[position]!, types[i]!.type));
}
