import { yieldToEventLoop } from "../base/clock.js";
import { AegisError } from "../errors.js";

/** How long background work may hold the event loop in one turn. */
const SLICE_MS = 4;

export interface Task {
  /** Does a slice of work; true when the task is finished. */
  step(): boolean;
  /** A step threw: undo what was begun, so that the next `step` starts anew. */
  abandon(): void;
}

/**
 * Runs tasks one after another in slices between turns of the event loop. `inline` runs each task
 * to its end when it is scheduled, for tests that need every operation in order.
 *
 * A task that fails (no space, say) is set aside with its error and tried again when more work is
 * scheduled: the log still holds everything, so nothing is lost by waiting. Only an error that
 * means the files can no longer be trusted to be ours is fatal.
 */
export class Background {
  /** Why the last failed task failed; undefined once nothing is set aside. */
  lastError: unknown = undefined;
  private tasks: Task[] = [];
  private failed: Task[] = [];
  private readonly aside = new Set<Task>();
  private scheduled = false;
  private running = false;
  private stopped = false;

  constructor(
    private readonly inline: boolean,
    private readonly monotonicMs: () => number,
    private readonly onFatal: (error: AegisError) => void,
  ) {}

  get pending(): number {
    return this.tasks.length + this.failed.length;
  }

  schedule(task: Task): void {
    if (this.stopped) return;
    this.retryFailed();
    this.tasks.push(task);
    if (this.inline) this.run(Infinity);
    else this.wake();
  }

  /** Runs everything that is waiting, and what it schedules, to the end; throws what fails. */
  drain(): void {
    if (this.running || this.stopped) return;
    this.retryFailed();
    this.run(Infinity);
    if (this.failed.length > 0) throw this.lastError;
  }

  /** Forgets what is waiting; what was begun is undone. */
  stop(): void {
    this.stopped = true;
    const begun = this.tasks[0];
    this.tasks = [];
    this.failed = [];
    if (begun !== undefined) undo(begun);
    for (const task of this.aside) undo(task);
  }

  /**
   * Runs a task to its end with a turn of the event loop after each step, whatever else waits.
   * `between` may throw to have it given up.
   */
  async runAside(task: Task, between: () => void): Promise<void> {
    this.aside.add(task);
    try {
      while (!task.step()) {
        await yieldToEventLoop();
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
    this.tasks.push(...this.failed);
    this.failed = [];
    this.lastError = undefined;
  }

  private wake(): void {
    if (this.scheduled || this.tasks.length === 0) return;
    this.scheduled = true;
    void yieldToEventLoop().then(() => {
      this.scheduled = false;
      if (this.stopped) return;
      this.run(this.monotonicMs() + SLICE_MS);
      this.wake();
    });
  }

  private run(until: number): void {
    if (this.running) return;
    this.running = true;
    try {
      while (this.tasks.length > 0) {
        this.runFirst();
        if (this.monotonicMs() >= until) break;
      }
    } finally {
      this.running = false;
    }
  }

  private runFirst(): void {
    const task = this.tasks[0]!;
    try {
      if (task.step()) this.tasks.shift();
    } catch (error) {
      this.tasks.shift();
      this.failed.push(task);
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
