import type { ColumnVector } from "../../contract/vector.js";
import { comparatorOf } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { fullBatch, rowsOf } from "../batches.js";
import { datumReader, isVector } from "../column.js";
import type { Column, MemoryMeter, RowBatch } from "../operator.js";
import { RowStore } from "../row-store.js";
import { RowGather } from "../store/gather.js";
import { sameColumnType } from "../store/stored-column.js";
import { compareByteRanges } from "./sort-keys.js";
import { type SortPart, storeSorter } from "./store-sorter.js";

/** Rows that may gather before they are sorted, beside twice as many as are asked for. */
const SLACK_ROWS = 256;

/**
 * Keeps the first rows of a sort order out of all that come. Rows gather in a store; once there
 * are many more than asked for, they are sorted and the best are kept. From then on a row is only
 * taken if its first key does not come after that of the last row kept.
 */
export class TopRows {
  store: RowStore;
  private readonly types: readonly SqlType[];
  private readonly parts: readonly SortPart[];
  private readonly most: number;
  private readonly memory: MemoryMeter;
  private readonly gather: RowGather;
  private passed = new Int32Array(0);
  private bound: Bound | undefined;

  constructor(
    types: readonly SqlType[],
    parts: readonly SortPart[],
    most: number,
    memory: MemoryMeter,
  ) {
    this.types = types;
    this.parts = parts;
    this.most = most;
    this.memory = memory;
    this.gather = new RowGather(types.length);
    this.store = new RowStore(types, memory);
  }

  add(batch: RowBatch): void {
    if (this.most === 0) return;
    let rows = rowsOf(batch);
    let count = batch.selected;
    if (this.bound !== undefined) {
      if (this.passed.length < count) this.passed = new Int32Array(count);
      const first = batch.columns[this.parts[0]!.column]!;
      count = this.bound.select(first, rows, count, this.passed);
      rows = this.passed;
    }
    this.store.appendRows(batch, batch.columns, rows, count);
    if (this.store.rows >= 2 * this.most + SLACK_ROWS) this.shrink();
  }

  private shrink(): void {
    const { store, most } = this;
    const sorter = storeSorter(store, this.parts);
    const order = Int32Array.from({ length: store.rows }, (_, row) => row);
    sorter.sort(order, new Int32Array(store.rows), 0, store.rows);
    const kept = new RowStore(this.types, this.memory);
    const columns = this.gather.gather(store.columns(), order, most, false);
    kept.append(fullBatch(most, columns));
    store.release();
    this.store = kept;
    const [first, ...others] = this.parts;
    if (first === undefined) return;
    const last = datumReader(kept.column(first.column), first.type)(most - 1);
    this.bound = new Bound(first, last, kept.column(first.column), most - 1, others.length > 0);
  }
}

/** The first key of the last row kept. */
class Bound {
  private readonly part: SortPart;
  private readonly datum: Datum;
  private readonly inclusive: boolean;
  /** The bound as a vector of the column has it; null where it has none. */
  private readonly form: ColumnVector | null;
  private readonly number: number;
  private readonly bytes: Uint8Array | null;
  private readonly compare: (datum: Datum) => number;

  /** `inclusive`: rows that tie with it may come before it by the keys that follow. */
  constructor(part: SortPart, datum: Datum, column: Column, row: number, inclusive: boolean) {
    this.part = part;
    this.datum = datum;
    this.inclusive = inclusive;
    this.form = isVector(column) && datum !== null ? column : null;
    const { values = null, bytes = null, starts, ends } = this.form ?? {};
    this.number = values instanceof Float64Array ? values[row]! : NaN;
    this.bytes = bytes === null ? null : bytes.slice(starts![row], ends![row]);
    const order = comparatorOf(part.type);
    const { descending, nullsFirst } = part;
    this.compare = (other) => {
      if (other === null || datum === null) {
        const nulls = Number(other === null) - Number(datum === null);
        return nullsFirst ? -nulls : nulls;
      }
      return descending ? order(datum, other) : order(other, datum);
    };
  }

  /** Writes the rows that may still belong to the best to `into`; gives their number. */
  select(column: Column, rows: Int32Array, count: number, into: Int32Array): number {
    if (this.form !== null && isVector(column) && sameColumnType(column.type, this.form.type)) {
      const { kind } = column.type;
      if (column.values instanceof Float64Array && this.number === this.number) {
        return this.selectNumbers(column.values, column.nulls, rows, count, into);
      }
      if (this.bytes !== null && kind === "text" && this.part.type.name !== "jsonb") {
        return this.selectTexts(column, this.bytes, rows, count, into);
      }
    }
    const read = datumReader(column, this.part.type);
    let passed = 0;
    for (let j = 0; j < count; j++) {
      const order = this.compare(read(rows[j]!));
      if (order < 0 || (order === 0 && this.inclusive)) into[passed++] = rows[j]!;
    }
    return passed;
  }

  private selectNumbers(
    values: Float64Array,
    nulls: Uint8Array | null,
    rows: Int32Array,
    count: number,
    into: Int32Array,
  ): number {
    const { descending, nullsFirst } = this.part;
    const sign = descending ? -1 : 1;
    const limit = sign * this.number;
    const ties = this.inclusive;
    let passed = 0;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      const value = sign * values[row]!;
      const isNull = nulls !== null && nulls[row] === 1;
      // NaN is above every number.
      const isNaNFirst = descending && value !== value;
      const takes = isNull ? nullsFirst : isNaNFirst || value < limit || (ties && value === limit);
      if (takes) into[passed++] = row;
    }
    return passed;
  }

  private selectTexts(
    { bytes, starts, ends, nulls, codes }: ColumnVector,
    bound: Uint8Array,
    rows: Int32Array,
    count: number,
    into: Int32Array,
  ): number {
    const { descending, nullsFirst } = this.part;
    let passed = 0;
    for (let j = 0; j < count; j++) {
      const row = rows[j]!;
      let takes = nullsFirst;
      if (nulls === null || nulls[row] === 0) {
        const at = codes === null ? row : codes[row]!;
        const order = compareByteRanges(bytes!, starts![at]!, ends![at]!, bound, 0, bound.length);
        takes = order === 0 ? this.inclusive : descending ? order > 0 : order < 0;
      }
      if (takes) into[passed++] = row;
    }
    return passed;
  }
}
