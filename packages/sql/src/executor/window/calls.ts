import type { WindowCall } from "../../binder/expr.js";
import type { Datum } from "../../types/datum.js";
import type { SqlType } from "../../types/sql-type.js";
import { datumReader, type DatumReader } from "../column.js";
import type { ExecutionContext } from "../operator.js";
import type { RowStore } from "../row-store.js";
import { CallRows } from "./call-rows.js";
import { compileFrame, type FrameFactory, type RangeKey } from "./frame.js";
import type { Partition } from "./partition.js";
import { isExtreme, SlidingExtreme } from "./sliding-extreme.js";
import { SlidingAggregate } from "./sliding-aggregate.js";

/** A call with its arguments and filter as columns of the store. */
export interface CompiledCall {
  readonly call: WindowCall;
  readonly args: readonly number[];
  readonly filter: number | undefined;
  readonly frame: (context: ExecutionContext) => FrameFactory;
}

export function compileCall(
  call: WindowCall,
  args: readonly number[],
  filter: number | undefined,
  keyType: SqlType | undefined,
): CompiledCall {
  return { call, args, filter, frame: compileFrame(call.frame, keyType) };
}

/** Gives a call's value at each row of a partition; rows are asked for in order. */
export interface CallValues {
  value(row: number): Datum;
  /** Grows with the work that was done. */
  readonly work: number;
}

/** One run's state of a call. */
export class RunningCall {
  private readonly compiled: CompiledCall;
  private readonly context: ExecutionContext;
  private readonly frames: FrameFactory;
  private readonly readers: readonly DatumReader[];
  private readonly filter: DatumReader | undefined;

  /** Precondition: the store is complete. */
  constructor(compiled: CompiledCall, store: RowStore, context: ExecutionContext) {
    const reader = (column: number): DatumReader =>
      datumReader(store.column(column), store.types[column]!);
    this.compiled = compiled;
    this.context = context;
    this.frames = compiled.frame(context);
    this.readers = compiled.args.map(reader);
    this.filter = compiled.filter === undefined ? undefined : reader(compiled.filter);
  }

  over(partition: Partition, key: RangeKey | undefined): CallValues {
    const { fn, frame, args } = this.compiled.call;
    const rows = new CallRows(partition, this.frames(partition, key), frame.exclude, this.readers);
    if (fn.kind === "window") return { value: (row) => fn.evaluate(rows, row), work: 0 };
    const excludes = frame.exclude !== "none";
    if (!excludes && isExtreme(fn)) {
      return new SlidingExtreme(fn, args[0]!.type, rows, this.filter);
    }
    return new SlidingAggregate(fn, rows, this.filter, excludes, this.context.eval);
  }
}
