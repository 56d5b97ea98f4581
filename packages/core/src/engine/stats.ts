import type { OpenedEngine } from "./open-engine.js";
import type { WriteStalls } from "./write-pressure.js";

/** What the files said when this database was opened. */
export interface RecoveryReport {
  /** Whether whoever had it before closed it. If not, what it had not acknowledged may be gone. */
  readonly cleanClose: boolean;
  /** Commits that were in the log only. */
  readonly replayedRecords: number;
  /**
   * Bytes cut off behind the last whole record of the log: writes that a power cut interrupted
   * before they were acknowledged. What damages the last group of a crash looks the same.
   */
  readonly tornLogBytes: number;
  /** Bytes of room that were gone from the end of the log; with them may have gone writes. */
  readonly missingLogBytes: number;
  /** Bytes behind the last whole edit of the manifest; what it would have said is in the log. */
  readonly tornManifestBytes: number;
}

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
  readonly recovery: RecoveryReport;
  readonly log: { readonly end: number; readonly durableEnd: number };
  readonly runs: { readonly sections: number; readonly bytes: number; readonly rows: number };
  readonly bufferPool: ReturnType<OpenedEngine["pool"]["stats"]>;
}

export function databaseStats(opened: OpenedEngine): DatabaseStats {
  const { storage, maintenance, background, jobs, pressure, log, pool, engine } = opened;
  const { cleanClose, records, tornBytes, missingBytes } = log.recovery;
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
    recovery: {
      cleanClose,
      replayedRecords: records,
      tornLogBytes: tornBytes,
      missingLogBytes: missingBytes,
      tornManifestBytes: opened.manifest.tornBytes,
    },
    log: { end: log.end, durableEnd: log.durableEnd },
    runs: { sections, bytes, rows },
    bufferPool: pool.stats(),
  };
}
