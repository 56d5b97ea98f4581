import type { ColumnVector } from "../contract/vector.js";
import type { Datum } from "../types/datum.js";
import { isFiniteMicros } from "../types/datetime.js";
import { EXACT_DIGITS, type ResultOptions, toJavaScript } from "../types/result.js";
import type { SqlType } from "../types/sql-type.js";
import { entryCount, entryReader, isVector } from "./column.js";
import type { Column, RowBatch } from "./operator.js";
import { readText } from "./stored-text.js";

/** A column of a result, and how its numbers reach JavaScript. */
export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  /** A numeric that is an average or a division: it reaches JavaScript as a number. */
  readonly asNumber?: boolean;
}

/** Days in both directions that JavaScript's dates reach, in microseconds. */
const MAX_DATE_MICROS = 8.64e18;

/** What users get for the datums of a column; undefined where that is the datums themselves. */
export function converterOf(
  { type, asNumber }: ResultColumn,
  options: ResultOptions,
): ((datum: Datum) => unknown) | undefined {
  const own: ResultOptions = asNumber === true ? { ...options, decimals: "number" } : options;
  switch (type.name) {
    case "boolean":
    case "smallint":
    case "integer":
    case "double precision":
    case "text":
    case "varchar":
    case "uuid":
    case "unknown":
      return undefined;
    case "bigint":
      if (options.bigints === "mixed") return undefined;
      break;
    case "timestamp":
    case "timestamptz":
      if (options.timestamps === "micros") return undefined;
      if (options.timestamps === "date") return (datum) => dateOf(datum, type, own);
      break;
    default:
  }
  return (datum) => toJavaScript(datum, type, own);
}

function dateOf(micros: Datum, type: SqlType, options: ResultOptions): unknown {
  if (typeof micros !== "number" || !isFiniteMicros(micros) || Math.abs(micros) > MAX_DATE_MICROS) {
    return toJavaScript(micros, type, options);
  }
  return new Date(Math.floor(micros / 1000));
}

/** A column's values for users, one for each row that counts, in their order. */
export function userValues(
  column: Column,
  { type, asNumber }: ResultColumn,
  batch: RowBatch,
  options: ResultOptions,
  convert: ((datum: Datum) => unknown) | undefined,
): readonly unknown[] {
  if (!isVector(column)) return convertAll(column, batch, convert);
  const direct = directReader(column, type, options.decimals === "number" || asNumber === true);
  if (direct !== undefined) return readAll(column, batch, direct);
  const read = entryReader(column, type);
  if (convert !== undefined) return readAll(column, batch, (entry) => convert(read(entry)));
  return readAll(column, batch, isText(type) ? sharedReader(column, batch, read) : read);
}

function isText({ name }: SqlType): boolean {
  return name === "text" || name === "varchar";
}

/** Makes one string of each entry of a dictionary, however many rows have it. */
function sharedReader(
  vector: ColumnVector,
  { selected }: RowBatch,
  read: (entry: number) => Datum,
): (entry: number) => unknown {
  if (vector.codes === null || entryCount(vector) > selected) return read;
  const entries = new Array<Datum | undefined>(entryCount(vector));
  return (entry) => (entries[entry] ??= read(entry));
}

/** Reads what users get straight from the vector, where that saves making a datum of it. */
function directReader(
  vector: ColumnVector,
  type: SqlType,
  decimalsAsNumbers: boolean,
): ((entry: number) => unknown) | undefined {
  const { values, starts, ends, bytes } = vector;
  if (vector.type.kind === "decimal" && values instanceof Float64Array) {
    const isNumber =
      decimalsAsNumbers || (type.precision !== undefined && type.precision <= EXACT_DIGITS);
    if (!isNumber) return undefined;
    // Both are exact doubles, so the quotient is the double nearest to the decimal.
    const unit = 10 ** vector.type.scale;
    return (row) => values[row]! / unit;
  }
  if (type.name !== "jsonb" && type.name !== "json") return undefined;
  return (entry) => JSON.parse(readText(bytes!, starts![entry]!, ends![entry]!)) as unknown;
}

function readAll(
  vector: ColumnVector,
  { selection, selected }: RowBatch,
  read: (entry: number) => unknown,
): readonly unknown[] {
  const { nulls, codes } = vector;
  const values: unknown[] = [];
  for (let j = 0; j < selected; j++) {
    const row = selection === null ? j : selection[j]!;
    const isNull = nulls !== null && nulls[row] === 1;
    values.push(isNull ? null : read(codes === null ? row : codes[row]!));
  }
  return values;
}

function convertAll(
  datums: readonly Datum[],
  { selection, selected, length }: RowBatch,
  convert: ((datum: Datum) => unknown) | undefined,
): readonly unknown[] {
  if (convert === undefined && selected === length) return datums;
  const values: unknown[] = [];
  for (let j = 0; j < selected; j++) {
    const datum = datums[selection === null ? j : selection[j]!]!;
    values.push(convert === undefined ? datum : convert(datum));
  }
  return values;
}
