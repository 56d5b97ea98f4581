import { AegisError } from "../contract/errors.js";
import {
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";

/** Microseconds that a query works before it gives the event loop back. */
const TURN_MICROS = 5000;

export interface RunLimits {
  readonly signal?: AbortSignal | undefined;
  /** Microseconds by `context.eval.clock` after which the run ends with TIMEOUT. */
  readonly deadline?: number | undefined;
}

/** Takes a batch, which is valid during the call only; false ends the run. */
export type BatchConsumer = (batch: RowBatch) => boolean | void;

/** Runs a plan to its end in one go. Throws TIMEOUT and ABORTED between steps. */
export function runPlan(
  plan: CompiledPlan,
  context: ExecutionContext,
  take: BatchConsumer,
  limits: RunLimits = {},
): void {
  const operator = plan.open(context);
  try {
    for (;;) {
      check(limits, context);
      const batch = operator.next();
      if (batch === null) return;
      if (batch !== PENDING && take(batch) === false) return;
    }
  } finally {
    operator.close();
  }
}

/** As `runPlan`, but lets the event loop turn every few milliseconds. */
export async function runPlanAsync(
  plan: CompiledPlan,
  context: ExecutionContext,
  take: BatchConsumer,
  limits: RunLimits = {},
): Promise<void> {
  const { clock } = context.eval;
  const operator = plan.open(context);
  try {
    let turnEnd = clock() + TURN_MICROS;
    for (;;) {
      check(limits, context);
      if (clock() > turnEnd) {
        await nextTurn();
        turnEnd = clock() + TURN_MICROS;
        continue;
      }
      const batch = operator.next();
      if (batch === null) return;
      if (batch !== PENDING && take(batch) === false) return;
    }
  } finally {
    operator.close();
  }
}

/** The batches of a plan one by one, each valid until the next is asked for. */
export function* planBatches(
  plan: CompiledPlan,
  context: ExecutionContext,
  limits: RunLimits = {},
): Generator<RowBatch, void> {
  const operator: Operator = plan.open(context);
  try {
    for (;;) {
      check(limits, context);
      const batch = operator.next();
      if (batch === null) return;
      if (batch !== PENDING) yield batch;
    }
  } finally {
    operator.close();
  }
}

/** The clock is read only where there is a deadline: most runs are shorter than reading it. */
function check({ signal, deadline }: RunLimits, context: ExecutionContext): void {
  if (signal?.aborted === true) {
    throw new AegisError("ABORTED", "canceling statement due to the caller's signal", {
      cause: signal.reason,
    });
  }
  if (deadline !== undefined && context.eval.clock() > deadline) {
    throw new AegisError("TIMEOUT", "canceling statement due to statement timeout", {
      hint: "Raise the timeout, or narrow the query.",
    });
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
