import type { ColumnDef, Expr } from "../../binder/expr.js";
import { selectRows, rowsOf } from "../batches.js";
import { compileFilterLoop, compileProjectLoop, type FilterLoop } from "../expression/loops.js";
import { computesSame } from "../expression/properties.js";
import type { Column, ExecutionContext, RowBatch } from "../operator.js";

/** Rows of a batch for an aggregate call, with its arguments (and then sort keys) for them. */
export interface CallInput {
  readonly args: readonly Column[];
  /** The rows, ascending; undefined: all of the batch. */
  readonly passed: RowBatch | undefined;
}

/**
 * What a call is to see of a batch, in one or more pieces. `shared` are the columns that the list
 * of shared inputs computed for all rows.
 */
export type CallFeed = (
  batch: RowBatch,
  shared: readonly Column[],
  context: ExecutionContext,
) => readonly CallInput[];

/** Expressions that are computed once a batch, however many calls use them. */
export class InputList {
  private readonly columns: readonly ColumnDef[];
  private readonly exprs: Expr[] = [];
  private readonly loops: ((batch: RowBatch, context: ExecutionContext) => Column)[] = [];

  constructor(columns: readonly ColumnDef[]) {
    this.columns = columns;
  }

  /** The number of the expression among the inputs. */
  add(expr: Expr): number {
    const known = this.exprs.findIndex((other) => computesSame(expr, other));
    if (known >= 0) return known;
    const slot =
      expr.kind === "column" ? this.columns.findIndex((column) => column.id === expr.id) : -1;
    this.exprs.push(expr);
    this.loops.push(
      slot >= 0 ? (batch) => batch.columns[slot]! : compileProjectLoop(expr, this.columns),
    );
    return this.exprs.length - 1;
  }

  evaluate(batch: RowBatch, context: ExecutionContext): Column[] {
    return this.loops.map((loop) => loop(batch, context));
  }
}

export function plainFeed(exprs: readonly Expr[], shared: InputList): CallFeed {
  const numbers = exprs.map((expr) => shared.add(expr));
  return (_batch, columns) => [{ args: numbers.map((i) => columns[i]!), passed: undefined }];
}

/** The rows that a condition lets through; arguments are computed for those only. */
export function filteredFeed(
  condition: Expr,
  exprs: readonly Expr[],
  columns: readonly ColumnDef[],
): CallFeed {
  const filter = compileFilterLoop(condition, columns);
  const inputs = new InputList(columns);
  const numbers = exprs.map((expr) => inputs.add(expr));
  return (batch, _shared, context) => {
    const passed = passing(filter, batch, context);
    if (passed.selected === 0) return [];
    const own = inputs.evaluate(passed, context);
    return [{ args: numbers.map((i) => own[i]!), passed }];
  };
}

/**
 * The branches of a CASE that is a call's argument, each as a piece of the rows that take it: for
 * sums of numerics, whose branches may have scales of their own and so no common vector.
 */
export function caseFeed(
  expr: Extract<Expr, { kind: "case" }>,
  columns: readonly ColumnDef[],
): CallFeed {
  const branches = expr.branches.map(({ when, then }) => ({
    filter: compileFilterLoop(when, columns),
    value: compileProjectLoop(then, columns),
  }));
  const otherwise = compileProjectLoop(expr.otherwise, columns);
  return (batch, _shared, context) => {
    const pieces: CallInput[] = [];
    let rest = batch;
    for (const { filter, value } of branches) {
      if (rest.selected === 0) return pieces;
      const passed = passing(filter, rest, context);
      if (passed.selected === 0) continue;
      pieces.push({ args: [value(passed, context)], passed });
      rest = without(rest, passed);
    }
    if (rest.selected > 0) pieces.push({ args: [otherwise(rest, context)], passed: rest });
    return pieces;
  };
}

function passing(filter: FilterLoop, batch: RowBatch, context: ExecutionContext): RowBatch {
  const rows = new Int32Array(batch.selected);
  return selectRows(batch, rows, filter(batch, rows, context));
}

/** The rows of a batch that are not among others of it. */
function without(batch: RowBatch, others: RowBatch): RowBatch {
  const rows = rowsOf(batch);
  const out = rowsOf(others);
  const rest = new Int32Array(batch.selected - others.selected);
  let skipped = 0;
  for (let j = 0; j < batch.selected; j++) {
    if (skipped < others.selected && rows[j] === out[skipped]) skipped++;
    else rest[j - skipped] = rows[j]!;
  }
  return selectRows(batch, rest, rest.length);
}
