import type { ColumnDef, Expr } from "../../binder/expr.js";
import { columnsOf } from "../../planner/expressions.js";
import { ascendingRows, fullBatch } from "../batches.js";
import { compileFilterLoop, type FilterLoop } from "../expression/loops.js";
import type { Column, ExecutionContext } from "../operator.js";
import { RowGather } from "../store/gather.js";
import type { Pairs } from "./candidates.js";

/** The part of a join's condition that is checked pair by pair: immutable. */
export interface Residual {
  readonly loop: FilterLoop;
  /** The columns it reads: positions in the left batch, and in the right side's store. */
  readonly left: readonly number[];
  readonly right: readonly number[];
}

/** `right` are the columns of the right side as they are stored. */
export function compileResidual(
  condition: Expr | undefined,
  left: readonly ColumnDef[],
  right: readonly ColumnDef[],
): Residual | undefined {
  if (condition === undefined) return undefined;
  const used = columnsOf(condition);
  const places = (columns: readonly ColumnDef[]): number[] =>
    columns.flatMap((column, i) => (used.has(column.id) ? [i] : []));
  const leftPlaces = places(left);
  const rightPlaces = places(right);
  const columns = [...leftPlaces.map((i) => left[i]!), ...rightPlaces.map((i) => right[i]!)];
  return { loop: compileFilterLoop(condition, columns), left: leftPlaces, right: rightPlaces };
}

/** One run's state of a residual condition: it says which pairs hold. */
export class PairFilter {
  holding: Int32Array = new Int32Array(0);
  private readonly residual: Residual;
  private readonly context: ExecutionContext;
  private readonly leftGather: RowGather;
  private readonly rightGather: RowGather;
  private leftRows = new Int32Array(0);

  constructor(residual: Residual, context: ExecutionContext) {
    this.residual = residual;
    this.context = context;
    this.leftGather = new RowGather(residual.left.length);
    this.rightGather = new RowGather(residual.right.length);
  }

  /** Writes the pairs that hold to `holding`; gives their number. */
  select(
    pairs: Pairs,
    rows: Int32Array,
    left: readonly Column[],
    right: readonly Column[],
  ): number {
    const { count } = pairs;
    if (count === 0) return 0;
    if (this.holding.length < count) {
      this.holding = new Int32Array(pairs.capacity);
      this.leftRows = new Int32Array(pairs.capacity);
    }
    const { residual, leftRows } = this;
    for (let k = 0; k < count; k++) leftRows[k] = rows[pairs.left[k]!]!;
    const leftColumns = residual.left.map((i) => left[i]!);
    const rightColumns = residual.right.map((i) => right[i]!);
    const batch = fullBatch(count, [
      ...this.leftGather.gather(leftColumns, leftRows, count, false),
      ...this.rightGather.gather(rightColumns, pairs.right, count, false),
    ]);
    return residual.loop(batch, this.holding, this.context);
  }
}

/** All pairs, where there is no condition to check. */
export function allPairs(pairs: Pairs): Int32Array {
  return ascendingRows(pairs.count);
}
