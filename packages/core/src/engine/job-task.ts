import type { StepJob } from "../tree/contract.js";
import type { Task } from "./background.js";

/** A job as a task: made when it is first run, made anew after it was abandoned. */
export function jobTask<Result>(
  make: () => StepJob<Result>,
  install: (result: Result) => void,
): Task {
  let job: StepJob<Result> | undefined;
  return {
    step: () => {
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
