import type { AegisError } from "../errors.js";

/**
 * The commit log: one totally ordered sequence of records, the only thing that must be made
 * durable and the only thing to replicate. Nothing above this contract knows which engine holds
 * the log.
 *
 * A position is a safe integer that only grows; it is opaque except for its order. Position 0 is
 * before the first record.
 */
export interface CommitLog {
  /** Position of the last ordered record; 0 when there is none. */
  readonly end: number;
  /** Every record up to this position is durable. */
  readonly durableEnd: number;

  /**
   * Appends one record after the record at `after`. Throws `LOG_MOVED`, changing nothing, if the
   * log's end is not `after`; `LIMIT_EXCEEDED` if the record is larger than the log's limit;
   * `DISK_FULL` if there is no room for it: everything before it is safe, and the next record may
   * find room again.
   *
   * `onOrdered(position)` runs once, when the record's place is fixed and before it is durable.
   * A local log runs it synchronously inside this call; a remote one later. The promise settles
   * when the record is durable at the configured level; records in a row may share one promise
   * object. `record` is copied before this returns.
   *
   * After a failed write or sync the log is dead: every pending promise and every later call
   * rejects with `DURABILITY_LOST`, and nothing is retried.
   */
  append(record: Uint8Array, after: number, onOrdered: (position: number) => void): Promise<void>;

  /** Resolves when everything ordered so far is durable, whatever the sync level. */
  sync(): Promise<void>;

  /**
   * The same before it returns, on this thread; throws `DURABILITY_LOST` if that fails. A remote log
   * cannot, and throws `WRITE_STALLED`.
   */
  syncNow(): void;

  /**
   * Records with a position greater than `from`, in order, up to the end at the time of the call.
   * Each record's bytes are valid only until the next step of the iteration. A record that is not
   * there any more (truncated) makes this throw `NOT_FOUND`; a damaged one `CORRUPTION`.
   */
  read(from: number): Iterable<LogRecord>;

  /** The records up to and including `position` may be forgotten. Never blocks on the deletion. */
  truncateBefore(position: number): Promise<void>;

  /**
   * Reads all that is kept, also what is not needed any more and what has only been taken room for,
   * and reports damage, at most once a segment. Gives way to the event loop between segments.
   */
  verify(report: (damage: AegisError) => void): Promise<void>;

  /** What recovery found and did when the log was opened. */
  readonly recovery: LogRecovery;

  /** Makes everything durable, records a clean close and releases the files. Idempotent. */
  close(): Promise<void>;

  /**
   * Releases the files at once and writes nothing, as if the process had ended: for an open that
   * fails after its log was opened. Precondition: nothing was appended.
   */
  abandon(): void;
}

export interface LogRecord {
  readonly position: number;
  readonly payload: Uint8Array;
}

export interface LogRecovery {
  /** Whether the previous owner closed the log cleanly. */
  readonly cleanClose: boolean;
  /** Bytes after the last whole record that were cut off as a torn tail. */
  readonly tornBytes: number;
  /** Bytes that the log had taken room for and that were gone from its end. */
  readonly missingBytes: number;
  readonly records: number;
}

export type SyncLevel = "commit" | "interval" | "none";
