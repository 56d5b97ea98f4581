import type { Sink } from "../contract/source.js";
import type { ExecutionContext, MemoryMeter } from "../executor/operator.js";
import type { RunLimits } from "../executor/run-limits.js";
import type { EvalContext, FunctionRegistry } from "../functions/registry.js";

/** What a definition works with. */
export interface DefinitionContext {
  readonly sink: Sink;
  readonly registry: FunctionRegistry;
  readonly eval: EvalContext;
  readonly memory: MemoryMeter;
  readonly limits: RunLimits;
  /** Schemas in which names without one are looked up; they are made in the first that exists. */
  readonly searchPath: readonly string[];
  /** Told what PostgreSQL says as a NOTICE: what IF EXISTS skipped, what CASCADE dropped. */
  readonly notice: (message: string) => void;
}

/** What expressions of a definition (a fill, a check over rows) are run with. */
export function executionContext(context: DefinitionContext): ExecutionContext {
  const { sink, eval: evaluation, memory, limits } = context;
  return {
    source: sink,
    sink,
    params: [],
    eval: evaluation,
    memory,
    limits,
    outer: [],
    ctes: new Map(),
    affected: 0,
  };
}
