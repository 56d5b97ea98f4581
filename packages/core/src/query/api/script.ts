import { runScript, type RunOptions, type ScriptSummary, type SqlSession } from "@aegisdb/sql";
import { systemClock, yieldToEventLoop } from "../../base/clock.js";
import { checkFunction, checkOptionNames } from "../../base/option-names.js";
import { throwIfAborted } from "../../engine/abort.js";
import { runOptions } from "./options.js";
import type { ScriptOptions, ScriptResult } from "./types.js";

/** How long a script works before it gives the event loop back. */
const TURN_MS = 5;

const NAMES: readonly (keyof ScriptOptions)[] = ["signal", "timeout", "onProgress"];

/** Checks what the caller gave; what goes along with each statement. */
function statementOptions(options: ScriptOptions): RunOptions {
  checkOptionNames(options, NAMES);
  checkFunction("onProgress", options.onProgress);
  const { signal, timeout } = options;
  return runOptions({ signal, timeout });
}

function resultOf(summary: ScriptSummary, startedMs: number): ScriptResult {
  return { ...summary, executionTimeMs: systemClock.monotonicMs() - startedMs };
}

/** Runs a script at once, inside of a transaction. */
export function execNow(
  session: SqlSession,
  script: string,
  options: ScriptOptions = {},
): ScriptResult {
  const started = systemClock.monotonicMs();
  const steps = runScript(session, script, statementOptions(options));
  for (;;) {
    throwIfAborted(options.signal, "the script");
    const step = steps.next();
    if (step.done === true) return resultOf(step.value, started);
    options.onProgress?.({ done: step.value.done, total: step.value.total });
  }
}

/** Runs a script, giving the event loop back between statements; resolves when all is durable. */
export async function execInTurns(
  session: SqlSession,
  script: string,
  options: ScriptOptions = {},
): Promise<ScriptResult> {
  const started = systemClock.monotonicMs();
  const steps = runScript(session, script, statementOptions(options));
  const pending = new PendingWrites();
  let turnEnd = started + TURN_MS;
  try {
    for (;;) {
      throwIfAborted(options.signal, "the script");
      const step = steps.next();
      if (step.done === true) {
        await pending.settled();
        return resultOf(step.value, started);
      }
      const { done, total, result } = step.value;
      // A commit may still lose against another transaction, which ends the script here.
      if (result.command === "COMMIT") await result.durable;
      else pending.add(result.durable);
      options.onProgress?.({ done, total });
      if (systemClock.monotonicMs() < turnEnd) continue;
      await yieldToEventLoop();
      turnEnd = systemClock.monotonicMs() + TURN_MS;
    }
  } finally {
    // What ran before an error is done: nobody should hear of it before it is durable.
    await pending.settled().catch(() => undefined);
  }
}

/** The writes of a script that nobody has waited for. They become durable in their order. */
class PendingWrites {
  #last: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  add(durable: Promise<void> | undefined): void {
    if (durable === undefined || durable === this.#last) return;
    this.#last = durable;
    durable.catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async settled(): Promise<void> {
    await this.#last;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}
