/** What a condition that did not hold resolves to: nothing was written, nothing to wait for. */
const NOT_DONE: Promise<boolean> = Promise.resolve(false);

/** A promise that rejects with whatever was thrown. */
export async function rejection(error: unknown): Promise<never> {
  throw error;
}

/**
 * Turns the promises of commits into those of calls. Some tens of commits in a row share a
 * promise object, and nearly all calls resolve to `true`, so their calls share one, too: a million
 * writes that nobody waits for one by one cost no million promises.
 */
export class Acknowledgements {
  #wave: Promise<void> | undefined;
  #waveDone: Promise<boolean> = NOT_DONE;

  /** The promise of a call that gives whether it did something. */
  ofCondition(done: boolean, durable: Promise<void>): Promise<boolean> {
    if (!done) return NOT_DONE;
    if (durable !== this.#wave) {
      this.#wave = durable;
      this.#waveDone = durable.then(() => true);
    }
    return this.#waveDone;
  }
}
