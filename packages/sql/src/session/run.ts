import type { Sink, Source } from "../contract/source.js";
import { planBatches, runPlan, runPlanAsync, type RunLimits } from "../executor/index.js";
import { QueryMemory } from "../executor/memory.js";
import type { ExecutionContext } from "../executor/operator.js";
import type { Datum, ResultOptions } from "../types/index.js";
import type { CompiledStatement } from "./compile.js";
import { evaluationOf, type SessionFacts } from "./evaluation.js";
import { rowAppender, type RowForm } from "./results.js";

/** One run of a plan: where, with what, for how long, and what its rows look like. */
export interface PlanRun {
  readonly compiled: CompiledStatement;
  readonly source: Source;
  readonly sink: Sink | undefined;
  readonly params: readonly Datum[];
  readonly now: number;
  readonly limits: RunLimits;
  readonly form: RowForm;
  readonly options: ResultOptions;
  /** Rows wanted at most. */
  readonly maxRows: number;
}

export interface PlanRows {
  readonly rows: unknown[];
  /** Rows that the statement itself wrote. */
  readonly affected: number;
}

function contextOf(facts: SessionFacts, maxMemory: number, run: PlanRun): ExecutionContext {
  return {
    source: run.source,
    sink: run.sink,
    params: run.params,
    eval: evaluationOf(facts, run.now, run.source, run.sink),
    memory: new QueryMemory(maxMemory),
    outer: [],
    ctes: new Map(),
    affected: 0,
  };
}

/** Runs to the end in one go. */
export function runAtOnce(facts: SessionFacts, maxMemory: number, run: PlanRun): PlanRows {
  const context = contextOf(facts, maxMemory, run);
  const append = rowAppender(run.compiled.columns, run.form, run.options);
  const rows: unknown[] = [];
  runPlan(
    run.compiled.plan,
    context,
    (batch) => {
      append(batch, rows);
      return rows.length < run.maxRows;
    },
    run.limits,
  );
  return { rows, affected: context.affected };
}

/** The same, giving the event loop back every few milliseconds. */
export async function runInTurns(
  facts: SessionFacts,
  maxMemory: number,
  run: PlanRun,
): Promise<PlanRows> {
  const context = contextOf(facts, maxMemory, run);
  const append = rowAppender(run.compiled.columns, run.form, run.options);
  const rows: unknown[] = [];
  await runPlanAsync(
    run.compiled.plan,
    context,
    (batch) => {
      append(batch, rows);
      return rows.length < run.maxRows;
    },
    run.limits,
  );
  return { rows, affected: context.affected };
}

/** Rows one by one, made as they are asked for. */
export function* runLazily(
  facts: SessionFacts,
  maxMemory: number,
  run: PlanRun,
): Generator<unknown, void> {
  const context = contextOf(facts, maxMemory, run);
  const append = rowAppender(run.compiled.columns, run.form, run.options);
  for (const batch of planBatches(run.compiled.plan, context, run.limits)) {
    const rows: unknown[] = [];
    append(batch, rows);
    yield* rows;
  }
}
