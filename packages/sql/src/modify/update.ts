import type { RowLocator } from "../contract/source.js";
import type { Value } from "../contract/types.js";
import { compileRows, type RowFunction } from "../executor/expression/index.js";
import type { CompiledPlan, ExecutionContext } from "../executor/operator.js";
import type { UpdatePlan } from "../planner/plan.js";
import type { Datum } from "../types/datum.js";
import type { RowSink } from "./deferred-writes.js";
import { InputRows } from "./input-rows.js";
import { compilePointRow } from "./point-row.js";
import { ReferenceGraph } from "./reference-graph.js";
import { ReferenceKeeper } from "./references.js";
import { ReturnedRows } from "./returned-rows.js";
import { type CompiledAssignment, compileAssignments, RowRules } from "./rules.js";
import type { TargetRows } from "./target-rows.js";
import { writeAtOnce, WriteOperator, type Writer, writeSink } from "./write-operator.js";

export function compileUpdate(plan: UpdatePlan, input: CompiledPlan): CompiledPlan {
  const update: CompiledUpdate = {
    plan,
    input,
    rules: new RowRules(plan.rules),
    graph: plan.references.length === 0 ? undefined : new ReferenceGraph(plan.references),
    set: compileAssignments(plan.set, input.columns),
    returning: plan.returning && compileRows(plan.returning, [...plan.rules.row, ...input.columns]),
  };
  const findPoint = input.counted ? undefined : compilePointRow(plan.input, plan.locator);
  return {
    columns: plan.output,
    open: (context) => {
      if (findPoint !== undefined) {
        const writer = new UpdateWriter(update, findPoint(context), context);
        return new WriteOperator(undefined, writer, context, plan.counted);
      }
      const rows = new InputRows(input.columns, plan.locator);
      const writer = new UpdateWriter(update, rows, context);
      return new WriteOperator(
        { from: input.open(context), into: rows },
        writer,
        context,
        plan.counted,
      );
    },
    writeRow:
      findPoint && plan.counted
        ? (context) => writeAtOnce(new UpdateWriter(update, findPoint(context), context), context)
        : undefined,
  };
}

interface CompiledUpdate {
  readonly plan: UpdatePlan;
  readonly input: CompiledPlan;
  readonly rules: RowRules;
  readonly graph: ReferenceGraph | undefined;
  readonly set: readonly CompiledAssignment[];
  readonly returning: readonly RowFunction[] | undefined;
}

class UpdateWriter implements Writer {
  readonly returned: ReturnedRows | undefined;
  readonly sink: RowSink;
  readonly #update: CompiledUpdate;
  readonly #rows: TargetRows;
  readonly #context: ExecutionContext;
  readonly #keeper: ReferenceKeeper | undefined;

  constructor(update: CompiledUpdate, rows: TargetRows, context: ExecutionContext) {
    const { graph, returning } = update;
    this.#update = update;
    this.#rows = rows;
    this.#context = context;
    this.sink = writeSink(context, update.plan.counted);
    this.#keeper = graph && new ReferenceKeeper(graph, context);
    this.returned = returning && new ReturnedRows(returning, context);
  }

  get kept(): number {
    return this.#rows.length;
  }

  write(at: number): boolean {
    const { rules } = this.#update;
    const { table } = rules;
    const locator = this.#rows.locator(at);
    const before = this.#rows.before(at, this.sink, table);
    if (before === undefined) return false;
    const values = this.#rows.row(at);
    const needsDatums = rules.readsDatums || this.returned !== undefined;
    if (needsDatums) this.#writeDatums(locator, before, values);
    else this.#writeStored(locator, before, values);
    return true;
  }

  finish(): void {
    this.#keeper?.finish();
  }

  /** Only the columns that are set are ever turned into datums and back. */
  #writeStored(locator: RowLocator, before: readonly Value[], values: readonly Datum[]): void {
    const { rules, set } = this.#update;
    const after = before.slice();
    for (const { column, value } of set) {
      after[column] = rules.form.storeColumn(value(values, this.#context), column);
    }
    rules.admitStored(after);
    this.#replace(locator, before, after);
  }

  #writeDatums(locator: RowLocator, before: readonly Value[], values: readonly Datum[]): void {
    const { rules, set } = this.#update;
    const row = rules.form.load(before);
    for (const { column, value } of set) row[column] = value(values, this.#context);
    this.#replace(locator, before, rules.admit(row, this.#context));
    this.returned?.add([...row, ...values]);
  }

  #replace(locator: RowLocator, before: readonly Value[], after: readonly Value[]): void {
    const { table } = this.#update.rules;
    this.sink.update(table, locator, before, after);
    this.#keeper?.updated(table, before, after);
  }
}
