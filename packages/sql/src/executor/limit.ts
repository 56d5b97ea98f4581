import type { Expr } from "../binder/expr.js";
import { AegisError } from "../contract/errors.js";
import type { LimitPlan, LogicalPlan } from "../planner/plan.js";
import { comparatorOf } from "../types/compare.js";
import type { Datum } from "../types/datum.js";
import { rowAt } from "./batches.js";
import { datumReader } from "./column.js";
import { compileRow, type RowFunction } from "./expression/index.js";
import {
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";

/** OFFSET and LIMIT; WITH TIES goes on while the sort keys equal those of the last row. */
export function compileLimit(
  plan: LimitPlan,
  compile: (plan: LogicalPlan) => CompiledPlan,
): CompiledPlan {
  const input = compile(plan.input);
  const limit = compileCount(plan.limit, "LIMIT", Infinity);
  const offset = compileCount(plan.offset, "OFFSET", 0);
  const ties = plan.withTies && compileTies(plan.withTies, input);
  return {
    columns: input.columns,
    open(context) {
      const rows = limit(context);
      const skipped = offset(context);
      const most = ties === undefined ? skipped + rows : Infinity;
      return new LimitOperator(input.open(context, most), rows, skipped, ties?.(context));
    },
  };
}

/** The value of LIMIT or OFFSET; `none` where there is none. */
export function compileCount(
  expr: Expr | undefined,
  word: "LIMIT" | "OFFSET",
  none: number,
): (context: ExecutionContext) => number {
  if (expr === undefined) return () => none;
  const compute = compileRow(expr, []);
  return (context) => {
    const count = compute([], context);
    if (count === null) return none;
    if ((count as number | bigint) < 0) {
      const sqlState = word === "LIMIT" ? "2201W" : "2201X";
      throw new AegisError("INVALID_LIMIT", `${word} must not be negative`, { sqlState });
    }
    return Number(count);
  };
}

/** Says whether two rows, each the values of the sort keys, are ties. */
interface Ties {
  keys(batch: RowBatch, row: number): readonly Datum[];
  equal(a: readonly Datum[], b: readonly Datum[]): boolean;
}

function compileTies(
  sortKeys: NonNullable<LimitPlan["withTies"]>,
  input: CompiledPlan,
): (context: ExecutionContext) => Ties {
  const exprs: readonly RowFunction[] = sortKeys.map(({ expr }) => compileRow(expr, input.columns));
  const compare = sortKeys.map(({ expr }) => comparatorOf(expr.type));
  return (context) => ({
    keys(batch, row) {
      const values = batch.columns.map((column, i) =>
        datumReader(column, input.columns[i]!.type)(row),
      );
      return exprs.map((expr) => expr(values, context));
    },
    equal: (a, b) =>
      compare.every((order, i) => {
        const left = a[i]!;
        const right = b[i]!;
        return left === null || right === null ? left === right : order(left, right) === 0;
      }),
  });
}

class LimitOperator implements Operator {
  private readonly input: Operator;
  private readonly ties: Ties | undefined;
  private skip: number;
  private rest: number;
  /** Sort keys of the last row within the limit, once that was given. */
  private last: readonly Datum[] | undefined;

  constructor(input: Operator, limit: number, offset: number, ties: Ties | undefined) {
    this.input = input;
    this.rest = limit;
    this.skip = offset;
    this.ties = ties;
  }

  next(): RowBatch | typeof PENDING | null {
    if (this.rest === 0 && this.last === undefined) return null;
    const batch = this.input.next();
    if (batch === null || batch === PENDING) return batch;
    const start = Math.min(this.skip, batch.selected);
    this.skip -= start;
    if (start === batch.selected) return PENDING;
    const end = Math.min(batch.selected, start + this.rest);
    this.rest -= end - start;
    const tied = this.rest === 0 ? this.countTies(batch, start, end) : 0;
    return slice(batch, start, end + tied);
  }

  /** How many of the rows from `end` on tie with the last one within the limit. */
  private countTies(batch: RowBatch, start: number, end: number): number {
    const { ties } = this;
    if (ties === undefined) return 0;
    if (end > start) this.last = ties.keys(batch, rowAt(batch, end - 1));
    const { last } = this;
    let tied = 0;
    while (end + tied < batch.selected && last !== undefined) {
      if (!ties.equal(last, ties.keys(batch, rowAt(batch, end + tied)))) break;
      tied++;
    }
    if (end + tied < batch.selected) this.last = undefined;
    return tied;
  }

  close(): void {
    this.rest = 0;
    this.last = undefined;
    this.input.close();
  }
}

/** The rows [start, end) of those that count. */
function slice(batch: RowBatch, start: number, end: number): RowBatch | typeof PENDING {
  const selected = end - start;
  if (selected === 0) return PENDING;
  if (selected === batch.selected) return batch;
  const { length, columns } = batch;
  const selection =
    batch.selection === null
      ? Int32Array.from({ length: selected }, (_, i) => start + i)
      : batch.selection.subarray(start, end);
  return { length, columns, selection, selected };
}
