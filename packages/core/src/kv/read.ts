import type { Batch } from "@aegisdb/sql/contract";
import type { ReadView } from "../engine/contract.js";
import type { RowView } from "../tree/row-view.js";
import { keyUnits, type SpaceRange } from "./key.js";
import { CREATED_AT, EXPIRES_AT, UPDATED_AT, VALUE, VERSION } from "./layout.js";
import type { Space } from "./space.js";
import type { Entry } from "./types.js";

/*
 * Reads as functions over (view, space): the namespaces of the database, of a transaction and of a
 * snapshot are the same code over another view. Expired entries are not there, whether or not the
 * sweeper was at them, and "now" is the view's.
 */

const MICROS_PER_MS = 1000;

/** A date of microseconds, cut to the millisecond a Date holds. */
export function dateOf(micros: number | bigint): Date {
  return new Date(Math.floor(Number(micros) / MICROS_PER_MS));
}

/** Whether the entry is past its time. */
export function isExpired(row: RowView, view: ReadView): boolean {
  return !row.isNull(EXPIRES_AT) && row.number(EXPIRES_AT) <= view.now;
}

/** The live row of a key, or null; valid until the view's next read. */
export function liveRow(view: ReadView, space: Space, key: string): RowView | null {
  const row = view.getConcat(space.trees.entries, space.prefix, keyUnits(key));
  return row === null || isExpired(row, view) ? null : row;
}

export function readValue(view: ReadView, space: Space, key: string): unknown {
  const row = liveRow(view, space, key);
  return row === null ? undefined : row.json(VALUE);
}

export function readEntry(view: ReadView, space: Space, key: string): Entry<unknown> | undefined {
  const row = liveRow(view, space, key);
  if (row === null) return undefined;
  return {
    key,
    value: row.json(VALUE),
    version: BigInt(row.number(VERSION)),
    createdAt: dateOf(row.number(CREATED_AT)),
    updatedAt: dateOf(row.number(UPDATED_AT)),
    expiresAt: row.isNull(EXPIRES_AT) ? undefined : dateOf(row.number(EXPIRES_AT)),
  };
}

/** Live entries of a range. Reads one column, batch by batch, and makes nothing per row. */
export function countRange(view: ReadView, space: Space, range: SpaceRange): number {
  if (range.start >= range.end) return 0;
  let count = 0;
  const options = { start: range.start, end: range.end, columns: [EXPIRES_AT] };
  for (const batch of view.batches(space.trees.entries, options)) count += countLive(batch, view);
  return count;
}

function countLive(batch: Batch, view: ReadView): number {
  const { values, nulls } = batch.columns[0]!;
  let expired = 0;
  for (let i = 0; i < batch.selected; i++) {
    const row = batch.selection === null ? i : batch.selection[i]!;
    if (nulls !== null && nulls[row] === 1) continue;
    if ((values as Float64Array | BigInt64Array)[row]! <= view.now) expired++;
  }
  return batch.selected - expired;
}

/** Whether a namespace holds anything at this instant. */
export function hasLiveEntry(view: ReadView, space: Space): boolean {
  const cursor = view.scan(space.trees.entries, {
    start: space.prefix,
    end: space.end,
    brief: true,
  });
  while (cursor.next()) {
    if (!isExpired(cursor.row, view)) return true;
  }
  return false;
}
