import type { Sink, Source } from "../contract/source.js";
import { runPlan } from "../executor/index.js";
import type { NodeActuals } from "../planner/explain.js";
import type { LogicalPlan } from "../planner/plan.js";
import type { CompiledStatement } from "./compile.js";
import { CountingCompiler } from "./counting.js";
import { type GivenParameters, orderedParameters } from "./parameters.js";
import type { PlanRunner } from "./plan-runner.js";
import type { RunOptions } from "./run-options.js";
import type { PreparedText } from "./prepared-text.js";
import type { TransactionControl } from "./transactions.js";

const MICROS_PER_MS = 1000;

/** A plan that is to be explained, and what was counted where it ran. */
export interface ExplainedRun {
  readonly compiled: CompiledStatement;
  readonly source: Source;
  readonly actuals: ReadonlyMap<LogicalPlan, NodeActuals> | undefined;
  readonly milliseconds: number | undefined;
  readonly durable: Promise<void> | undefined;
}

/** The plan of a statement, which does not run. */
export function planOnly(
  plans: PlanRunner,
  control: TransactionControl,
  prepared: PreparedText,
  given: GivenParameters | undefined,
  options: RunOptions,
): ExplainedRun {
  // Without values a plan can be shown all the same.
  const isBare = given === undefined || (Array.isArray(given) && given.length === 0);
  const values = isBare ? [] : orderedParameters(prepared.parameters, given);
  const source = control.access().source();
  const compiled = plans.compiled(prepared, source, values, options);
  return { compiled, source, actuals: undefined, milliseconds: undefined, durable: undefined };
}

/** Runs a statement and counts what its nodes do. */
export function runCounted(
  plans: PlanRunner,
  control: TransactionControl,
  prepared: PreparedText,
  given: GivenParameters | undefined,
  options: RunOptions,
): ExplainedRun {
  const parameters = plans.parameters(prepared, given, options);
  const access = control.access();
  const { host } = plans.facts;
  const counted = (source: Source, sink: Sink | undefined): ExplainedRun => {
    const { ready, context } = plans.pending(prepared, parameters, options, access, source, sink);
    const { compiled } = ready;
    const counting = new CountingCompiler(() => host.clock());
    const plan = counting.compile(compiled.logical);
    const started = host.clock();
    runPlan(plan, context, () => undefined);
    const milliseconds = (host.clock() - started) / MICROS_PER_MS;
    return { compiled, source, actuals: counting.actuals(), milliseconds, durable: undefined };
  };
  if (!prepared.writes) return counted(access.source(), undefined);
  const { value, durable } = access.write((sink) => counted(sink, sink));
  return { ...value, durable };
}
