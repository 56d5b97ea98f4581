import { yieldToEventLoop } from "../base/clock.js";
import type { Vfs } from "../vfs/contract.js";
import type { SegmentHeader } from "./format.js";
import type { SegmentTable } from "./segment-table.js";

/**
 * Deletes segments from the oldest on, one per turn of the event loop. Each removal is durable
 * before the next one, so that a crash never leaves a hole: the log would look damaged.
 */
export class Truncation {
  readonly #vfs: Vfs;
  readonly #table: SegmentTable;
  /** The segment that is being written; it and what follows stay, whatever the position. */
  readonly #current: () => SegmentHeader;
  #position = 0;
  #running: Promise<void> | undefined;

  constructor(vfs: Vfs, table: SegmentTable, current: () => SegmentHeader) {
    this.#vfs = vfs;
    this.#table = table;
    this.#current = current;
  }

  /**
   * Deletes the segments that only hold records up to `position`; settles when they are gone. After
   * a failure every later call fails with the same error, for the directory's state is unknown.
   */
  before(position: number): Promise<void> {
    this.#position = Math.max(this.#position, position);
    if (!this.#due()) return this.#running ?? Promise.resolve();
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Settles when no deletion is under way, whether or not it failed. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }

  #due(): boolean {
    if (this.#table.oldest === this.#current()) return false;
    const neededUntil = this.#table.oldestNeededUntil;
    return neededUntil !== undefined && neededUntil <= this.#position;
  }

  async #run(): Promise<void> {
    while (this.#due()) {
      await yieldToEventLoop();
      const path = this.#table.path(this.#table.oldest);
      // A removal that fails may have taken the file away: it is not to be read again either way.
      this.#table.removeOldest();
      this.#vfs.remove(path);
      this.#vfs.syncDirectory(this.#table.directory);
    }
    this.#running = undefined;
  }
}
