import type { BufferPool } from "../run/buffer-pool.js";
import type { Elsewhere, StepJob } from "../tree/contract.js";
import type { Task } from "./background.js";

/**
 * A job as a task: made when it is first run, made anew after it was abandoned. Its result is
 * installed when `awaited` has nothing left to wait for.
 */
export function jobTask<Result>(
  pool: BufferPool,
  make: () => StepJob<Result>,
  install: (result: Result) => void,
  awaited: () => Elsewhere | undefined = () => undefined,
): Task {
  let job: StepJob<Result> | undefined;
  let isFinished = false;
  let before: Elsewhere | undefined;
  return {
    get elsewhere() {
      return isFinished ? before : job?.elsewhere;
    },
    step: () => {
      // What other reads gave out before this turn is not read any more.
      pool.nextStep();
      job ??= make();
      if (!isFinished) {
        if (!job.step()) return false;
        isFinished = true;
        before = once(awaited(), () => (before = undefined));
        if (before !== undefined) return false;
      }
      install(job.result());
      return true;
    },
    abandon: () => {
      const begun = job;
      job = undefined;
      isFinished = false;
      begun?.abandon();
    },
  };
}

/** The same, which calls `over` when it is done, before anybody else hears of it. */
function once(awaited: Elsewhere | undefined, over: () => void): Elsewhere | undefined {
  if (awaited === undefined) return undefined;
  return {
    done: awaited.done.then(over),
    wait: () => {
      awaited.wait();
      over();
    },
  };
}
