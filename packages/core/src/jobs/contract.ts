/**
 * Where flushes and compactions are carried out: on this thread, a step at a time, or by a thread
 * of their own. Both run the same step functions of `tree/`.
 *
 *     Maintenance ──► JobRunner ──┬── LocalRunner    steps between turns of the event loop
 *                                 └── ThreadRunner ──► thread.ts   (files only: it has a node-fs)
 *
 * Only the thread that opened the database installs results and edits the manifest.
 */
import type { SectionMeta } from "../run/contract.js";
import type { CompactionOptions } from "../tree/compaction.js";
import type { StepJob } from "../tree/contract.js";
import type { FlushOptions } from "../tree/flush.js";

export interface JobRunner {
  /** A flush that was not begun yet. Its memtables must stay as they are until it is over. */
  flush(options: FlushOptions): StepJob<SectionMeta[]>;
  /** A compaction that was not begun yet. Its inputs must stay in their files until it is over. */
  compaction(options: CompactionOptions): StepJob<SectionMeta[]>;
  /** Whether another thread carries out large jobs. No longer so once that thread is lost. */
  readonly threaded: boolean;
  /**
   * Whether somebody waits for the jobs, or soon will. While nobody does, they leave most of the disk
   * and of a processor to others.
   */
  hurry(isNeeded: boolean): void;
  /** Resolves when nothing of the jobs, abandoned ones included, touches a file any more. */
  close(): Promise<void>;
  /** The same, waiting on this thread: for an open that has failed. */
  closeNow(): void;
}
