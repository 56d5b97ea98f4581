import { MAX_TIMER_MS } from "../limits.js";

/** The only reader of the system's clock. */
export interface Clock {
  /** Microseconds since 1970-01-01 UTC, an integer. May step when the system's clock is set. */
  now(): number;
  /** Milliseconds from some fixed moment; never goes back. For deadlines and measurements. */
  monotonicMs(): number;
}

const MICROS_PER_MS = 1000;

// The global is a getter, and so is the origin: both are too slow to be asked for every commit.
const { performance } = globalThis;
const { timeOrigin } = performance;

/** Date.now() is below the time by up to a millisecond; beyond this it was set. */
const MAX_AHEAD_MS = 2;

/** What timeOrigin + now() is behind the system's clock, in milliseconds. */
let drift = 0;

/**
 * timeOrigin + now() has the microseconds, so that two transactions in a row have times of their
 * own, but does not follow a clock that was set; Date.now() does, and brings it along.
 */
function wallMicros(): number {
  const wall = Date.now();
  const fine = timeOrigin + performance.now();
  if (fine + drift < wall) drift = wall - fine;
  else if (fine + drift > wall + MAX_AHEAD_MS) {
    // The process may only have lost its turn between the two readings.
    const after = Date.now();
    if (fine + drift > after + MAX_AHEAD_MS) drift = after - fine;
  }
  return Math.max(wall * MICROS_PER_MS, Math.floor((fine + drift) * MICROS_PER_MS));
}

export const systemClock: Clock = {
  now: wallMicros,
  monotonicMs: () => performance.now(),
};

/** A clock that moves only when told to, for tests. */
export class ManualClock implements Clock {
  #micros: number;
  #monotonicMs = 0;

  constructor(micros = 0) {
    this.#micros = micros;
  }

  now(): number {
    return this.#micros;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  /** Time passes: both clocks move. */
  advance(ms: number): void {
    this.#micros += Math.round(ms * MICROS_PER_MS);
    this.#monotonicMs += ms;
  }

  /** The wall clock is set, forwards or backwards; the monotonic one does not notice. */
  set(micros: number): void {
    this.#micros = micros;
  }
}

/** Runs `task` after the current JavaScript has finished and before any I/O callback. */
export function defer(task: () => void): void {
  if (typeof process !== "undefined" && typeof process.nextTick === "function") {
    process.nextTick(task);
  } else {
    queueMicrotask(task);
  }
}

/** Resolves after the event loop had its turn: timers, I/O and other requests ran. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/**
 * Runs `task` once, `ms` from now (at most about 24 days). The timer does not keep the process
 * alive. Calling what is returned cancels it.
 */
export function startTimer(ms: number, task: () => void): () => void {
  const timer = setTimeout(task, Math.min(Math.max(ms, 0), MAX_TIMER_MS));
  timer.unref();
  return () => clearTimeout(timer);
}
