import { compileRows, type RowFunction } from "../executor/expression/index.js";
import type { CompiledPlan, ExecutionContext } from "../executor/operator.js";
import type { DeletePlan, LogicalPlan } from "../planner/plan.js";
import type { RowSink } from "./deferred-writes.js";
import { InputRows } from "./input-rows.js";
import { type KnownColumns, knownColumns, KnownRows } from "./known-rows.js";
import { compilePointRow } from "./point-row.js";
import { ReferenceGraph } from "./reference-graph.js";
import { ReferenceKeeper } from "./references.js";
import { ReturnedRows } from "./returned-rows.js";
import { RowForm } from "./row-form.js";
import type { TargetRows } from "./target-rows.js";
import { writeAtOnce, WriteOperator, type Writer, writeSink } from "./write-operator.js";

export function compileDelete(plan: DeletePlan, input: CompiledPlan): CompiledPlan {
  const form = new RowForm(plan.table);
  const known = knownColumns(plan, input.columns, form);
  const compiled: CompiledDelete = {
    plan,
    input,
    form,
    graph: plan.references.length === 0 ? undefined : new ReferenceGraph(plan.references),
    returning: plan.returning && compileRows(plan.returning, [...plan.oldRow, ...input.columns]),
  };
  const point = known === undefined ? plan.input : onlyLocator(plan);
  const findPoint = input.counted ? undefined : compilePointRow(point, plan.locator);
  return {
    columns: plan.output,
    open: (context) => {
      if (findPoint !== undefined) {
        const writer = new DeleteWriter(compiled, findPoint(context), context);
        return new WriteOperator(undefined, writer, context, plan.counted);
      }
      const rows = createRows(compiled, known, context);
      const writer = new DeleteWriter(compiled, rows, context);
      return new WriteOperator(
        { from: input.open(context), into: rows },
        writer,
        context,
        plan.counted,
      );
    },
    writeRow:
      findPoint && plan.counted
        ? (context) => writeAtOnce(new DeleteWriter(compiled, findPoint(context), context), context)
        : undefined,
  };
}

/** The rows found by their whole key are read there; nothing else is needed of the input then. */
function onlyLocator({ input, locator }: DeletePlan): LogicalPlan {
  if (input.kind !== "project") return input;
  const kept = input.output.flatMap(({ id }, i) => (id === locator ? [i] : []));
  return {
    ...input,
    exprs: kept.map((i) => input.exprs[i]!),
    output: kept.map((i) => input.output[i]!),
  };
}

function createRows(
  { plan, input }: CompiledDelete,
  known: KnownColumns | undefined,
  context: ExecutionContext,
): InputRows | KnownRows {
  if (known === undefined) return new InputRows(input.columns, plan.locator);
  return new KnownRows(known, plan.table, context);
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
