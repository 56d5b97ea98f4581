import type { Expr } from "../binder/expr.js";

import { batchDatums } from "../executor/column.js";
import { compileRow, compileRows, type RowFunction } from "../executor/expression/index.js";
import type { CompiledPlan, ExecutionContext, RowBatch } from "../executor/operator.js";
import type { InsertPlan, ValuesPlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import { type CompiledConflict, compileConflict, ConflictUpdates } from "./conflict.js";
import type { RowSink } from "./deferred-writes.js";
import { ReferenceGraph } from "./reference-graph.js";
import { ReferenceKeeper } from "./references.js";
import { ReturnedRows } from "./returned-rows.js";
import { RowRules } from "./rules.js";
import { sinkOf, writeAtOnce, WriteOperator, type Writer, writeSink } from "./write-operator.js";

/** An INSERT ready to run; `input` is undefined where the rows are VALUES. */
export function compileInsert(plan: InsertPlan, input: CompiledPlan | undefined): CompiledPlan {
  const insert: CompiledInsert = {
    plan,
    rules: new RowRules(plan.rules),
    graph: plan.references.length === 0 ? undefined : new ReferenceGraph(plan.references),
    conflict: plan.onConflict && compileConflict(plan.onConflict),
    returning: plan.returning && compileRows(plan.returning, plan.rules.row),
  };
  const values = input === undefined ? compileValues(plan.input as ValuesPlan) : undefined;
  return {
    columns: plan.output,
    open: (context) => {
      const rows = values?.(context) ?? [];
      const writer = new InsertWriter(insert, rows, context);
      const source = input && { from: input.open(context), into: writer };
      return new WriteOperator(source, writer, context, plan.counted);
    },
    writeRow: values && compileRowWrite(insert, values),
  };
}

/** The short way for VALUES of one row. */
function compileRowWrite(insert: CompiledInsert, values: RowValues): CompiledPlan["writeRow"] {
  const { plan, graph, conflict, returning, rules } = insert;
  if (!plan.counted || (plan.input as ValuesPlan).rows.length !== 1) return undefined;
  if (graph !== undefined || conflict !== undefined || returning !== undefined) {
    return (context) => writeAtOnce(new InsertWriter(insert, values(context), context), context);
  }
  const { table } = rules;
  return (context) => {
    const row = values(context)[0]!;
    sinkOf(context).insert(table, rules.admit(row, context));
    context.affected = 1;
    return null;
  };
}

interface CompiledInsert {
  readonly plan: InsertPlan;
  readonly rules: RowRules;
  readonly graph: ReferenceGraph | undefined;
  readonly conflict: CompiledConflict | undefined;
  readonly returning: readonly RowFunction[] | undefined;
}

/** The rows of VALUES in one run. */
type RowValues = (context: ExecutionContext) => Datum[][];

type ValueCell = Extract<Expr, { kind: "const" | "param" }> | RowFunction;

/** The rows of VALUES: constants and parameters are taken as they are, the rest is computed. */
function compileValues(plan: ValuesPlan): RowValues {
  // A default stands in every row that leaves its column out, and is compiled once.
  const compiled = new Map<Expr, RowFunction>();
  const cellOf = (expr: Expr): ValueCell => {
    if (expr.kind === "const" || expr.kind === "param") return expr;
    let value = compiled.get(expr);
    if (value === undefined) {
      value = compileRow(expr, []);
      compiled.set(expr, value);
    }
    return value;
  };
  const rows = plan.rows.map((row) => row.map(cellOf));
  return (context) => {
    const result = new Array<Datum[]>(rows.length);
    for (let r = 0; r < rows.length; r++) {
      const cells = rows[r]!;
      const row = new Array<Datum>(cells.length);
      for (let i = 0; i < cells.length; i++) {
        const cell = cells[i]!;
        if (typeof cell === "function") row[i] = cell(NO_ROW, context);
        else row[i] = cell.kind === "const" ? cell.value : context.params[cell.index]!;
      }
      result[r] = row;
    }
    return result;
  };
}

const NO_ROW: readonly Datum[] = [];

class InsertWriter implements Writer {
  readonly returned: ReturnedRows | undefined;
  readonly sink: RowSink;
  readonly #insert: CompiledInsert;
  readonly #rows: Datum[][];
  readonly #context: ExecutionContext;
  readonly #keeper: ReferenceKeeper | undefined;
  readonly #updates: ConflictUpdates | undefined;

  constructor(insert: CompiledInsert, rows: Datum[][], context: ExecutionContext) {
    const { graph, conflict, returning, rules } = insert;
    this.#insert = insert;
    this.#rows = rows;
    this.#context = context;
    this.sink = writeSink(context, insert.plan.counted);
    this.#keeper = graph && new ReferenceKeeper(graph, context);
    this.#updates =
      conflict?.action === "update"
        ? new ConflictUpdates(conflict, rules, this.sink, context)
        : undefined;
    this.returned = returning && new ReturnedRows(returning, context);
  }

  get kept(): number {
    return this.#rows.length;
  }

  add(batch: RowBatch): void {
    const columns = batchDatums(batch, this.#insert.plan.input.output);
    const { selection, selected } = batch;
    for (let j = 0; j < selected; j++) {
      const at = selection === null ? j : selection[j]!;
      const row = new Array<Datum>(columns.length);
      for (let i = 0; i < columns.length; i++) row[i] = columns[i]![at]!;
      this.#rows.push(row);
    }
  }

  write(at: number): boolean {
    const { rules, conflict } = this.#insert;
    const { table } = rules;
    const row = this.#rows[at]!;
    const stored = rules.admit(row, this.#context);
    if (conflict !== undefined) {
      const existing = this.sink.findConflict(table, conflict.arbiter, stored);
      if (existing !== undefined) return this.#updateExisting(existing, row);
    }
    const locator = this.sink.insert(table, stored);
    this.#updates?.touched.add(locator);
    this.#keeper?.inserted(table, stored);
    this.returned?.add(row);
    return true;
  }

  finish(): void {
    this.#keeper?.finish();
  }

  #updateExisting(
    existing: NonNullable<ReturnType<RowSink["findConflict"]>>,
    proposed: readonly Datum[],
  ): boolean {
    const updated = this.#updates?.update(existing, proposed);
    if (updated === undefined) return false;
    this.#keeper?.updated(this.#insert.rules.table, existing.row, updated.stored);
    this.returned?.add(updated.row);
    return true;
  }
}
