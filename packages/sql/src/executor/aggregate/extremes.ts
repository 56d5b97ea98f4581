import type { Datum } from "../../types/datum.js";
import { type Comparator, comparatorOf } from "../../types/compare.js";
import { Decimal } from "../../types/decimal.js";
import type { SqlType } from "../../types/sql-type.js";
import { fromStorage } from "../../types/storage.js";
import { datumsOf, isVector } from "../column.js";
import type { Column } from "../operator.js";
import { type Accumulator, grownNumbers, type GroupedRows } from "./accumulator.js";

/** Marks of groups: whether a value was seen. */
const NONE = 0;
const SEEN = 1;

/**
 * min and max of any type: numbers as they are stored where vectors hold them, else by comparing
 * datums. Both kinds of best value are kept and compared at the end.
 */
export class ExtremeAccumulator implements Accumulator {
  private readonly type: SqlType;
  private readonly max: boolean;
  private readonly compare: Comparator;
  private best = new Float64Array(0);
  private seen = new Float64Array(0);
  /** Of the stored numbers in `best`, once there are any. */
  private scale: number | undefined;
  private readonly others = new Map<number, NonNullable<Datum>>();

  constructor(type: SqlType, max: boolean) {
    this.type = type;
    this.max = max;
    this.compare = comparatorOf(type);
  }

  get bytes(): number {
    return this.best.byteLength + this.seen.byteLength + 64 * this.others.size;
  }

  grow(groups: number): void {
    this.best = grownNumbers(this.best, groups);
    this.seen = grownNumbers(this.seen, groups);
  }

  add(args: readonly Column[], rows: GroupedRows): void {
    const column = args[0]!;
    if (isVector(column) && isPlain(column.values)) {
      const { type } = column;
      const scale = type.kind === "decimal" ? type.scale : 0;
      const { values, nulls } = column;
      if (scale === (this.scale ??= scale)) {
        if (this.max) this.addMaxima(values as Float64Array, nulls, rows);
        else this.addMinima(values as Float64Array, nulls, rows);
        return;
      }
    }
    const datums = datumsOf(column, this.type, rows.batch);
    for (let j = 0; j < rows.count; j++) {
      const value = datums[rows.rows[j]!]!;
      if (value !== null) this.addDatum(rows.ids[j]!, value);
    }
  }

  private addMaxima(values: Float64Array, nulls: Uint8Array | null, at: GroupedRows): void {
    const { best, seen } = this;
    const { rows, ids, count } = at;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const group = ids[j]!;
      const value = values[row]!;
      // NaN is above every number.
      if (seen[group] === NONE || value > best[group]! || value !== value) {
        best[group] = value;
        seen[group] = SEEN;
      }
    }
  }

  private addMinima(values: Float64Array, nulls: Uint8Array | null, at: GroupedRows): void {
    const { best, seen } = this;
    const { rows, ids, count } = at;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls !== null && nulls[row] === 1) continue;
      const group = ids[j]!;
      const value = values[row]!;
      const known = best[group]!;
      if (seen[group] === NONE || value < known || known !== known) {
        best[group] = value;
        seen[group] = SEEN;
      }
    }
  }

  private addDatum(group: number, value: NonNullable<Datum>): void {
    const known = this.others.get(group);
    if (known === undefined || this.isBetter(value, known)) this.others.set(group, value);
  }

  private isBetter(a: NonNullable<Datum>, b: NonNullable<Datum>): boolean {
    const order = this.compare(a, b);
    return this.max ? order > 0 : order < 0;
  }

  finish(start: number, end: number): Column {
    const results: Datum[] = [];
    for (let group = start; group < end; group++) {
      const other = this.others.get(group) ?? null;
      const plain = this.seen[group] === SEEN ? this.plain(group) : null;
      if (other === null || plain === null) results.push(other ?? plain);
      else results.push(this.isBetter(plain, other) ? plain : other);
    }
    return results;
  }

  private plain(group: number): NonNullable<Datum> {
    const stored = this.best[group]!;
    if (this.type.name === "numeric") return new Decimal(BigInt(stored), this.scale ?? 0);
    return fromStorage(stored, this.type)!;
  }
}

function isPlain(values: unknown): values is Float64Array | Int32Array {
  return values instanceof Float64Array || values instanceof Int32Array;
}
