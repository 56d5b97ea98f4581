import { sleep, yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";
import type { Elsewhere } from "../tree/contract.js";

/** How long background work may hold the event loop in one turn. */
const SLICE_MS = 4;
/** How often somebody who waits for another thread is asked whether they still want to. */
const ASK_MS = 20;

export interface Task {
  /** What the next step would wait for; undefined, or not there, if it gets on at once. */
  readonly elsewhere?: Elsewhere | undefined;
  /** Does a slice of work; true when the task is finished. */
  step(): boolean;
  /** A step threw: undo what was begun, so that the next `step` starts anew. */
  abandon(): void;
}

/**
 * Tasks of a lane run one after another. Writers wait for flushes, so those never stand behind a
 * compaction: its lane gets its turn when the other one is empty, or waits for work elsewhere.
 */
export type Lane = "flush" | "compaction";

const LANES: readonly Lane[] = ["flush", "compaction"];

/**
 * Runs tasks in slices between turns of the event loop. `inline` runs each task to its end when it
 * is scheduled, for tests that need every operation in order.
 *
 * A task that fails (no space, say) is set aside with its error and tried again when more work is
 * scheduled: the log still holds everything, so nothing is lost by waiting. Only an error that
 * means the files can no longer be trusted to be ours is fatal.
 */
export class Background {
  /** Why the last failed task failed; undefined once nothing is set aside. */
  lastError: unknown = undefined;
  private readonly tasks: Record<Lane, Task[]> = { flush: [], compaction: [] };
  private failed: { readonly lane: Lane; readonly task: Task }[] = [];
  private readonly aside = new Set<Task>();
  /** What somebody is waiting for already, to go on when it is done. */
  private readonly watched = new WeakSet<Elsewhere>();
  private scheduled = false;
  private running = false;
  private stopped = false;

  constructor(
    private readonly inline: boolean,
    private readonly monotonicMs: () => number,
    private readonly onFatal: (error: AegisError) => void,
  ) {}

  get pending(): number {
    return this.tasks.flush.length + this.tasks.compaction.length + this.failed.length;
  }

  schedule(lane: Lane, task: Task): void {
    if (this.stopped) return;
    this.retryFailed();
    this.tasks[lane].push(task);
    if (this.inline) this.runToEnd(LANES);
    else this.wake();
  }

  /** Takes the first step of what begins elsewhere now, not when the event loop has its turn. */
  begin(): void {
    if (this.running || this.stopped) return;
    this.running = true;
    try {
      for (const lane of LANES) if (this.ready([lane]) !== undefined) this.runFirst(lane);
    } finally {
      this.running = false;
    }
    this.wake();
  }

  /**
   * Runs everything that is waiting in the lanes, on this thread, to the end or until it is `enough`;
   * throws what fails.
   */
  drain(lanes: readonly Lane[] = LANES, enough: () => boolean = () => false): void {
    if (this.running || this.stopped) return;
    this.retryFailed();
    this.runToEnd(lanes, enough);
    this.throwFailure(lanes);
  }

  /** As `drain`, with turns of the event loop in between. */
  async settle(lanes: readonly Lane[] = LANES): Promise<void> {
    this.retryFailed();
    while (lanes.some((lane) => this.tasks[lane].length > 0) && !this.stopped) {
      if (this.inline) this.runToEnd(lanes);
      else this.slice(lanes);
      const waits = this.waits(lanes);
      if (this.ready(lanes) !== undefined) await yieldToEventLoop();
      else if (waits.length > 0) await Promise.race(waits.map(({ done }) => done));
    }
    this.throwFailure(lanes);
  }

  /** Forgets what is waiting; what was begun is undone. */
  stop(): void {
    this.stopped = true;
    const begun = LANES.flatMap((lane) => this.tasks[lane].splice(0).slice(0, 1));
    this.failed = [];
    for (const task of [...begun, ...this.aside]) undo(task);
  }

  /**
   * Runs a task to its end with a turn of the event loop after each step, whatever else waits.
   * `between` may throw to have it given up.
   */
  async runAside(task: Task, between: () => void): Promise<void> {
    this.aside.add(task);
    try {
      while (!task.step()) {
        const { elsewhere } = task;
        await (elsewhere === undefined
          ? yieldToEventLoop()
          : Promise.race([elsewhere.done, sleep(ASK_MS)]));
        between();
      }
    } catch (error) {
      if (isFatal(error)) this.onFatal(error);
      else undo(task);
      throw error;
    } finally {
      this.aside.delete(task);
    }
  }

  private retryFailed(): void {
    for (const { lane, task } of this.failed.splice(0)) this.tasks[lane].push(task);
    this.lastError = undefined;
  }

  private throwFailure(lanes: readonly Lane[]): void {
    if (this.failed.some(({ lane }) => lanes.includes(lane))) throw this.lastError;
  }

  private wake(): void {
    if (this.stopped || this.scheduled) return;
    if (this.ready(LANES) === undefined) {
      for (const wait of this.waits(LANES)) this.watch(wait);
      return;
    }
    this.scheduled = true;
    void yieldToEventLoop().then(() => {
      this.scheduled = false;
      if (this.stopped) return;
      this.slice(LANES);
      this.wake();
    });
  }

  private watch(wait: Elsewhere): void {
    if (this.watched.has(wait)) return;
    this.watched.add(wait);
    void wait.done.then(() => this.wake());
  }

  /** The first lane whose first task gets on at once. */
  private ready(lanes: readonly Lane[]): Lane | undefined {
    return lanes.find((lane) => {
      const [task] = this.tasks[lane];
      return task !== undefined && task.elsewhere === undefined;
    });
  }

  private waits(lanes: readonly Lane[]): Elsewhere[] {
    return lanes.flatMap((lane) => this.tasks[lane][0]?.elsewhere ?? []);
  }

  private runToEnd(lanes: readonly Lane[], enough: () => boolean = () => false): void {
    if (this.running) return;
    while (!this.stopped) {
      this.run(lanes, enough);
      const [wait] = this.waits(lanes);
      if (wait === undefined || enough()) return;
      wait.wait();
    }
  }

  /** For as long as somebody may hold the event loop. */
  private slice(lanes: readonly Lane[]): void {
    const until = this.monotonicMs() + SLICE_MS;
    this.run(lanes, () => this.monotonicMs() >= until);
  }

  private run(lanes: readonly Lane[], enough: () => boolean): void {
    if (this.running) return;
    this.running = true;
    try {
      for (;;) {
        const lane = this.ready(lanes);
        if (lane === undefined) return;
        this.runFirst(lane);
        if (enough()) return;
      }
    } finally {
      this.running = false;
    }
  }

  private runFirst(lane: Lane): void {
    const tasks = this.tasks[lane];
    const task = tasks[0]!;
    try {
      if (task.step()) tasks.shift();
    } catch (error) {
      tasks.shift();
      this.failed.push({ lane, task });
      this.lastError = error;
      if (isFatal(error)) this.onFatal(error);
      else undo(task);
    }
  }
}

/** A file that cannot be removed now is removed as a stray by the next open. */
function undo(task: Task): void {
  try {
    task.abandon();
  } catch (error) {
    if (!(error instanceof AegisError) || error.kind === "internal") throw error;
  }
}

/** The manifest or the log could not be written, or the directory is another process's now. */
export function isFatal(error: unknown): error is AegisError {
  return (
    error instanceof AegisError &&
    (error.code === "DURABILITY_LOST" || error.code === "DATABASE_LOCKED")
  );
}
