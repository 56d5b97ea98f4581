import { expect } from "vitest";
import { systemClock, type Clock } from "../base/clock.js";
import type { Prng } from "../base/prng.js";
import type { FileLogOptions } from "../log/file-log-options.js";
import { FileLog } from "../log/file-log.js";
import type { Vfs } from "../vfs/contract.js";
import { microtaskScheduler, type IoScheduler } from "../vfs/io-scheduler.js";
import { appendTo, expectRecords, readAll, recordOf, type Appended } from "./log-fixture.js";

/** Makes every measured write look slow, so that it goes the asynchronous way. */
const slowClock = (): Clock => {
  let ms = 0;
  return { now: () => systemClock.now(), monotonicMs: () => ms++ };
};
/** Makes every write look quick, so that small ones are made inline. */
const quickClock: Clock = { now: () => systemClock.now(), monotonicMs: () => 0 };

/** Asynchronous operations of the disk take turns of the event loop, or only microtasks. */
export function randomScheduler(prng: Prng): IoScheduler {
  if (prng.chance(0.5)) return microtaskScheduler;
  return { schedule: (step) => void setImmediate(step) };
}

export type LogVariant = Omit<FileLogOptions, "vfs" | "directory">;

/** A way to run the log: small segments, either method, either path, little patience. */
export function randomVariant(prng: Prng): LogVariant {
  const method = prng.pick(["write-through", "fdatasync", undefined] as const);
  return {
    clock: prng.chance(0.5) ? slowClock() : quickClock,
    segmentBytes: prng.pick([400, 1000, 4096, 400_000]),
    sync: prng.pick(["commit", "commit", "commit", "interval", "none"] as const),
    // Real time never decides: the interval's own sync does not come.
    syncIntervalMs: 1_000_000,
    maxUnsyncedBytes: prng.pick([1500, 1_000_000]),
    logId: prng.int(2 ** 53),
    ...(method === undefined ? {} : { syncMethod: method }),
  };
}

/**
 * A user of one log over the lives of a computer. It knows what it appended and what it was told is
 * safe, and after each crash checks the log it finds.
 */
export class LogWorkload {
  /** Everything whose place was fixed and that a crash has not taken, oldest first. */
  appended: Appended[] = [];
  /** How many of them a power cut must leave. */
  durable = 0;
  /** How many of them the end of the process must leave. */
  written = 0;
  /** Records up to here were given up. */
  truncated = 0;
  readonly #prng: Prng;
  readonly #variant: LogVariant;
  /** Records of one length fit where lost ones were: what is left of those must not come back. */
  readonly #length: number | undefined;
  #count = 0;

  constructor(prng: Prng, variant: LogVariant) {
    this.#prng = prng;
    this.#variant = variant;
    this.#length = prng.chance(0.3) ? 500 : undefined;
  }

  open(vfs: Vfs): FileLog {
    const directory = "log";
    return FileLog.open({ ...this.#variant, vfs, directory, replayFrom: this.truncated });
  }

  /** Opens what a crash left, and checks it: nothing safe is missing, nothing is altered. */
  reopen(vfs: Vfs, powerCut: boolean): FileLog {
    const log = this.open(vfs);
    const kept = this.appended.filter(({ position }) => position > this.truncated);
    const found = readAll(log, this.truncated);
    expectRecords(found, kept.slice(0, found.length));
    const gone = this.appended.length - kept.length;
    const safe = powerCut ? this.durable : Math.max(this.durable, this.written);
    expect(gone + found.length).toBeGreaterThanOrEqual(safe);
    expect(log.end).toBe(found.at(-1)?.position ?? this.truncated);
    expect(log.durableEnd).toBe(log.end);
    expect(log.recovery.records).toBe(found.length);
    this.appended = this.appended.slice(0, gone + found.length);
    this.durable = this.written = this.appended.length;
    return log;
  }

  /** Works until it is done or the disk fails; returns the log as it is then. */
  async run(vfs: Vfs, opened: FileLog, steps: number): Promise<FileLog> {
    let log = opened;
    try {
      for (let i = 0; i < steps; i++) log = await this.#step(vfs, log);
    } catch (error) {
      expect(["DURABILITY_LOST", "IO_ERROR"]).toContain((error as { code?: string }).code);
    }
    return log;
  }

  async #step(vfs: Vfs, log: FileLog): Promise<FileLog> {
    const prng = this.#prng;
    switch (prng.int(10)) {
      case 0:
        await this.#sync(log);
        return log;
      case 1:
        await this.#truncate(log);
        return log;
      case 2:
        await this.#close(log);
        return this.reopen(vfs, false);
      case 3:
        await new Promise((resolve) => setImmediate(resolve));
        return log;
      default:
        await this.#append(log);
        return log;
    }
  }

  async #append(log: FileLog): Promise<void> {
    const prng = this.#prng;
    const burst = prng.pick([1, 1, 2, 8]);
    let last = Promise.resolve();
    for (let i = 0; i < burst; i++) {
      const length = this.#length ?? prng.int(prng.pick([40, 300, 300, 4000]));
      const index = this.appended.length;
      const appended = appendTo(log, recordOf(this.#count++, length));
      // A failed log takes no more records: nothing was ordered.
      if (appended.position === -1) return appended.settled;
      this.appended.push(appended);
      last = appended.settled;
      last.then(
        () => this.#settled(index + 1),
        () => undefined,
      );
    }
    if (prng.chance(0.5)) await last;
    for (let i = prng.int(4); i > 0; i--) await Promise.resolve();
  }

  #settled(count: number): void {
    if (this.#variant.sync === "commit") this.durable = Math.max(this.durable, count);
    if (this.#variant.sync !== "none") this.written = Math.max(this.written, count);
  }

  async #sync(log: FileLog): Promise<void> {
    const count = this.appended.length;
    await log.sync();
    this.durable = Math.max(this.durable, count);
  }

  /** As the database does: what is durable elsewhere may be forgotten. */
  async #truncate(log: FileLog): Promise<void> {
    const durable = this.appended.slice(0, this.durable);
    if (durable.length === 0) return;
    const { position } = this.#prng.pick(durable);
    this.truncated = Math.max(this.truncated, position);
    await log.truncateBefore(this.truncated);
  }

  async #close(log: FileLog): Promise<void> {
    const count = this.appended.length;
    await log.close();
    this.durable = Math.max(this.durable, count);
  }
}
