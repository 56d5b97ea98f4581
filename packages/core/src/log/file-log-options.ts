import type { Clock } from "../base/clock.js";
import { AegisError } from "../errors.js";
import { DEFAULT_MAX_TRANSACTION_BYTES, LOG_SEGMENT_BYTES, MAX_UNSYNCED_BYTES } from "../limits.js";
import type { Vfs } from "../vfs/contract.js";
import type { SyncLevel } from "./contract.js";
import { isCapacity } from "./format.js";
import type { SyncMethod } from "./sync-pace.js";

export interface FileLogOptions {
  readonly vfs: Vfs;
  /** Where the segments are; made if it does not exist (its parent must). */
  readonly directory: string;
  readonly clock: Clock;
  /**
   * When the promise of `append` settles; "commit" unless given.
   * - "commit": the record is durable.
   * - "interval": the operating system has the record; the next sync starts at most
   *   `syncIntervalMs` later. The end of the process loses nothing, a power cut what was not synced.
   * - "none": the record has its place. It is written when the running JavaScript has finished,
   *   and synced when a segment is full, too much is unsynced, or `sync` or `close` is called.
   */
  readonly sync?: SyncLevel;
  readonly syncIntervalMs?: number;
  /** Size of new segments: a multiple of 8. */
  readonly segmentBytes?: number;
  readonly maxRecordBytes?: number;
  /** Bytes that may wait for the disk before `append` does. */
  readonly maxUnsyncedBytes?: number;
  /** Position after which records are still needed; without it, all that are there are verified. */
  readonly replayFrom?: number;
  /** How to make writes durable; without it the first small writes measure which is quicker. */
  readonly syncMethod?: SyncMethod;
  /** Identity of a new log; random unless given. */
  readonly logId?: number;
  /** Milliseconds that the next group of records is held back, to slow down those who wait for it. */
  readonly takeDelay?: () => number;
  /** Called once when a write or sync has failed, before the promises are rejected. */
  readonly onFailure?: (failure: AegisError) => void;
}

const DEFAULT_SYNC_INTERVAL_MS = 100;

/** The options with their defaults filled in. */
export interface LogSettings {
  readonly level: SyncLevel;
  readonly syncIntervalMs: number;
  readonly segmentBytes: number;
  readonly maxRecordBytes: number;
  readonly maxUnsyncedBytes: number;
  readonly takeDelay: () => number;
}

export function settingsOf(options: FileLogOptions): LogSettings {
  const segmentBytes = options.segmentBytes ?? LOG_SEGMENT_BYTES;
  if (!isCapacity(segmentBytes)) {
    throw new AegisError("INVALID_OPTION", `segmentBytes cannot be ${segmentBytes}`, {
      hint: "give a multiple of 8, in bytes",
    });
  }
  return {
    level: options.sync ?? "commit",
    syncIntervalMs: options.syncIntervalMs ?? DEFAULT_SYNC_INTERVAL_MS,
    segmentBytes,
    maxRecordBytes: options.maxRecordBytes ?? DEFAULT_MAX_TRANSACTION_BYTES,
    maxUnsyncedBytes: options.maxUnsyncedBytes ?? MAX_UNSYNCED_BYTES,
    takeDelay: options.takeDelay ?? (() => 0),
  };
}
