import { yieldToEventLoop } from "../base/clock.js";
import { checkFunction, checkOptionNames, checkSignal } from "../base/option-names.js";
import { AegisError } from "../errors.js";
import { throwIfAborted } from "./abort.js";
import type { CommitLog } from "../log/contract.js";
import type { OpenedEngine } from "./open-engine.js";

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface LongCallOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

const LONG_CALL_NAMES: readonly (keyof LongCallOptions)[] = ["signal", "onProgress"];

/** Throws INVALID_OPTION for what plain JavaScript may pass by mistake. */
export function checkLongCallOptions(options: LongCallOptions): void {
  checkOptionNames(options, LONG_CALL_NAMES);
  checkSignal(options.signal);
  checkFunction("onProgress", options.onProgress);
}

/**
 * Moves everything committed so far into runs, so that a reopen replays nothing, and carries out the
 * compactions that are due.
 */
export async function checkpoint(opened: OpenedEngine): Promise<void> {
  await flush(opened);
  await opened.background.settle();
  opened.engine.assertUsable();
}

async function flush(opened: OpenedEngine): Promise<void> {
  const { engine, log, maintenance, background, jobs } = opened;
  engine.assertUsable();
  await log.sync();
  jobs.hurry(true);
  engine.assertUsable();
  maintenance.freeze(engine.seq, engine.commitTime);
  await background.settle(["flush"]);
  engine.assertUsable();
}

/** Flushes, then merges every tree's runs into one level. */
export async function compact(opened: OpenedEngine, options: LongCallOptions): Promise<void> {
  checkLongCallOptions(options);
  opened.engine.assertUsable();
  throwIfAborted(options.signal, "compact");
  await checkpoint(opened);
  const { engine, background, maintenance } = opened;
  const goOn = (): void => {
    engine.assertUsable();
    throwIfAborted(options.signal, "compact");
  };
  const trees = [...opened.storage.trees.values()];
  for (const [done, tree] of trees.entries()) {
    // Whatever is compacting this tree now finishes first.
    await background.settle();
    goOn();
    const task = maintenance.compactor.fullCompaction(tree);
    if (task !== undefined) await background.runAside(task, goOn);
    options.onProgress?.({ done: done + 1, total: trees.length });
    await yieldToEventLoop();
    goOn();
  }
}

/**
 * Flushes, gives up compactions, records the clean close in the log and gives the directory back. A database that
 * has failed only gives the directory back: what it could not write is replayed at the next open.
 */
export async function close(opened: OpenedEngine): Promise<void> {
  const { engine, log, background, jobs, manifest, files, lock } = opened;
  let usable = true;
  try {
    engine.assertUsable();
  } catch {
    usable = false;
  }
  try {
    if (usable) await flushOrLeaveInLog(opened);
  } finally {
    try {
      await closeLog(log, usable);
    } finally {
      engine.fail(
        new AegisError("DATABASE_CLOSED", "the database was closed", {
          hint: "Open it again to go on.",
        }),
      );
      background.stop();
      // Only then may another process have the directory.
      await jobs.close();
      manifest.close();
      files.close();
      lock.release();
    }
  }
}

/** The log of a database that has failed says so once more when it is closed. */
async function closeLog(log: CommitLog, usable: boolean): Promise<void> {
  try {
    await log.close();
  } catch (error) {
    if (usable) throw error;
  }
}

/** A full disk must not keep a database from closing: the log has everything. */
async function flushOrLeaveInLog(opened: OpenedEngine): Promise<void> {
  try {
    await flush(opened);
  } catch (error) {
    if (!(error instanceof AegisError) || error.kind !== "environment") throw error;
  }
}
