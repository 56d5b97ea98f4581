import type { SectionMeta } from "../run/contract.js";
import { createCompactionJob, type CompactionOptions } from "../tree/compaction.js";
import type { StepJob } from "../tree/contract.js";
import { createFlushJob, type FlushOptions } from "../tree/flush.js";
import type { JobRunner } from "./contract.js";

/** Runs jobs on the thread that steps them. */
export class LocalRunner implements JobRunner {
  readonly threaded = false;

  flush(options: FlushOptions): StepJob<SectionMeta[]> {
    return createFlushJob(options);
  }

  compaction(options: CompactionOptions): StepJob<SectionMeta[]> {
    return createCompactionJob(options);
  }

  hurry(): void {
    // Whoever steps the jobs decides how quick they are.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  closeNow(): void {
    // Nothing goes on between two steps.
  }
}
