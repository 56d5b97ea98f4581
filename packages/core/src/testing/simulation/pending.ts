import { yieldToEventLoop } from "../../base/clock.js";
import { assert } from "../../errors.js";

/** Turns of the event loop within which every promise settles. */
const PATIENCE_TURNS = 1000;

/** Promises of the database that nobody waits for yet, and what came of them. */
export class PendingPromises {
  private readonly waiting = new Set<Promise<unknown>>();
  private readonly errors: Error[] = [];

  /** `isExpected`: whether an error is what the disk has been made to do. */
  constructor(private readonly isExpected: (error: unknown) => boolean) {}

  /** `onDone` may throw: what it says is wrong with the promise's value. */
  follow<T>(promise: Promise<T>, onDone: (value: T) => void): void {
    const settled = promise.then(onDone).catch((error: Error) => {
      if (!this.isExpected(error)) this.errors.push(error);
    });
    this.waiting.add(settled);
    void settled.finally(() => this.waiting.delete(settled));
  }

  /** Waits for every promise so far; throws the first error that came of one. */
  async settle(): Promise<void> {
    for (let turn = 0; this.waiting.size > 0; turn++) {
      assert(turn < PATIENCE_TURNS, `${this.waiting.size} promises do not settle`);
      await yieldToEventLoop();
    }
    const error = this.errors.shift();
    if (error !== undefined) throw error;
  }
}

/** How the promise ends, if it does so in time. */
export async function outcomeInTime<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  const finish = (): void => {
    done = true;
  };
  promise.then(finish, finish);
  for (let turn = 0; !done; turn++) {
    assert(turn < PATIENCE_TURNS, "a transaction's promise does not settle");
    await yieldToEventLoop();
  }
  return promise;
}
