import type { OpenedEngine } from "./open-engine.js";
import type { WriteStalls } from "./write-pressure.js";

export interface DatabaseStats {
  /** Bytes of rows that are not in run files yet. */
  readonly writeBufferBytes: number;
  /** Sets of memtables that wait for their flush. */
  readonly frozenSets: number;
  readonly flushes: number;
  readonly compactions: number;
  /** Whether large flushes and compactions run in a thread of their own. */
  readonly backgroundThread: boolean;
  /** How writers were slowed down, or stopped, because flushes or compactions lag behind. */
  readonly writeStalls: WriteStalls;
  /** Why background work last failed and waits to be tried again; undefined when all is well. */
  readonly backgroundError: string | undefined;
  readonly openSnapshots: number;
  readonly log: { readonly end: number; readonly durableEnd: number };
  readonly runs: { readonly sections: number; readonly bytes: number; readonly rows: number };
  readonly bufferPool: ReturnType<OpenedEngine["pool"]["stats"]>;
}

export function databaseStats(opened: OpenedEngine): DatabaseStats {
  const { storage, maintenance, background, jobs, pressure, log, pool, engine } = opened;
  let sections = 0;
  let bytes = 0;
  let rows = 0;
  for (const tree of storage.trees.values()) {
    for (const { meta } of tree.data.levels.flat()) {
      sections++;
      bytes += meta.length;
      rows += meta.rows;
    }
  }
  const { lastError } = background;
  return {
    writeBufferBytes: storage.activeBytes,
    frozenSets: maintenance.frozenSets,
    flushes: maintenance.flushes,
    compactions: maintenance.compactions,
    backgroundThread: jobs.threaded,
    writeStalls: pressure.stats(),
    backgroundError: lastError instanceof Error ? lastError.message : undefined,
    openSnapshots: engine.parts.snapshots.size,
    log: { end: log.end, durableEnd: log.durableEnd },
    runs: { sections, bytes, rows },
    bufferPool: pool.stats(),
  };
}
