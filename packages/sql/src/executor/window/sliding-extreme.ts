import type { AggregateFunction } from "../../functions/registry.js";
import { type Comparator, comparatorOf } from "../../types/compare.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import type { NonNullDatum } from "../../types/text-output.js";
import type { DatumReader } from "../column.js";
import type { CallRows } from "./call-rows.js";

/** Rows that left the frame before their places are given up. */
const COMPACT_ROWS = 1024;

/** Whether the function is min or max of plain values, which `SlidingExtreme` can take. */
export function isExtreme(fn: AggregateFunction): boolean {
  return (fn.kernel === "min" || fn.kernel === "max") && fn.params.length === 1;
}

/**
 * min or max over a frame that slides: of the rows in the frame only those are kept that no later
 * one beats, so that the first of them is the answer. For max over a frame of four rows:
 *
 *     rows  7 3 5 4   kept 7 5 4   →  next row 6   →   rows 3 5 4 6   kept 6
 *
 * Each row comes and goes once, however long the frame is.
 */
export class SlidingExtreme {
  work = 0;
  private readonly rows: CallRows;
  private readonly filter: DatumReader | undefined;
  private readonly compare: Comparator;
  private readonly sign: number;
  private places: number[] = [];
  private values: NonNullDatum[] = [];
  /** The first of the places that counts. */
  private first = 0;
  private from = 0;
  private to = 0;

  constructor(
    fn: AggregateFunction,
    type: SqlType,
    rows: CallRows,
    filter: DatumReader | undefined,
  ) {
    this.rows = rows;
    this.filter = filter;
    this.compare = comparatorOf(type);
    this.sign = fn.kernel === "max" ? 1 : -1;
  }

  value(row: number): Datum {
    const start = this.rows.frameStart(row);
    const end = Math.max(this.rows.frameEnd(row), start);
    if (start < this.from || end < this.to) this.restart(start);
    for (let at = Math.max(this.to, start); at < end; at++) this.add(at);
    this.from = start;
    this.to = end;
    const { places } = this;
    while (this.first < places.length && places[this.first]! < start) this.first++;
    if (this.first > COMPACT_ROWS && 2 * this.first > places.length) this.compact();
    return this.first < places.length ? this.values[this.first]! : null;
  }

  private compact(): void {
    this.places.splice(0, this.first);
    this.values.splice(0, this.first);
    this.first = 0;
  }

  private restart(start: number): void {
    this.places = [];
    this.values = [];
    this.first = 0;
    this.to = start;
  }

  private add(row: number): void {
    this.work++;
    const { filter, places, values } = this;
    if (filter !== undefined && filter(this.rows.partition.storeRow(row)) !== true) return;
    const value = this.rows.args(row)[0]!;
    if (value === null) return;
    while (places.length > this.first && this.compare(value, values.at(-1)!) * this.sign >= 0) {
      places.pop();
      values.pop();
    }
    places.push(row);
    values.push(value);
  }
}
