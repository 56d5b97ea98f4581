import type { ColumnVector, Interval, Value } from "@aegisdb/sql/contract";
import { AegisError } from "../errors.js";
import { intervalSpan, MICROS_PER_DAY } from "./compare.js";
import { typeMismatch } from "./keycode-errors.js";
import { canonicalInt } from "./keycode-number.js";
import { intUnits, readInt, type KeyReader } from "./keycode-units.js";

/**
 * Intervals in keys. In the column's place stands its length (days of 24 hours, months of 30 days),
 * which is what PostgreSQL orders and compares by: '1 month' equals '30 days'. The months and days
 * it was made of follow at the very end of the key, so that they only break ties and a prefix
 * range finds every interval of one length.
 */

/** Throws TYPE_MISMATCH or NUMERIC_OUT_OF_RANGE unless `value` is an interval. */
export function intervalOf(value: Value): Interval {
  if (typeof value !== "object" || value === null || !("months" in value)) {
    throw typeMismatch("interval", value);
  }
  return {
    months: int32(value.months),
    days: int32(value.days),
    micros: canonicalInt("interval", value.micros),
  };
}

function int32(part: number): number {
  if (!Number.isInteger(part)) throw typeMismatch("interval", part);
  if (part !== (part | 0)) {
    throw new AegisError(
      "NUMERIC_OUT_OF_RANGE",
      `${String(part)} months or days are outside the range of an interval`,
    );
  }
  return part | 0;
}

/** Row `index` of an interval vector. Precondition: the row is not null. */
export function intervalCell(vector: ColumnVector, index: number): Interval {
  const entry = vector.codes === null ? index : vector.codes[index]!;
  const bytes = vector.bytes!;
  const view = new DataView(bytes.buffer, bytes.byteOffset + vector.starts![entry]!, 16);
  return {
    months: view.getInt32(0, true),
    days: view.getInt32(4, true),
    micros: canonicalInt("interval", view.getBigInt64(8, true)),
  };
}

/** Code of an interval's length. */
export function spanUnits(value: Interval, descending: boolean): string {
  const { days, micros } = intervalSpan(value);
  return descending
    ? intUnits(-1 - days) + intUnits(-1 - micros)
    : intUnits(days) + intUnits(micros);
}

/** An interval of the length at the reader, in days and less than a day of microseconds. */
export function readSpan(reader: KeyReader, descending: boolean): Interval {
  const days = readInt(reader) as number;
  const micros = readInt(reader) as number;
  return descending
    ? { months: 0, days: -1 - days, micros: -1 - micros }
    : { months: 0, days, micros };
}

/** Code of the parts that tell intervals of one length apart. */
export function partsUnits(value: Interval): string {
  return intUnits(value.months) + intUnits(value.days);
}

/** The exact interval, from its length and the parts at the reader. */
export function readParts(reader: KeyReader, span: Interval): Interval {
  const months = readInt(reader) as number;
  const days = readInt(reader) as number;
  const wholeDays = span.days - months * 30 - days;
  const micros = wholeDays * MICROS_PER_DAY + Number(span.micros);
  if (Number.isSafeInteger(micros) && Math.abs(wholeDays) < SAFE_DAYS)
    return { months, days, micros };
  const exact = BigInt(wholeDays) * BigInt(MICROS_PER_DAY) + BigInt(span.micros);
  return { months, days, micros: canonicalInt("interval", exact) };
}

/** Fewer days than this times the microseconds of a day is exact in a double. */
const SAFE_DAYS = 100_000;
