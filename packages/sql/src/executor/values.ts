import type { ValuesPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import { compileRow, type RowFunction } from "./expression/index.js";
import { BATCH_ROWS } from "./limits.js";
import type { CompiledPlan, ExecutionContext, Operator, RowBatch } from "./operator.js";

const NO_ROW: readonly Datum[] = [];

/** Rows of expressions: VALUES lists, and the one row without columns of a SELECT without FROM. */
export function compileValues(plan: ValuesPlan): CompiledPlan {
  const rows: readonly (readonly RowFunction[])[] = plan.rows.map((row) =>
    row.map((expr) => compileRow(expr, [])),
  );
  const width = plan.output.length;
  return {
    columns: plan.output,
    open: (context) => new ValuesOperator(rows, width, context),
  };
}

class ValuesOperator implements Operator {
  private readonly rows: readonly (readonly RowFunction[])[];
  private readonly width: number;
  private readonly context: ExecutionContext;
  private at = 0;

  constructor(rows: readonly (readonly RowFunction[])[], width: number, context: ExecutionContext) {
    this.rows = rows;
    this.width = width;
    this.context = context;
  }

  next(): RowBatch | null {
    const start = this.at;
    const length = Math.min(BATCH_ROWS, this.rows.length - start);
    if (length === 0) return null;
    this.at += length;
    const columns = Array.from({ length: this.width }, (): Datum[] => []);
    for (let i = 0; i < length; i++) {
      const row = this.rows[start + i]!;
      for (let c = 0; c < this.width; c++) columns[c]!.push(row[c]!(NO_ROW, this.context));
    }
    return { length, columns, selection: null, selected: length };
  }

  close(): void {
    this.at = this.rows.length;
  }
}
