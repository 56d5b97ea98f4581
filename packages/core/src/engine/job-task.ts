import type { BufferPool } from "../run/buffer-pool.js";
import type { StepJob } from "../tree/contract.js";
import type { Task } from "./background.js";

/** A job as a task: made when it is first run, made anew after it was abandoned. */
export function jobTask<Result>(
  pool: BufferPool,
  make: () => StepJob<Result>,
  install: (result: Result) => void,
): Task {
  let job: StepJob<Result> | undefined;
  return {
    step: () => {
      // What other reads gave out before this turn is not read any more.
      pool.nextStep();
      job ??= make();
      if (!job.step()) return false;
      install(job.result());
      return true;
    },
    abandon: () => {
      const begun = job;
      job = undefined;
      begun?.abandon();
    },
  };
}
