import type { Sink, Source } from "../contract/source.js";
import { QueryMemory } from "../executor/memory.js";
import type { CompiledPlan, ExecutionContext, MemoryMeter } from "../executor/operator.js";
import type { RunLimits } from "../executor/run-limits.js";
import type { EvalContext } from "../functions/registry.js";
import type { Datum, TextContext } from "../types/index.js";
import type { DataAccess } from "./access.js";
import { evaluationOf, type SessionFacts } from "./evaluation.js";

const NO_PARAMETERS: readonly Datum[] = [];

/**
 * What one run of a statement works with. Most of it is made when it is first asked for: reading
 * one row by its key asks for none of it.
 */
export class RunContext implements ExecutionContext, TextContext {
  readonly source: Source;
  readonly sink: Sink | undefined;
  readonly limits: RunLimits;
  readonly outer: Datum[] = [];
  params: readonly Datum[] = NO_PARAMETERS;
  affected = 0;
  readonly #facts: SessionFacts;
  readonly #access: DataAccess;
  #now: number | undefined;
  #eval: EvalContext | undefined;
  #memory: MemoryMeter | undefined;
  #ctes: Map<number, CompiledPlan> | undefined;

  constructor(
    facts: SessionFacts,
    access: DataAccess,
    limits: RunLimits,
    source: Source,
    sink: Sink | undefined,
  ) {
    this.limits = limits;
    this.#facts = facts;
    this.#access = access;
    this.source = source;
    this.sink = sink;
  }

  get now(): number {
    return (this.#now ??= this.#access.now());
  }

  get timeZone(): string {
    return this.#facts.settings.derived.timeZone;
  }

  get eval(): EvalContext {
    return (this.#eval ??= evaluationOf(this.#facts, this.now, this.source, this.sink));
  }

  get memory(): MemoryMeter {
    return (this.#memory ??= new QueryMemory(this.#facts.maxQueryMemory));
  }

  get ctes(): Map<number, CompiledPlan> {
    return (this.#ctes ??= new Map());
  }
}
