import { assert } from "../contract/errors.js";
import type { Sink } from "../contract/source.js";
import { compileRows, type RowFunction } from "../executor/expression/index.js";
import type { CompiledPlan, ExecutionContext, RowBatch } from "../executor/operator.js";
import type { DeletePlan } from "../planner/plan.js";
import { InputRows } from "./input-rows.js";
import { ReferenceGraph } from "./reference-graph.js";
import { ReferenceKeeper } from "./references.js";
import { ReturnedRows } from "./returned-rows.js";
import { RowForm } from "./row-form.js";
import { WriteOperator, type Writer } from "./write-operator.js";

export function compileDelete(plan: DeletePlan, input: CompiledPlan): CompiledPlan {
  const compiled: CompiledDelete = {
    plan,
    input,
    form: new RowForm(plan.table),
    graph: plan.references.length === 0 ? undefined : new ReferenceGraph(plan.references),
    returning: plan.returning && compileRows(plan.returning, [...plan.oldRow, ...input.columns]),
  };
  return {
    columns: plan.output,
    open: (context) => {
      const writer = new DeleteWriter(compiled, context);
      return new WriteOperator(input.open(context), writer, context, plan.counted);
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
  readonly #delete: CompiledDelete;
  readonly #rows: InputRows;
  readonly #sink: Sink;
  readonly #keeper: ReferenceKeeper | undefined;

  constructor(compiled: CompiledDelete, context: ExecutionContext) {
    assert(context.sink !== undefined, "a DELETE has a sink");
    const { graph, returning, plan, input } = compiled;
    this.#delete = compiled;
    this.#rows = new InputRows(input.columns, plan.locator);
    this.#sink = context.sink;
    this.#keeper = graph && new ReferenceKeeper(graph, context);
    this.returned = returning && new ReturnedRows(returning, context);
  }

  get kept(): number {
    return this.#rows.length;
  }

  read(batch: RowBatch): void {
    this.#rows.add(batch);
  }

  write(at: number): boolean {
    const { plan, form } = this.#delete;
    const locator = this.#rows.locator(at);
    const before = this.#sink.row(plan.table, locator);
    if (before === undefined) return false;
    this.#sink.delete(plan.table, locator, before);
    this.#keeper?.deleted(plan.table, before);
    this.returned?.add([...form.load(before), ...this.#rows.row(at)]);
    return true;
  }

  finish(): void {
    this.#keeper?.finish();
  }
}
