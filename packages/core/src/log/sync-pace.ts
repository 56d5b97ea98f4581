/** How a write becomes durable: opened for synchronous data writes, or written and then synced. */
export type SyncMethod = "write-through" | "fdatasync";

/** Below this a sync is so quick that waiting for it costs less than leaving the thread. */
const QUICK_SYNC_MS = 0.5;
/** Syncs that the median looks back on. */
const RECENT = 15;
/** Syncs of each method before the quicker one is chosen. */
const TRIALS = 8;
/** Two system calls instead of one are worth it only if they are this much quicker. */
const ADVANTAGE = 0.9;

/**
 * Watches how long small durable writes take, to choose how the next one is made. Both choices are
 * equally safe; only the time differs, by disk, file system and kernel.
 */
export class SyncPace {
  /** Whether each of the recent syncs was quick, in a ring. */
  readonly #recent: boolean[] = [];
  #oldest = 0;
  #quickOnes = 0;
  readonly #through: number[] = [];
  readonly #separate: number[] = [];
  #method: SyncMethod;
  #decided: boolean;
  #quick = true;

  /** Without `method` the first small writes try both, in turn. */
  constructor(method?: SyncMethod) {
    this.#decided = method !== undefined;
    this.#method = method ?? "write-through";
  }

  /** The method for the next write. */
  get method(): SyncMethod {
    return this.#method;
  }

  /** Whether the median of the recent syncs is short enough to wait for. */
  get quick(): boolean {
    return this.#quick;
  }

  /** A small write took `ms` to become durable by `method`. */
  record(method: SyncMethod, ms: number): void {
    const quick = ms < QUICK_SYNC_MS;
    if (this.#recent[this.#oldest] === true) this.#quickOnes--;
    this.#recent[this.#oldest] = quick;
    this.#oldest = (this.#oldest + 1) % RECENT;
    if (quick) this.#quickOnes++;
    // The median is quick when more than half are.
    this.#quick = this.#quickOnes > this.#recent.length >>> 1;
    if (!this.#decided) this.#compare(method, ms);
  }

  #compare(method: SyncMethod, ms: number): void {
    (method === "fdatasync" ? this.#separate : this.#through).push(ms);
    if (this.#separate.length < TRIALS || this.#through.length < TRIALS) {
      this.#method = method === "fdatasync" ? "write-through" : "fdatasync";
      return;
    }
    this.#decided = true;
    const better = median(this.#separate) < median(this.#through) * ADVANTAGE;
    this.#method = better ? "fdatasync" : "write-through";
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >>> 1]!;
}
