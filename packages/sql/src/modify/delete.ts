import { compileRows, type RowFunction } from "../executor/expression/index.js";
import type { CompiledPlan, ExecutionContext } from "../executor/operator.js";
import type { DeletePlan } from "../planner/plan.js";
import type { RowSink } from "./deferred-writes.js";
import { InputRows } from "./input-rows.js";
import { compilePointRow } from "./point-row.js";
import { ReferenceGraph } from "./reference-graph.js";
import { ReferenceKeeper } from "./references.js";
import { ReturnedRows } from "./returned-rows.js";
import { RowForm } from "./row-form.js";
import type { TargetRows } from "./target-rows.js";
import { WriteOperator, type Writer, writeSink } from "./write-operator.js";

export function compileDelete(plan: DeletePlan, input: CompiledPlan): CompiledPlan {
  const compiled: CompiledDelete = {
    plan,
    input,
    form: new RowForm(plan.table),
    graph: plan.references.length === 0 ? undefined : new ReferenceGraph(plan.references),
    returning: plan.returning && compileRows(plan.returning, [...plan.oldRow, ...input.columns]),
  };
  const findPoint = input.counted ? undefined : compilePointRow(plan.input, plan.locator);
  return {
    columns: plan.output,
    open: (context) => {
      if (findPoint !== undefined) {
        const writer = new DeleteWriter(compiled, findPoint(context), context);
        return new WriteOperator(undefined, writer, context, plan.counted);
      }
      const rows = new InputRows(input.columns, plan.locator);
      const writer = new DeleteWriter(compiled, rows, context);
      return new WriteOperator(
        { from: input.open(context), into: rows },
        writer,
        context,
        plan.counted,
      );
    },
  };
}

interface CompiledDelete {
  readonly plan: DeletePlan;
  readonly input: CompiledPlan;
  readonly form: RowForm;
  readonly graph: ReferenceGraph | undefined;
  readonly returning: readonly RowFunction[] | undefined;
}

class DeleteWriter implements Writer {
  readonly returned: ReturnedRows | undefined;
  readonly sink: RowSink;
  readonly #delete: CompiledDelete;
  readonly #rows: TargetRows;
  readonly #keeper: ReferenceKeeper | undefined;

  constructor(compiled: CompiledDelete, rows: TargetRows, context: ExecutionContext) {
    const { graph, returning } = compiled;
    this.#delete = compiled;
    this.#rows = rows;
    this.sink = writeSink(context, compiled.plan.counted);
    this.#keeper = graph && new ReferenceKeeper(graph, context);
    this.returned = returning && new ReturnedRows(returning, context);
  }

  get kept(): number {
    return this.#rows.length;
  }

  write(at: number): boolean {
    const { plan, form } = this.#delete;
    const locator = this.#rows.locator(at);
    const before = this.#rows.before(at, this.sink, plan.table);
    if (before === undefined) return false;
    this.sink.delete(plan.table, locator, before);
    this.#keeper?.deleted(plan.table, before);
    this.returned?.add([...form.load(before), ...this.#rows.row(at)]);
    return true;
  }

  finish(): void {
    this.#keeper?.finish();
  }
}
