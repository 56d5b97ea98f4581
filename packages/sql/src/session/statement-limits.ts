import { NO_LIMITS, type RunLimits } from "../executor/run-limits.js";
import type { SessionFacts } from "./evaluation.js";
import type { RunOptions } from "./run-options.js";

const MICROS_PER_MS = 1000;

/** What a statement that begins now is held to. */
export function statementLimits(
  { settings, host }: SessionFacts,
  { signal, timeout = 0 }: RunOptions,
): RunLimits {
  const ofSession = settings.derived.statementTimeout;
  if (timeout === 0 && ofSession === 0) return signal === undefined ? NO_LIMITS : { signal };
  const ms = Math.min(...[timeout, ofSession].filter((given) => given > 0));
  return { signal, deadline: host.clock() + ms * MICROS_PER_MS };
}
