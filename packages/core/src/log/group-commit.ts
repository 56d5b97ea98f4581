import type { Clock } from "../base/clock.js";
import { AegisError, assert } from "../errors.js";
import type { LogEncoder } from "./encoder.js";
import type { LogSettings } from "./file-log-options.js";
import { Group, GroupBuffers } from "./group.js";
import type { LogWriter } from "./log-writer.js";
import type { SyncPace } from "./sync-pace.js";
import { Waking, type Wave } from "./waking.js";

/**
 * A group up to this size is written on the main thread while syncs are quick: for so few bytes,
 * going to another thread and back costs more than the write (measured: docs/format/log.md).
 */
const MAX_INLINE_BYTES = 16 * 1024;
/** The same for a write that only has to reach the operating system's memory. */
const MAX_INLINE_UNSYNCED_BYTES = 1024 * 1024;
/** So long may one inline write follow the other before the event loop has its turn. */
const MAX_ROUNDS_MS = 1;

/**
 * Decides when and how groups of records go to disk, and tells those who wait.
 *
 *    append ──► pending group ──┬── few bytes, quick disk: written inline ────────► durable
 *               (in memory)     └── writing group: one asynchronous write ───────►
 *
 * The pending group is flushed at the end of this turn of the event loop: after all JavaScript that
 * can run, and after the callbacks of the other sockets that have something to say. So writes of
 * many clients are one group, and a loop of awaited writes does not starve timers and sockets.
 * Those who were waiting for a write are woken in waves, and before all of them have had their say
 * nothing is flushed, so that what they append is one group again. After an inline write it is
 * written in the same turn, for a millisecond at most.
 *
 * While a group is being written the pending one collects. `flushNow` writes both on the spot (the
 * writing one a second time: the same bytes to the same place do no harm).
 */
export class GroupCommit {
  /** Every byte of the log before this position is durable. */
  durableTail: number;
  /** Every record up to this position is durable. */
  durableEnd: number;

  readonly #encoder: LogEncoder;
  readonly #writer: LogWriter;
  readonly #clock: Clock;
  readonly #settings: LogSettings;
  readonly #pace: SyncPace;
  readonly #onFailure: (failure: AegisError) => void;
  readonly #buffers = new GroupBuffers();
  /** Collects records. */
  #pending: Group | undefined;
  /** Is being written asynchronously, and not settled. */
  #writing: Group | undefined;
  /** The asynchronous write under way; never rejects. */
  #flight: Promise<void> | undefined;
  #scheduled = false;
  /** Tells those who waited for a write; `#endRound` looks at what they do. */
  readonly #waking: Waking;
  /** Whether the write before was one on this thread, of a group that had to reach the disk. */
  #wasInline = false;
  /** When the inline writes of this turn began. */
  #roundsSince = 0;
  #timer: NodeJS.Timeout | undefined;
  #failure: AegisError | undefined;

  /** Precondition: everything the encoder and the writer were given is durable. */
  constructor(
    encoder: LogEncoder,
    writer: LogWriter,
    clock: Clock,
    settings: LogSettings,
    pace: SyncPace,
    onFailure: (failure: AegisError) => void,
  ) {
    this.#encoder = encoder;
    this.#writer = writer;
    this.#clock = clock;
    this.#settings = settings;
    this.#pace = pace;
    this.#onFailure = onFailure;
    this.#waking = new Waking(clock, () => this.#endRound());
    this.durableTail = encoder.tail;
    this.durableEnd = encoder.end;
  }

  /** Why the log is dead; undefined while it is not. */
  get failure(): AegisError | undefined {
    return this.#failure;
  }

  /** The groups that may not be in the files: contiguous, oldest first, up to the log's end. */
  get buffered(): readonly Group[] {
    return [this.#writing, this.#pending].filter((group) => group !== undefined);
  }

  /** The group that collects; a new one if there is none. */
  collect(): Group {
    return this.#pending ?? this.#begin();
  }

  /** Has the pending group flushed at the end of this turn, or when the disk is free. */
  schedule(): void {
    if (this.#settings.level === "interval") this.#armTimer();
    if (this.#scheduled || this.#waking.active || this.#flight !== undefined) return;
    this.#wait(this.#settings.takeDelay());
  }

  /** Settles when everything ordered so far is durable. */
  sync(): Promise<void> {
    if (this.durableTail === this.#encoder.tail) return Promise.resolve();
    const waited = this.#pending ?? this.#writing;
    if (waited?.mustSync === true) return waited.promise;
    const group = this.collect();
    group.mustSync = true;
    this.schedule();
    return group.promise;
  }

  /** Writes everything that is ordered and makes it durable before it returns, or fails the log. */
  flushNow(): void {
    this.collect().mustSync = true;
    this.#wasInline = false;
    this.#waking.wakeAll(this.#writeNow());
  }

  /** Settles when no asynchronous write is under way any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#flight;
  }

  #begin(): Group {
    const { tail, end } = this.#encoder;
    const mustSync = this.#settings.level === "commit";
    this.#pending = new Group(tail, end, mustSync, this.#buffers.take());
    return this.#pending;
  }

  #wait(delay: number): void {
    this.#scheduled = true;
    if (delay > 0) setTimeout(this.#beginTurn, delay);
    else setImmediate(this.#beginTurn);
  }

  readonly #beginTurn = (): void => {
    this.#scheduled = false;
    this.#roundsSince = this.#clock.monotonicMs();
    this.#flush();
  };

  #flush(): void {
    const group = this.#pending;
    if (group === undefined || this.#flight !== undefined) return;
    if (!this.#isInline(group)) {
      this.#flight = this.#writeLater(group);
      return;
    }
    this.#wasInline = group.mustSync;
    this.#waking.wake(this.#writeNow());
  }

  /** All who waited for the write before have had their say. */
  #endRound(): void {
    const pending = this.#pending;
    if (pending === undefined || this.#scheduled || this.#flight !== undefined) return;
    const delay = this.#settings.takeDelay();
    const spent = this.#clock.monotonicMs() - this.#roundsSince;
    const goesOn = this.#wasInline && pending.mustSync && spent < MAX_ROUNDS_MS;
    if (goesOn && delay === 0) this.#flush();
    else this.#wait(delay);
  }

  #isInline(group: Group): boolean {
    if (!group.mustSync) return group.length <= MAX_INLINE_UNSYNCED_BYTES;
    return this.#pace.quick && isSmall(group) && !this.#writer.dirty;
  }

  /**
   * Writes the buffered groups on this thread; gives those who waited for them. Precondition: there
   * is a pending one.
   */
  #writeNow(): readonly Wave[] {
    const newest = this.#pending!;
    const groups = this.#writing === undefined ? [newest] : [this.#writing, newest];
    const { mustSync } = newest;
    const { method } = this.#pace;
    const started = this.#clock.monotonicMs();
    try {
      this.#writer.settle = mustSync && this.#pace.quick;
      for (const group of groups) this.#writer.write(group, mustSync && method === "write-through");
      if (mustSync && this.#writer.dirty) this.#writer.sync();
    } catch (error) {
      this.fail(error);
      return [];
    }
    this.#writing = undefined;
    this.#pending = undefined;
    const spent = this.#clock.monotonicMs() - started;
    if (mustSync && groups.length === 1 && isSmall(newest)) this.#pace.record(method, spent);
    const waves = groups.flatMap((group) => this.#settle(group, mustSync));
    this.#buffers.give(newest);
    return waves;
  }

  /** Writes the pending group off this thread. Never rejects. */
  async #writeLater(group: Group): Promise<void> {
    this.#pending = undefined;
    this.#writing = group;
    this.#wasInline = false;
    const { mustSync } = group;
    const { method } = this.#pace;
    const started = this.#clock.monotonicMs();
    try {
      this.#writer.settle = mustSync && this.#pace.quick;
      await this.#writer.writeAsync(group, mustSync && method === "write-through");
      if (mustSync && !group.settled && this.#writer.dirty) await this.#writer.syncAsync();
      if (!group.settled) {
        this.#writing = undefined;
        if (mustSync && isSmall(group)) {
          this.#pace.record(method, this.#clock.monotonicMs() - started);
        }
        this.#waking.wake(this.#settle(group, mustSync));
      }
    } catch (error) {
      this.fail(error);
    }
    this.#flight = undefined;
    this.#buffers.give(group);
    if (this.#pending !== undefined) this.schedule();
  }

  /** Gives those who waited for the group. */
  #settle(group: Group, durable: boolean): readonly Wave[] {
    if (durable) {
      assert(group.end >= this.durableTail, "what is durable stays durable");
      this.durableTail = group.end;
      this.durableEnd = group.lastRecord;
    }
    return group.settle();
  }

  /** The log is dead: what is on disk is unknown from here on, and nothing is tried again. */
  fail(cause: unknown): void {
    if (this.#failure !== undefined) return;
    const failure = new AegisError(
      "DURABILITY_LOST",
      `writing the log failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { hint: "close the database, repair the disk, and open it again", cause },
    );
    const groups = this.buffered;
    this.#failure = failure;
    this.#writing = undefined;
    this.#pending = undefined;
    clearTimeout(this.#timer);
    this.#onFailure(failure);
    for (const group of groups) group.reject(failure);
  }

  #armTimer(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      // A failure reaches everyone through `fail`.
      this.sync().catch(() => undefined);
    }, this.#settings.syncIntervalMs).unref();
  }
}

/** Whether its time on disk is that of a sync, not of its bytes. */
function isSmall(group: Group): boolean {
  return group.records > 0 && group.length <= MAX_INLINE_BYTES;
}
