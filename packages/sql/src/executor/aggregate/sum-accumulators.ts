import { AegisError } from "../../contract/errors.js";
import { DecimalSum } from "../../functions/exact-sum.js";
import { numberOutOfRange } from "../../types/data-errors.js";
import { add, divide } from "../../types/decimal-arithmetic.js";
import type { Datum } from "../../types/datum.js";
import { Decimal } from "../../types/decimal.js";
import { integerFits } from "../../types/numbers.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumsOf, isVector } from "../column.js";
import type { Column } from "../operator.js";
import { type Accumulator, grownNumbers, type GroupedRows } from "./accumulator.js";
import { IntegerSums } from "./integer-sums.js";

/** sum and avg of smallint, integer and bigint. */
export class IntegerSumAccumulator implements Accumulator {
  private readonly sums = new IntegerSums();
  private readonly type: SqlType;
  private readonly average: boolean;

  constructor(type: SqlType, average: boolean) {
    this.type = type;
    this.average = average;
  }

  get bytes(): number {
    return this.sums.bytes;
  }

  grow(groups: number): void {
    this.sums.grow(groups);
  }

  add(args: readonly Column[], rows: GroupedRows): void {
    const column = args[0]!;
    if (isVector(column) && column.values instanceof Float64Array) {
      this.sums.addAll(column.values, column.nulls, rows);
      return;
    }
    const datums = datumsOf(column, this.type, rows.batch);
    for (let j = 0; j < rows.count; j++) {
      const value = datums[rows.rows[j]!]!;
      if (value !== null) this.sums.add(rows.ids[j]!, value as number | bigint);
    }
  }

  finish(start: number, end: number): Column {
    const results: Datum[] = [];
    for (let group = start; group < end; group++) results.push(this.result(group));
    return results;
  }

  private result(group: number): Datum {
    const count = this.sums.counts[group]!;
    if (count === 0) return null;
    const total = this.sums.total(group);
    if (this.average) return divide(Decimal.fromInteger(total), Decimal.fromInteger(count));
    // A sum of bigints is numeric, for it may well be too large for a bigint.
    if (this.type.name === "bigint") return Decimal.fromInteger(total);
    if (!integerFits(total, "bigint")) throw numberOutOfRange("bigint");
    return total;
  }
}

/** sum and avg of numeric: columns of scaled integers as integers, whatever else as Decimals. */
export class DecimalSumAccumulator implements Accumulator {
  /** By scale, of which there is one as long as only one column's values come. */
  private readonly scaled = new Map<number, IntegerSums>();
  private readonly others = new Map<number, DecimalSum>();
  private readonly type: SqlType;
  private readonly average: boolean;
  private groups = 0;

  constructor(type: SqlType, average: boolean) {
    this.type = type;
    this.average = average;
  }

  get bytes(): number {
    let bytes = 160 * this.others.size;
    for (const sums of this.scaled.values()) bytes += sums.bytes;
    return bytes;
  }

  grow(groups: number): void {
    this.groups = groups;
    for (const sums of this.scaled.values()) sums.grow(groups);
  }

  add(args: readonly Column[], rows: GroupedRows): void {
    const column = args[0]!;
    if (isVector(column) && column.type.kind === "decimal") {
      const sums = this.sumsOf(column.type.scale);
      if (column.values instanceof Float64Array) {
        sums.addAll(column.values, column.nulls, rows);
        return;
      }
    }
    const datums = datumsOf(column, this.type, rows.batch);
    for (let j = 0; j < rows.count; j++) {
      const value = datums[rows.rows[j]!]!;
      if (value !== null) this.otherOf(rows.ids[j]!).add(value as Decimal);
    }
  }

  finish(start: number, end: number): Column {
    const results: Datum[] = [];
    for (let group = start; group < end; group++) results.push(this.result(group));
    return results;
  }

  private sumsOf(scale: number): IntegerSums {
    let sums = this.scaled.get(scale);
    if (sums === undefined) {
      sums = new IntegerSums();
      sums.grow(this.groups);
      this.scaled.set(scale, sums);
    }
    return sums;
  }

  private otherOf(group: number): DecimalSum {
    let sum = this.others.get(group);
    if (sum === undefined) this.others.set(group, (sum = new DecimalSum()));
    return sum;
  }

  private result(group: number): Datum {
    const other = this.others.get(group);
    let count = other?.count ?? 0;
    let total = other === undefined ? Decimal.zero : other.total;
    for (const [scale, sums] of this.scaled) {
      if (sums.counts[group] === 0) continue;
      count += sums.counts[group]!;
      total = add(total, new Decimal(BigInt(sums.total(group)), scale));
    }
    if (count === 0) return null;
    return this.average ? divide(total, Decimal.fromInteger(count)) : total;
  }
}

/** sum of double precision, avg of double precision and real. */
export class FloatSumAccumulator implements Accumulator {
  private totals = new Float64Array(0);
  private counts = new Float64Array(0);
  private readonly type: SqlType;
  private readonly average: boolean;

  constructor(type: SqlType, average: boolean) {
    this.type = type;
    this.average = average;
  }

  get bytes(): number {
    return this.totals.byteLength + this.counts.byteLength;
  }

  grow(groups: number): void {
    this.totals = grownNumbers(this.totals, groups);
    this.counts = grownNumbers(this.counts, groups);
  }

  add(args: readonly Column[], rows: GroupedRows): void {
    const column = args[0]!;
    if (isVector(column) && column.values instanceof Float64Array) {
      this.addAll(column.values, column.nulls, rows);
      return;
    }
    const datums = datumsOf(column, this.type, rows.batch);
    for (let j = 0; j < rows.count; j++) {
      const value = datums[rows.rows[j]!]!;
      if (value !== null) this.addOne(rows.ids[j]!, value as number);
    }
  }

  private addAll(values: Float64Array, nulls: Uint8Array | null, at: GroupedRows): void {
    const { rows, ids, count } = at;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls === null || nulls[row] === 0) this.addOne(ids[j]!, values[row]!);
    }
  }

  private addOne(group: number, value: number): void {
    const { totals } = this;
    const before = totals[group]!;
    const total = before + value;
    // NaN minus itself is NaN and an infinity minus itself too: the rare ones are looked at.
    if (total - total !== 0 && Number.isFinite(before) && Number.isFinite(value)) {
      throw new AegisError("NUMERIC_OUT_OF_RANGE", "value out of range: overflow");
    }
    totals[group] = total;
    this.counts[group]!++;
  }

  finish(start: number, end: number): Column {
    const results: Datum[] = [];
    for (let group = start; group < end; group++) {
      const count = this.counts[group]!;
      if (count === 0) results.push(null);
      else results.push(this.average ? this.totals[group]! / count : this.totals[group]!);
    }
    return results;
  }
}
