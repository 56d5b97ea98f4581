import type { ColumnDef } from "../binder/expr.js";
import type { Sink, Source } from "../contract/source.js";
import type { ColumnVector } from "../contract/vector.js";
import type { EvalContext } from "../functions/registry.js";
import type { Datum } from "../types/datum.js";
import type { RunLimits } from "./run-limits.js";

/**
 * A column in flight: a vector in storage form, as a scan or a numeric kernel made it, or one datum
 * a row (`executor/column.ts` reads both). Vectors are valid until the operator's next step.
 */
export type Column = ColumnVector | readonly Datum[];

/** Rows in flight. `columns[i]` belongs to the producer's `columns[i]`. */
export interface RowBatch {
  /** Length of each column. */
  readonly length: number;
  readonly columns: readonly Column[];
  /** Ascending indexes of the rows that count; null: all of them. */
  readonly selection: Int32Array | null;
  /** How many rows count. */
  readonly selected: number;
}

/** "Call me again": the operator has worked for a while and has nothing to give yet. */
export const PENDING: unique symbol = Symbol("pending");

/** One running instance of a plan node. */
export interface Operator {
  /**
   * Does a bounded piece of work (a batch, a slice of a sort): gives the next batch, which stays
   * valid until the next call and is never empty, or PENDING, or null when there is nothing more.
   */
  next(): RowBatch | typeof PENDING | null;
  /** Releases what is held; idempotent, allowed at any time. */
  close(): void;
}

/** A compiled plan node: immutable, shared by every run of the statement. */
export interface CompiledPlan {
  readonly columns: readonly ColumnDef[];
  /** Its rows are counted (EXPLAIN ANALYZE): who reads it takes no way around it. */
  readonly counted?: boolean;
  /**
   * `most` says that no more rows than that will be taken, so that a sort need not keep the others;
   * whoever cannot use it gives all rows.
   */
  open(context: ExecutionContext, most?: number): Operator;
  /**
   * There where a plan writes one row at most: does all of it in one step, as if opened and asked
   * to the end, and gives what RETURNING asks for. Only for the plan of a whole statement.
   */
  readonly writeRow?: ((context: ExecutionContext) => RowBatch | null) | undefined;
}

/** What one run of a statement works with. */
export interface ExecutionContext {
  readonly source: Source;
  /** There for writing statements. */
  readonly sink: Sink | undefined;
  /** Values of the parameters, cast to the types that the binder gave them. */
  readonly params: readonly Datum[];
  readonly eval: EvalContext;
  readonly memory: MemoryMeter;
  /** See `checkLimits`. */
  readonly limits: RunLimits;
  /** Values of the outer columns that correlated parts below refer to, by column id. */
  readonly outer: Datum[];
  /** Rows of the CTEs and working tables that are in scope, by their number. */
  readonly ctes: Map<number, CompiledPlan>;
  /** Rows inserted, updated or deleted by the statement itself (not by CTEs or cascades). */
  affected: number;
}

/** Bytes that operators hold on to (hash tables, sorts, windows); throws OUT_OF_MEMORY past the limit. */
export interface MemoryMeter {
  reserve(bytes: number): void;
  release(bytes: number): void;
}
