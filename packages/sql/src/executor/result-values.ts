import type { ColumnVector } from "../contract/vector.js";
import type { Datum } from "../types/datum.js";
import { isFiniteMicros } from "../types/datetime.js";
import { type ResultOptions, toJavaScript } from "../types/result.js";
import type { SqlType } from "../types/sql-type.js";
import { datumsOf, entryReader, isVector } from "./column.js";
import type { Column, RowBatch } from "./operator.js";
import { readText } from "./stored-text.js";

/** A column of a result, and how its numbers reach JavaScript. */
export interface ResultColumn {
  readonly name: string;
  readonly type: SqlType;
  /** A numeric that is an average or a division: it reaches JavaScript as a number. */
  readonly asNumber?: boolean;
}

/** Decimal digits that every double keeps. */
const EXACT_DIGITS = 15;
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
    case "real":
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

/** A column's values for users, by row; rows that do not count are left undefined. */
export function userValues(
  column: Column,
  { type, asNumber }: ResultColumn,
  batch: RowBatch,
  options: ResultOptions,
  convert: ((datum: Datum) => unknown) | undefined,
): readonly unknown[] {
  if (isVector(column)) {
    const read = directReader(column, type, options.decimals === "number" || asNumber === true);
    if (read !== undefined) return readAll(column, batch, read);
  }
  const datums = datumsOf(column, type, batch);
  if (convert === undefined) return datums;
  if (!isVector(column)) return convertAll(datums, batch, convert);
  const read = entryReader(column, type);
  return readAll(column, batch, (entry) => convert(read(entry)));
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
  { selection, selected, length }: RowBatch,
  read: (entry: number) => unknown,
): readonly unknown[] {
  const { nulls, codes } = vector;
  const into = new Array<unknown>(length);
  for (let j = 0; j < selected; j++) {
    const row = selection === null ? j : selection[j]!;
    into[row] =
      nulls !== null && nulls[row] === 1 ? null : read(codes === null ? row : codes[row]!);
  }
  return into;
}

function convertAll(
  datums: readonly Datum[],
  { selection, selected, length }: RowBatch,
  convert: (datum: Datum) => unknown,
): readonly unknown[] {
  const into = new Array<unknown>(length);
  for (let j = 0; j < selected; j++) {
    const row = selection === null ? j : selection[j]!;
    into[row] = convert(datums[row]!);
  }
  return into;
}
