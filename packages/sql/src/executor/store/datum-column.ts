import type { Datum } from "../../types/datum.js";
import { Decimal } from "../../types/decimal.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumsOf } from "../column.js";
import type { Column } from "../operator.js";
import type { StoredColumn, StoredRows } from "./stored-column.js";

/** A slot of an array. */
const SLOT_BYTES = 8;
/** What a small object takes, about. */
const OBJECT_BYTES = 48;

/** A column of any values, one datum a row. */
export class DatumColumn implements StoredColumn {
  bytes = 0;
  private readonly type: SqlType;
  private readonly datums: Datum[] = [];

  constructor(type: SqlType) {
    this.type = type;
  }

  get length(): number {
    return this.datums.length;
  }

  append(column: Column, { batch, rows, count }: StoredRows): boolean {
    const datums = datumsOf(column, this.type, batch);
    for (let j = 0; j < count; j++) {
      const datum = datums[rows[j]!]!;
      this.datums.push(datum);
      this.bytes += datumBytes(datum);
    }
    return true;
  }

  view(): readonly Datum[] {
    return this.datums;
  }

  truncate(length: number): void {
    for (let i = length; i < this.datums.length; i++) this.bytes -= datumBytes(this.datums[i]!);
    this.datums.length = length;
  }
}

/** Bytes that a datum takes, about, its slot included. */
export function datumBytes(datum: Datum): number {
  switch (typeof datum) {
    case "string":
      return SLOT_BYTES + OBJECT_BYTES / 2 + datum.length;
    case "bigint":
      return SLOT_BYTES + OBJECT_BYTES / 2;
    case "object":
      if (datum === null) return SLOT_BYTES;
      if (datum instanceof Uint8Array) return SLOT_BYTES + 2 * OBJECT_BYTES + datum.length;
      if (datum instanceof Decimal) return SLOT_BYTES + 2 * OBJECT_BYTES;
      if (!Array.isArray(datum)) return SLOT_BYTES + 4 * OBJECT_BYTES;
      return (datum as readonly Datum[]).reduce<number>((sum, item) => sum + datumBytes(item), 64);
    default:
      return SLOT_BYTES;
  }
}
