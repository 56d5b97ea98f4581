import type { RowLocator, TableInfo } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import type { Datum } from "../types/datum.js";
import type { RowSink } from "./deferred-writes.js";

/** The rows that an UPDATE or DELETE is about, found before the first is written. */
export interface TargetRows {
  readonly length: number;
  locator(at: number): RowLocator;
  /** The values of the plan that found the row, by its columns. */
  row(at: number): readonly Datum[];
  /** The row as it is now; undefined where the statement itself has removed it. */
  before(at: number, sink: RowSink, table: TableInfo): readonly Value[] | undefined;
}
