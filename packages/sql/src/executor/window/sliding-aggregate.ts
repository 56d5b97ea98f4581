import type { AggregateFunction, EvalContext } from "../../functions/registry.js";
import type { Datum } from "../../types/datum.js";
import { Jsonb } from "../../types/jsonb.js";
import type { DatumReader } from "../column.js";
import type { CallRows } from "./call-rows.js";

/**
 * An aggregate over the frame of each row in turn. What it aggregated for the row before is kept:
 * rows that enter the frame are added, rows that leave it taken back where the function can do
 * that; else the frame is aggregated again.
 */
export class SlidingAggregate {
  /** Rows that were added or taken back so far: the measure of work. */
  work = 0;
  private readonly fn: AggregateFunction;
  private readonly rows: CallRows;
  private readonly filter: DatumReader | undefined;
  private readonly context: EvalContext;
  private readonly excludes: boolean;
  private state: unknown = undefined;
  /** The state is of the rows [from, to); undefined is none. */
  private isCurrent = false;
  private from = 0;
  private to = 0;
  private result: Datum | undefined;

  constructor(
    fn: AggregateFunction,
    rows: CallRows,
    filter: DatumReader | undefined,
    excludes: boolean,
    context: EvalContext,
  ) {
    this.fn = fn;
    this.rows = rows;
    this.filter = filter;
    this.excludes = excludes;
    this.context = context;
  }

  value(row: number): Datum {
    const start = this.rows.frameStart(row);
    const end = Math.max(this.rows.frameEnd(row), start);
    if (this.excludes) return this.excluding(row, start, end);
    if (this.result !== undefined && start === this.from && end === this.to) return this.result;
    this.moveTo(start, end);
    this.result = this.fn.finish(this.state, this.context);
    if (sharesState(this.result)) this.isCurrent = false;
    return this.result;
  }

  private moveTo(start: number, end: number): void {
    const { fn } = this;
    const canSlide =
      this.isCurrent &&
      start >= this.from &&
      end >= this.to &&
      (start === this.from || (fn.unstep !== undefined && start < this.to));
    if (!canSlide) {
      this.state = fn.init();
      this.from = this.to = start;
      this.isCurrent = true;
    }
    for (; this.from < start; this.from++) this.remove(this.from);
    for (; this.to < end; this.to++) this.add(this.to);
  }

  /** The rows that are left out are taken back for this row only. */
  private excluding(row: number, start: number, end: number): Datum {
    const { rows, fn } = this;
    if (fn.unstep === undefined) {
      this.state = fn.init();
      for (let at = start; at < end; at++) if (!rows.isExcluded(row, at)) this.add(at);
      return fn.finish(this.state, this.context);
    }
    this.moveTo(start, end);
    const first = Math.max(start, rows.peersStart(row));
    const last = Math.min(end, rows.peersEnd(row));
    for (let at = first; at < last; at++) if (rows.isExcluded(row, at)) this.remove(at);
    const result = fn.finish(this.state, this.context);
    for (let at = first; at < last; at++) if (rows.isExcluded(row, at)) this.add(at);
    return result;
  }

  private add(row: number): void {
    const args = this.countedArgs(row);
    if (args !== undefined) this.state = this.fn.step(this.state, args, this.context);
  }

  private remove(row: number): void {
    const args = this.countedArgs(row);
    if (args !== undefined) this.state = this.fn.unstep!(this.state, args, this.context);
  }

  /** The arguments at a row; undefined where it does not count. */
  private countedArgs(row: number): readonly Datum[] | undefined {
    this.work++;
    const { filter } = this;
    if (filter !== undefined && filter(this.rows.partition.storeRow(row)) !== true) {
      return undefined;
    }
    const args = this.rows.args(row);
    return this.fn.strict && args.includes(null) ? undefined : args;
  }
}

/** Lists are given out as they are collected, so that the state must not be added to any more. */
function sharesState(result: Datum): boolean {
  return Array.isArray(result) || result instanceof Jsonb;
}
