import type { Sink } from "../contract/source.js";
import { QueryMemory } from "../executor/memory.js";
import type { ExecutionContext } from "../executor/operator.js";
import type { EvalContext } from "../functions/registry.js";

/** What a definition works with. */
export interface DefinitionContext {
  readonly sink: Sink;
  readonly eval: EvalContext;
  /** Schemas in which names without one are looked up; they are made in the first that exists. */
  readonly searchPath: readonly string[];
  /** Told what PostgreSQL says as a NOTICE: what IF EXISTS skipped, what CASCADE dropped. */
  readonly notice: (message: string) => void;
}

/** What expressions of a definition (a fill, a check over rows) are run with. */
export function executionContext({ sink, eval: evaluation }: DefinitionContext): ExecutionContext {
  return {
    source: sink,
    sink,
    params: [],
    eval: evaluation,
    memory: new QueryMemory(Infinity),
    outer: [],
    ctes: new Map(),
    affected: 0,
  };
}
