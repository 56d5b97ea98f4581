import {
  type CompiledPlan,
  type ExecutionContext,
  type Operator,
  PENDING,
  type RowBatch,
} from "./operator.js";
import { checkLimits } from "./run-limits.js";

/** Microseconds that a query works before it gives the event loop back. */
const TURN_MICROS = 5000;

/** Takes a batch, which is valid during the call only; false ends the run. */
export type BatchConsumer = (batch: RowBatch) => boolean | void;

/** Runs a plan to its end in one go. Throws TIMEOUT and ABORTED between steps. */
export function runPlan(plan: CompiledPlan, context: ExecutionContext, take: BatchConsumer): void {
  const operator = plan.open(context);
  try {
    for (;;) {
      checkLimits(context);
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
): Promise<void> {
  const { clock } = context.eval;
  const operator = plan.open(context);
  try {
    let turnEnd = clock() + TURN_MICROS;
    for (;;) {
      checkLimits(context);
      if (clock() > turnEnd) {
        await nextTurn();
        // Whoever reads no table would not notice that its view has ended meanwhile.
        context.source.assertReadable();
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
): Generator<RowBatch, void> {
  const operator: Operator = plan.open(context);
  try {
    for (;;) {
      checkLimits(context);
      const batch = operator.next();
      if (batch === null) return;
      if (batch !== PENDING) yield batch;
    }
  } finally {
    operator.close();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
