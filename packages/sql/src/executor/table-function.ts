import type { ColumnDef } from "../binder/expr.js";
import type { TableFunctionPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import { fullBatch } from "./batches.js";
import { compileRow, type RowFunction } from "./expression/index.js";
import { BATCH_ROWS } from "./limits.js";
import type { CompiledPlan, ExecutionContext, Operator, RowBatch } from "./operator.js";

interface CompiledCall {
  readonly fn: TableFunctionPlan["calls"][number]["fn"];
  readonly args: readonly RowFunction[];
  /** Columns that it gives. */
  readonly width: number;
}

/**
 * Functions in FROM. Several of them run side by side, the shorter ones filled up with NULLs; WITH
 * ORDINALITY numbers the rows.
 */
export function compileTableFunction(plan: TableFunctionPlan): CompiledPlan {
  const calls = plan.calls.map(({ fn, args }): CompiledCall => ({
    fn,
    args: args.map((arg) => compileRow(arg, [])),
    width: fn.columns(args.map((arg) => arg.type)).length,
  }));
  const ordinal = plan.output.findIndex((column) => column.id === plan.ordinality);
  return {
    columns: plan.output,
    open: (context) => new TableFunctionOperator(calls, plan.output, ordinal, context),
  };
}

class TableFunctionOperator implements Operator {
  private readonly calls: readonly CompiledCall[];
  private readonly output: readonly ColumnDef[];
  /** Position of the ordinality column; -1 without one. */
  private readonly ordinal: number;
  private readonly context: ExecutionContext;
  private running: (Iterator<readonly Datum[]> | undefined)[] | undefined;
  private given = 0;

  constructor(
    calls: readonly CompiledCall[],
    output: readonly ColumnDef[],
    ordinal: number,
    context: ExecutionContext,
  ) {
    this.calls = calls;
    this.output = output;
    this.ordinal = ordinal;
    this.context = context;
  }

  next(): RowBatch | null {
    this.running ??= this.calls.map((call) => this.start(call));
    const columns: Datum[][] = this.output.map(() => []);
    let count = 0;
    while (count < BATCH_ROWS && this.addRow(columns)) count++;
    return count === 0 ? null : fullBatch(count, columns);
  }

  close(): void {
    this.running?.forEach((rows) => rows?.return?.());
    this.running = this.calls.map(() => undefined);
  }

  private start({ fn, args }: CompiledCall): Iterator<readonly Datum[]> | undefined {
    const values = args.map((arg) => arg([], this.context));
    if (fn.strict && values.includes(null)) return undefined;
    return fn.evaluate(values, this.context.eval)[Symbol.iterator]();
  }

  /** Adds one row of all functions side by side; false if none of them has one. */
  private addRow(columns: readonly Datum[][]): boolean {
    const { calls, running, ordinal } = this;
    const rows = calls.map((_, i) => this.advance(running!, i));
    if (rows.every((row) => row === undefined)) return false;
    let position = 0;
    for (let i = 0; i < calls.length; i++) {
      for (let k = 0; k < calls[i]!.width; k++) {
        if (position === ordinal) position++;
        columns[position++]!.push(rows[i]?.[k] ?? null);
      }
    }
    this.given++;
    if (ordinal >= 0) columns[ordinal]!.push(this.given);
    return true;
  }

  private advance(
    running: (Iterator<readonly Datum[]> | undefined)[],
    index: number,
  ): readonly Datum[] | undefined {
    const step = running[index]?.next();
    if (step === undefined || step.done === true) {
      running[index] = undefined;
      return undefined;
    }
    return step.value;
  }
}
