import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { toStorage } from "../../types/storage.js";
import { datumsOf, isVector } from "../column.js";
import type { Column } from "../operator.js";
import { MISSING_ID, NULL_ID, NumberTable } from "./number-table.js";
import type { KeyRows, ValueTable } from "./value-table.js";

/** What a map takes for an entry with a wide integer, about. */
const WIDE_ENTRY_BYTES = 72;

/** Numbers, booleans and instants: doubles in a `NumberTable`, wide integers in a map. */
export class NumberValueTable implements ValueTable {
  private readonly type: SqlType;
  private readonly nullsEqual: boolean;
  private readonly whole: boolean;
  private readonly table = new NumberTable();
  private readonly wide = new Map<bigint, number>();
  private nullId = NULL_ID;
  private scratch = new Float64Array(0);

  constructor(type: SqlType, nullsEqual: boolean, whole: boolean) {
    this.type = type;
    this.nullsEqual = nullsEqual;
    this.whole = whole;
  }

  get size(): number {
    return this.table.size;
  }

  get bytes(): number {
    return this.table.bytes + this.scratch.byteLength + this.wide.size * WIDE_ENTRY_BYTES;
  }

  resolve(column: Column, at: KeyRows, ids: Int32Array, insert: boolean): void {
    if (isVector(column) && !(column.values instanceof BigInt64Array) && column.values !== null) {
      const values = this.doubles(column.values, column.length);
      this.resolveDoubles(values, column.nulls, at, ids, insert);
      return;
    }
    const datums = datumsOf(column, this.type, at.batch);
    const { rows, count } = at;
    for (let j = 0; j < count; j++) ids[j] = this.idOf(datums[rows[j]!]!, insert);
  }

  freeze(): void {
    if (this.whole) this.table.freezeWhole();
  }

  private resolveDoubles(
    values: Float64Array,
    nulls: Uint8Array | null,
    { rows, count }: KeyRows,
    ids: Int32Array,
    insert: boolean,
  ): void {
    const { table } = this;
    if (nulls === null) {
      if (insert) table.internAll(values, rows, count, ids);
      else table.findAll(values, rows, count, ids);
      return;
    }
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      if (nulls[row] === 1) ids[j] = this.idOfNull(insert);
      else ids[j] = insert ? table.intern(values[row]!) : table.find(values[row]!);
    }
  }

  private doubles(values: Float64Array | Int32Array | Uint8Array, length: number): Float64Array {
    if (values instanceof Float64Array) return values;
    if (this.scratch.length < length) this.scratch = new Float64Array(length);
    const { scratch } = this;
    if (values instanceof Int32Array) for (let i = 0; i < length; i++) scratch[i] = values[i]!;
    else for (let i = 0; i < length; i++) scratch[i] = values[i]!;
    return scratch;
  }

  private idOf(datum: Datum, insert: boolean): number {
    if (datum === null) return this.idOfNull(insert);
    if (typeof datum === "bigint") return this.idOfWide(datum, insert);
    // Infinite days are the ends of their range in vectors.
    const key = Number(this.type.name === "date" ? toStorage(datum, this.type) : datum);
    return insert ? this.table.intern(key) : this.table.find(key);
  }

  private idOfWide(value: bigint, insert: boolean): number {
    const known = this.wide.get(value);
    if (known !== undefined) return known;
    if (!insert) return MISSING_ID;
    const id = this.table.reserve();
    this.wide.set(value, id);
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
