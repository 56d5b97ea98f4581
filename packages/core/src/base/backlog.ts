/**
 * A bounded queue between a producer that must not wait and one consumer that iterates with
 * `for await`. What is pushed comes out in order. It ends when the producer says so (after what is
 * queued), when the consumer leaves the loop or its signal is aborted (at once), or when it
 * overflows (at once, with the error the producer chose).
 */
export interface BacklogOptions {
  /** Items that may wait. */
  readonly limit: number;
  /** The error the consumer gets when one more arrives. */
  readonly overflow: () => Error;
  /**
   * Runs once when the backlog ends, for whatever reason: the producer lets go of it. It does not
   * run for one that has ended from the start because its signal was aborted already.
   */
  readonly onEnd: () => void;
  readonly signal?: AbortSignal | undefined;
}

interface Waiter<Item> {
  readonly resolve: (result: IteratorResult<Item, undefined>) => void;
  readonly reject: (error: unknown) => void;
}

/** Consumed items are cut off the queue in pieces of this many. */
const TRIM_ITEMS = 1024;

export class Backlog<Item> implements AsyncIterableIterator<Item, undefined> {
  readonly #options: BacklogOptions;
  #queue: Item[] = [];
  /** Items before this index are consumed. */
  #head = 0;
  #waiters: Waiter<Item>[] = [];
  #ended = false;
  /** What the next call rejects with, once, when the queue is empty. */
  #failure: { readonly error: unknown } | undefined;
  readonly #onAbort = (): void => this.#endNow();

  constructor(options: BacklogOptions) {
    this.#options = options;
    // Nothing was begun yet that `onEnd` could let go of.
    if (options.signal?.aborted === true) this.#ended = true;
    else options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Adds an item; nothing happens after the end. Never throws. */
  push(item: Item): void {
    if (this.#ended) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.resolve({ done: false, value: item });
      return;
    }
    if (this.#queue.length - this.#head < this.#options.limit) {
      this.#queue.push(item);
      return;
    }
    this.#clear();
    this.end(this.#options.overflow());
  }

  /** No more items will come; the consumer gets what is queued, then `error` if there is one. */
  end(error?: unknown): void {
    if (this.#ended) return;
    if (error !== undefined) this.#failure = { error };
    this.#finish();
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) this.#settleEnded(waiter);
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#head < this.#queue.length) {
      const value = this.#queue[this.#head++]!;
      this.#trim();
      return Promise.resolve({ done: false, value });
    }
    return new Promise((resolve, reject) => {
      const waiter = { resolve, reject };
      if (this.#ended) this.#settleEnded(waiter);
      else this.#waiters.push(waiter);
    });
  }

  return(): Promise<IteratorResult<Item, undefined>> {
    this.#endNow();
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<IteratorResult<Item, undefined>> {
    this.#endNow();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#endNow();
  }

  #endNow(): void {
    this.#clear();
    this.#failure = undefined;
    this.end();
  }

  #finish(): void {
    this.#ended = true;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#options.onEnd();
  }

  #settleEnded(waiter: Waiter<Item>): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure === undefined) waiter.resolve({ done: true, value: undefined });
    else waiter.reject(failure.error);
  }

  #trim(): void {
    if (this.#head === this.#queue.length) this.#clear();
    else if (this.#head >= TRIM_ITEMS) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }

  #clear(): void {
    this.#queue = [];
    this.#head = 0;
  }
}
