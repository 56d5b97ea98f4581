import { sleep } from "../base/clock.js";
import type { Prng } from "../base/prng.js";
import { AegisError } from "../errors.js";
import { DEFAULT_MAX_RETRIES } from "../limits.js";
import { throwIfAborted } from "./abort.js";
import type { TransactionOptions } from "./contract.js";

/** Longest pause before another attempt; doubling from 1 ms reaches it at the sixth. */
const MAX_PAUSE_MS = 50;

/**
 * Runs an attempt again while it loses against other transactions. The pause grows and is random,
 * so that transactions that met once do not meet again in step.
 */
export async function runWithRetries<T>(
  prng: Prng,
  options: TransactionOptions,
  attempt: () => Promise<T>,
): Promise<T> {
  const maxRetries = options.maxRetries ?? DEFAULT_MAX_RETRIES;
  for (let tries = 0; ; tries++) {
    throwIfAborted(options.signal, "the transaction");
    try {
      return await attempt();
    } catch (error) {
      if (!isConflict(error)) throw error;
      if (tries >= maxRetries) throw exhausted(error, tries + 1);
      const pause = Math.min(MAX_PAUSE_MS, 2 ** tries) * prng.float();
      await sleep(pause);
    }
  }
}

function isConflict(error: unknown): error is AegisError {
  return error instanceof AegisError && error.code === "SERIALIZATION_FAILURE";
}

function exhausted(cause: AegisError, attempts: number): AegisError {
  const times = attempts === 1 ? "once" : `${attempts} times`;
  return new AegisError(
    "SERIALIZATION_FAILURE",
    `the transaction lost against others ${times}: ${cause.message}`,
    { hint: "Make it shorter, or raise maxRetries.", cause },
  );
}
