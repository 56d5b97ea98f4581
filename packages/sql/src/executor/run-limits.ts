import { AegisError } from "../contract/errors.js";
import type { ExecutionContext } from "./operator.js";

/** What ends a run early. */
export interface RunLimits {
  readonly signal?: AbortSignal | undefined;
  /** Microseconds by `context.eval.clock` after which the run ends with TIMEOUT. */
  readonly deadline?: number | undefined;
}

export const NO_LIMITS: RunLimits = {};

/**
 * Throws ABORTED or TIMEOUT if the run is to end; for whoever works long without giving way. The
 * clock is read only where there is a deadline: most runs are shorter than reading it.
 */
export function checkLimits(context: ExecutionContext): void {
  const { limits } = context;
  if (limits === NO_LIMITS) return;
  throwIfAborted(limits.signal);
  if (limits.deadline !== undefined && context.eval.clock() > limits.deadline) {
    throw new AegisError("TIMEOUT", "canceling statement due to statement timeout", {
      hint: "Raise the timeout, or narrow the query.",
    });
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw new AegisError("ABORTED", "canceling statement due to the caller's signal", {
    cause: signal.reason,
  });
}
