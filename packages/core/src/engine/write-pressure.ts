/**
 * Writers that are faster than flushes and compactions are slowed before they would have to be
 * stopped. The log lets a group of records wait a little: whoever awaits writes becomes slower, the
 * event loop stays free, and reads are not touched.
 *
 *     flush waits for        ├─ memory fills up ─────────► full: the writer's call waits
 *     compaction waits for   ├─ level 0 grows ───────────► too many sections: the same
 *     delay of a group       0 ──── grows by the square ── MAX_GROUP_DELAY_MS
 */
import {
  HURRY_FILL,
  LEVEL_ZERO_SLOW_SECTIONS,
  LEVEL_ZERO_STOP_SECTIONS,
  MAX_GROUP_DELAY_MS,
} from "../limits.js";

/** How often, and for how long, writers were slowed down or stopped since the database was opened. */
export interface WriteStalls {
  /** From 0, all is well, to 1: writers are about to be stopped. */
  readonly pressure: number;
  /** Groups of log records that were delayed. */
  readonly delayed: number;
  readonly delayedMs: number;
  /** Calls that waited for a flush or a compaction before they returned. */
  readonly stopped: number;
  readonly stoppedMs: number;
}

export interface PressureGauges {
  /** Share of the write buffer that is filled, once no more memtables may be put aside; else 0. */
  readonly fill: () => number;
  /** The same while any memtables that were put aside wait for their flush. */
  readonly backlog: () => number;
  /** Sections of the fullest level 0. */
  readonly levelZeroSections: () => number;
}

export class WritePressure {
  private delayed = 0;
  private delayedMs = 0;
  private stopped = 0;
  private stoppedMs = 0;

  /** `hurry` is told whether flushes and compactions should not rest. */
  constructor(
    private readonly gauges: PressureGauges,
    private readonly hurry: (isNeeded: boolean) => void,
    private readonly monotonicMs: () => number,
  ) {}

  /** Milliseconds that the next group of log records is to wait; each call counts as a delay. */
  takeDelay(): number {
    const { backlog, levelZeroSections } = this.gauges;
    this.hurry(backlog() > HURRY_FILL || levelZeroSections() > LEVEL_ZERO_SLOW_SECTIONS);
    const ms = Math.floor(this.pressure ** 2 * MAX_GROUP_DELAY_MS);
    if (ms > 0) {
      this.delayed++;
      this.delayedMs += ms;
    }
    return ms;
  }

  /** Runs what a writer has to wait for, and counts it. */
  stop(wait: () => void): void {
    const started = this.monotonicMs();
    try {
      wait();
    } finally {
      this.stopped++;
      this.stoppedMs += this.monotonicMs() - started;
    }
  }

  stats(): WriteStalls {
    const { pressure, delayed, delayedMs, stopped } = this;
    return { pressure, delayed, delayedMs, stopped, stoppedMs: Math.round(this.stoppedMs) };
  }

  private get pressure(): number {
    const over = this.gauges.levelZeroSections() - LEVEL_ZERO_SLOW_SECTIONS;
    const levels = over / (LEVEL_ZERO_STOP_SECTIONS - LEVEL_ZERO_SLOW_SECTIONS);
    return Math.min(Math.max(this.gauges.fill(), levels, 0), 1);
  }
}
