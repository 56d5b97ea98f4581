import type { Datum } from "../../types/datum.js";
import type { Decimal } from "../../types/decimal.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumsOf, isVector } from "../column.js";
import type { Column } from "../operator.js";
import { datumBytes } from "../store/datum-column.js";
import { MISSING_ID, NULL_ID, NumberTable } from "./number-table.js";
import type { KeyRows, ValueTable } from "./value-table.js";

/**
 * Decimals of up to 15 digits and the doubles nearest to them are one to one, and dividing by a
 * power of ten up to 10^22, which is exact, gives the nearest double.
 */
const EXACT_LIMIT = 1e15;
const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, n) => Number(`1e${n}`));

const ENTRY_BYTES = 48;

/** Numerics whatever their scale: 1.0 and 1.00 are one key. */
export class NumericValueTable implements ValueTable {
  private readonly type: SqlType;
  private readonly nullsEqual: boolean;
  private readonly table = new NumberTable();
  private readonly long = new Map<string, number>();
  private longBytes = 0;
  private nullId = NULL_ID;

  constructor(type: SqlType, nullsEqual: boolean) {
    this.type = type;
    this.nullsEqual = nullsEqual;
  }

  get size(): number {
    return this.table.size;
  }

  get bytes(): number {
    return this.table.bytes + this.longBytes;
  }

  resolve(column: Column, at: KeyRows, ids: Int32Array, insert: boolean): void {
    if (isVector(column) && column.type.kind === "decimal") {
      const { values, nulls, type } = column;
      if (values instanceof Float64Array && isShort(values, at)) {
        this.resolveScaled(values, nulls, POWERS_OF_TEN[type.scale]!, at, ids, insert);
        return;
      }
    }
    const datums = datumsOf(column, this.type, at.batch);
    const { rows, count } = at;
    for (let j = 0; j < count; j++) ids[j] = this.idOf(datums[rows[j]!]!, insert);
  }

  freeze(): void {
    // Fractions have no dense range.
  }

  private resolveScaled(
    values: Float64Array,
    nulls: Uint8Array | null,
    unit: number,
    { rows, count }: KeyRows,
    ids: Int32Array,
    insert: boolean,
  ): void {
    const { table } = this;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls !== null && nulls[row] === 1) ids[j] = this.idOfNull(insert);
      else ids[j] = insert ? table.intern(values[row]! / unit) : table.find(values[row]! / unit);
    }
  }

  private idOf(datum: Datum, insert: boolean): number {
    if (datum === null) return this.idOfNull(insert);
    const key = numericKey(datum as Decimal);
    if (typeof key === "number") return insert ? this.table.intern(key) : this.table.find(key);
    const known = this.long.get(key);
    if (known !== undefined) return known;
    if (!insert) return MISSING_ID;
    const id = this.table.reserve();
    this.long.set(key, id);
    this.longBytes += ENTRY_BYTES + datumBytes(key);
    return id;
  }

  private idOfNull(insert: boolean): number {
    if (!this.nullsEqual) return NULL_ID;
    if (this.nullId === NULL_ID) {
      if (!insert) return MISSING_ID;
      this.nullId = this.table.reserve();
    }
    return this.nullId;
  }
}

function isShort(values: Float64Array, { rows, count }: KeyRows): boolean {
  let longest = 0;
  for (let j = 0; j < count; j++) longest = Math.max(longest, Math.abs(values[rows[j]!]!));
  return longest < EXACT_LIMIT;
}

/** Equal for equal numerics: a double where that is exact, else digits and exponent. */
function numericKey(value: Decimal): number | string {
  if (value.isNaN) return NaN;
  if (!value.isFinite) return value.sign * Infinity;
  let { unscaled, scale } = value;
  for (;;) {
    const short = Number(unscaled);
    if (Math.abs(short) < EXACT_LIMIT && scale < POWERS_OF_TEN.length) {
      return short / POWERS_OF_TEN[scale]!;
    }
    if (scale === 0 || unscaled % 10n !== 0n) return `${unscaled}e${scale}`;
    unscaled /= 10n;
    scale--;
  }
}
