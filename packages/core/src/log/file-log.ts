import { yieldToEventLoop } from "../base/clock.js";
import { randomSeed } from "../base/prng.js";
import { AegisError, assert } from "../errors.js";
import type { Vfs } from "../vfs/contract.js";
import { isDiskFull } from "../vfs/io-errors.js";
import type { CommitLog, LogRecord, LogRecovery } from "./contract.js";
import { LogEncoder } from "./encoder.js";
import { settingsOf, type FileLogOptions, type LogSettings } from "./file-log-options.js";
import { GroupCommit } from "./group-commit.js";
import { FileBytes, LiveBytes } from "./log-bytes.js";
import { readRecords } from "./log-reader.js";
import { LogWriter } from "./log-writer.js";
import { createLog, listSegments, recoverLog, type RecoveredLog } from "./recovery.js";
import { endOf, type SegmentTable } from "./segment-table.js";
import { SyncPace } from "./sync-pace.js";
import { Truncation } from "./truncation.js";
import { verifySegment } from "./verification.js";

const SETTLED: Promise<void> = Promise.resolve();

/**
 * The log in files of one machine. It fixes the order in `append` itself; `GroupCommit` says how
 * records get to disk, docs/format/log.md what they look like there.
 */
export class FileLog implements CommitLog {
  readonly recovery: LogRecovery;
  readonly #settings: LogSettings;
  readonly #vfs: Vfs;
  readonly #table: SegmentTable;
  readonly #encoder: LogEncoder;
  readonly #writer: LogWriter;
  readonly #commit: GroupCommit;
  readonly #truncation: Truncation;
  /** Where the log ended when it was opened, if its last frame was a close frame; else -1. */
  readonly #closedTail: number;
  #closing: Promise<void> | undefined;

  private constructor(options: FileLogOptions, settings: LogSettings, log: RecoveredLog) {
    this.recovery = log.recovery;
    this.#settings = settings;
    this.#vfs = options.vfs;
    this.#table = log.table;
    this.#encoder = new LogEncoder(log.table, log.tail, log.end, settings.segmentBytes);
    this.#writer = new LogWriter(options.vfs, log.table, log.file, settings.segmentBytes);
    this.#commit = new GroupCommit(
      this.#encoder,
      this.#writer,
      options.clock,
      settings,
      new SyncPace(options.syncMethod),
      options.onFailure ?? (() => undefined),
    );
    this.#truncation = new Truncation(options.vfs, log.table, () => this.#writer.segment);
    this.#closedTail = log.closedTail;
  }

  /**
   * Opens the log in a directory, or makes an empty one. Afterwards every record up to `end` is
   * durable. Throws CORRUPTION if a record that had been durable is missing or damaged.
   */
  static open(options: FileLogOptions): FileLog {
    const { vfs, directory, replayFrom } = options;
    const settings = settingsOf(options);
    if (!vfs.exists(directory)) vfs.makeDirectory(directory);
    if (listSegments(vfs, directory).length > 0) {
      return new FileLog(options, settings, recoverLog(vfs, directory, replayFrom));
    }
    if (replayFrom !== undefined && replayFrom > 0) {
      throw new AegisError(
        "CORRUPTION",
        `${directory} holds no log, but the database was checkpointed at position ${replayFrom}`,
        { hint: "restore the log's directory from a backup or a replica" },
      );
    }
    vfs.syncDirectory(parentOf(directory));
    const logId = options.logId ?? randomSeed();
    const log = createLog(vfs, directory, logId, settings.segmentBytes);
    return new FileLog(options, settings, log);
  }

  get end(): number {
    return this.#encoder.end;
  }

  get durableEnd(): number {
    return this.#commit.durableEnd;
  }

  append(record: Uint8Array, after: number, onOrdered: (position: number) => void): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return rejection(refusal);
    const encoder = this.#encoder;
    if (after !== encoder.end) {
      throw new AegisError("LOG_MOVED", `the log ends at ${encoder.end}, not at ${after}`);
    }
    const { level, maxRecordBytes, maxUnsyncedBytes } = this.#settings;
    if (record.length > maxRecordBytes) throw tooLarge(record.length, maxRecordBytes);
    const failure = this.#reserve(encoder.endOfRecord(record.length));
    if (failure !== undefined) return rejection(failure);
    const group = this.#commit.collect();
    const position = encoder.add(group, record, this.#commit.durableTail);
    const durable = level === "none" ? SETTLED : group.promise;
    this.#commit.schedule();
    onOrdered(position);
    if (encoder.tail - this.#commit.durableTail > maxUnsyncedBytes) this.#commit.flushNow();
    return durable;
  }

  sync(): Promise<void> {
    const refusal = this.#refusal();
    return refusal === undefined ? this.#commit.sync() : rejection(refusal);
  }

  syncNow(): void {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    if (this.#commit.durableTail !== this.#encoder.tail) this.#commit.flushNow();
    if (this.#commit.failure !== undefined) throw this.#commit.failure;
  }

  read(from: number): Iterable<LogRecord> {
    const refusal = this.#refusal();
    if (refusal !== undefined) throw refusal;
    const files = new FileBytes(this.#vfs, this.#table);
    const live = new LiveBytes(files, () => this.#commit.buffered);
    return readRecords(live, files, this.#table, from, this.end);
  }

  async verify(report: (damage: AegisError) => void): Promise<void> {
    let next = this.#table.oldest.first;
    for (;;) {
      this.syncNow();
      // Segments that were truncated meanwhile are skipped.
      const segment = this.#table.at(Math.max(next, this.#table.oldest.first));
      if (segment === undefined) return;
      try {
        verifySegment(this.#vfs, this.#table, segment, this.#encoder.tail);
      } catch (error) {
        if (!(error instanceof AegisError) || error.kind !== "corruption") throw error;
        report(error);
      }
      next = endOf(segment);
      await yieldToEventLoop();
    }
  }

  truncateBefore(position: number): Promise<void> {
    const refusal = this.#refusal();
    if (refusal !== undefined) return rejection(refusal);
    return this.#truncation.before(Math.min(position, this.durableEnd));
  }

  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  abandon(): void {
    assert(this.#commit.buffered.length === 0, "nothing waits in a log that is abandoned");
    this.#closing ??= SETTLED;
    this.#writer.release();
  }

  #refusal(): AegisError | undefined {
    if (this.#commit.failure !== undefined) return this.#commit.failure;
    if (this.#closing === undefined) return undefined;
    return new AegisError("DATABASE_CLOSED", "the log is closed");
  }

  /**
   * Takes room on the disk up to position `to`; the failure if that killed the log. A full disk does
   * not: it is thrown as DISK_FULL, and the next record may find room.
   */
  #reserve(to: number): AegisError | undefined {
    const { space } = this.#writer;
    if (to <= space.end) return undefined;
    try {
      space.reserve(to);
    } catch (error) {
      if (isDiskFull(error)) throw error;
      this.#commit.fail(error);
    }
    return this.#commit.failure;
  }

  async #shutDown(): Promise<void> {
    const commit = this.#commit;
    if (commit.failure === undefined) this.#recordClose();
    await commit.stop();
    await this.#truncation.idle();
    this.#writer.release();
    if (commit.failure !== undefined) throw commit.failure;
  }

  /** A full disk must not keep the log from closing: the next open verifies more, and loses nothing. */
  #hasRoomForClose(): boolean {
    try {
      return this.#reserve(this.#encoder.endOfClose) === undefined;
    } catch (error) {
      if (isDiskFull(error)) return false;
      throw error;
    }
  }

  /** The close frame goes to disk after everything before it is durable: that is what it says. */
  #recordClose(): void {
    if (this.#commit.durableTail !== this.#encoder.tail) this.#commit.flushNow();
    if (this.#commit.failure !== undefined || this.#closedTail === this.#encoder.tail) return;
    if (!this.#hasRoomForClose()) return;
    this.#encoder.addClose(this.#commit.collect(), this.#commit.durableTail);
    this.#commit.flushNow();
  }
}

function tooLarge(bytes: number, limit: number): AegisError {
  return new AegisError(
    "LIMIT_EXCEEDED",
    `a commit record of ${bytes} bytes is larger than the limit of ${limit}`,
    { hint: "split the transaction into smaller ones, or raise maxTransactionSize" },
  );
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash === 0 ? "/" : slash < 0 ? "." : path.slice(0, slash);
}

/** A rejected promise that does not bring the process down when nobody looks at it. */
function rejection(failure: AegisError): Promise<never> {
  const promise = Promise.reject(failure);
  promise.catch(() => undefined);
  return promise;
}
