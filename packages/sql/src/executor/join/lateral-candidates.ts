import type { ColumnDef } from "../../binder/expr.js";
import { rowsOf } from "../batches.js";
import { datumReader, type DatumReader } from "../column.js";
import { RowKeys } from "../keys/row-keys.js";
import {
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "../operator.js";
import { RowStore } from "../row-store.js";
import type { Candidates, Pairs } from "./candidates.js";

/** Right rows that are kept for left rows that ask the same again. */
const MEMO_ROWS = 65_536;
/** Runs of the right side in one step. */
const RUNS_PER_STEP = 256;

export interface LateralShape {
  readonly right: CompiledPlan;
  /** The left columns that the right side reads, and where they are. */
  readonly outer: readonly ColumnDef[];
  readonly outerColumns: readonly number[];
  /** Equal outer values give equal rows, so that runs can be remembered. */
  readonly memoises: boolean;
  /** Only whether there is a row is asked. */
  readonly firstOnly: boolean;
}

/**
 * Runs the right side once for each left row, with the left columns it reads as outer values; once
 * for each combination of those where runs can be remembered.
 */
export class LateralCandidates implements Candidates {
  readonly store: RowStore;
  readonly isEmpty = false;
  private readonly shape: LateralShape;
  private readonly context: ExecutionContext;
  private keys: RowKeys;
  /** First and last row (exclusive) of each remembered run, by the number of its outer values. */
  private starts: number[] = [];
  private ends: number[] = [];
  private ids: Int32Array = new Int32Array(0);
  private rows: Int32Array = new Int32Array(0);
  private readers: readonly DatumReader[] = [];
  private selected = 0;
  private place = 0;
  private running: Operator | undefined;
  /** Rows of the current left row that are still to be paired, once its run is over. */
  private row = 0;
  private end = 0;
  private isReady = false;

  constructor(shape: LateralShape, context: ExecutionContext) {
    this.shape = shape;
    this.context = context;
    this.store = new RowStore(
      shape.right.columns.map((column) => column.type),
      context.memory,
    );
    this.keys = this.createKeys();
  }

  build(): boolean {
    return false;
  }

  start(batch: RowBatch): void {
    const { outer, outerColumns, memoises } = this.shape;
    const columns = outerColumns.map((column) => batch.columns[column]!);
    this.rows = rowsOf(batch);
    this.readers = columns.map((column, i) => datumReader(column, outer[i]!.type));
    this.selected = batch.selected;
    this.place = 0;
    this.isReady = false;
    if (memoises) {
      if (this.store.rows > MEMO_ROWS || this.starts.length > MEMO_ROWS) this.forget();
      this.ids = this.keys.intern(columns, batch, this.rows, batch.selected).slice();
    }
  }

  fill(pairs: Pairs): typeof PENDING | undefined {
    pairs.count = 0;
    if (!this.shape.memoises && this.running === undefined && !this.isReady) this.store.clear();
    let runs = 0;
    while (this.place < this.selected && pairs.count < pairs.capacity) {
      if (!this.isReady) {
        if (runs++ === RUNS_PER_STEP) break;
        if (!this.run()) {
          if (pairs.count === 0) return PENDING;
          break;
        }
      }
      this.pair(pairs);
    }
    pairs.complete = this.place;
    return undefined;
  }

  skipRow(): void {
    if (this.isReady) this.nextPlace();
  }

  close(): void {
    this.running?.close();
    this.running = undefined;
    this.store.release();
    this.keys.release();
  }

  /** Brings the rows of the current left row; false if that needs another step. */
  private run(): boolean {
    const { memoises, firstOnly, right } = this.shape;
    const id = memoises ? this.ids[this.place]! : -1;
    const known = memoises ? this.ends[id] : undefined;
    if (known !== undefined) return this.ready(this.starts[id]!, known);
    if (this.running === undefined) {
      this.setOuter();
      this.row = this.store.rows;
      this.running = right.open(this.context);
    }
    for (;;) {
      const batch = this.running.next();
      if (batch === PENDING) return false;
      if (batch !== null) this.store.append(batch);
      if (batch !== null && !firstOnly) continue;
      this.running.close();
      this.running = undefined;
      if (memoises) {
        this.starts[id] = this.row;
        this.ends[id] = this.store.rows;
      }
      return this.ready(this.row, this.store.rows);
    }
  }

  private ready(start: number, end: number): true {
    this.row = start;
    this.end = end;
    this.isReady = true;
    return true;
  }

  private setOuter(): void {
    const { outer } = this.shape;
    const row = this.rows[this.place]!;
    for (let i = 0; i < outer.length; i++) {
      this.context.outer[outer[i]!.id] = this.readers[i]!(row);
    }
  }

  private pair(pairs: Pairs): void {
    const { left, right } = pairs;
    while (this.row < this.end && pairs.count < pairs.capacity) {
      left[pairs.count] = this.place;
      right[pairs.count++] = this.row++;
    }
    if (this.row === this.end) this.nextPlace();
  }

  private nextPlace(): void {
    this.place++;
    this.isReady = false;
  }

  private createKeys(): RowKeys {
    const parts = this.shape.outer.map(({ type }) => ({ type, nullsEqual: true }));
    return new RowKeys(parts, this.context.memory);
  }

  private forget(): void {
    this.store.clear();
    this.keys.release();
    this.keys = this.createKeys();
    this.starts = [];
    this.ends = [];
  }
}
