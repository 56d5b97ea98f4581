import type { Source } from "../contract/source.js";
import type { ExecutionContext } from "../executor/operator.js";
import { NO_LIMITS } from "../executor/run-limits.js";
import type { EvalContext } from "../functions/registry.js";

/** 2024-05-06 07:08:09 UTC. */
const NOW = 1_714_979_289_000_000;

/** What functions see in tests: a fixed instant, UTC, no sequences. */
export function evalContext(settings: Readonly<Record<string, string>> = {}): EvalContext {
  return {
    now: NOW,
    clock: () => NOW,
    random: () => 0.5,
    setting: (name) => settings[name] ?? (name === "timezone" ? "UTC" : undefined),
    currentUser: "tester",
    currentDatabase: "test",
    sequences: undefined,
  };
}

/** A context for plans and expressions in tests. */
export function executionContext(over: Partial<ExecutionContext> = {}): ExecutionContext {
  return {
    source: { assertReadable: () => undefined } as unknown as Source,
    sink: undefined,
    params: [],
    eval: evalContext(),
    memory: { reserve: () => undefined, release: () => undefined },
    limits: NO_LIMITS,
    outer: [],
    ctes: new Map(),
    affected: 0,
    ...over,
  };
}
