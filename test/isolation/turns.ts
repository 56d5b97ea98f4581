import type { Prng } from "../../packages/core/src/base/prng.js";

/** What a client awaits wherever another one may go on in its place. */
export type Turn = () => Promise<void>;

/**
 * Runs asynchronous clients so that one at a time goes on, from one `await turn()` to the next, and
 * a seed alone decides which: the same seed gives the same interleaving.
 */
export class Turns {
  readonly #prng: Prng;
  readonly #parked: (() => void)[] = [];
  #running = 0;
  #settled: () => void = () => undefined;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  /** Settles when all clients have; rejects with what the first of them to fail threw. */
  async run(clients: readonly ((turn: Turn) => Promise<void>)[]): Promise<void> {
    const done = clients.map((client) => this.#start(client));
    const all = Promise.all(done);
    // It is awaited below; until then a failure is not one that nobody looks at.
    all.catch(() => undefined);
    for (;;) {
      while (this.#running > 0) await new Promise<void>((resolve) => (this.#settled = resolve));
      if (this.#parked.length === 0) break;
      const [next] = this.#parked.splice(this.#prng.int(this.#parked.length), 1);
      this.#running++;
      next!();
    }
    await all;
  }

  async #start(client: (turn: Turn) => Promise<void>): Promise<void> {
    this.#running++;
    try {
      await client(() => this.#park());
    } finally {
      this.#running--;
      this.#settled();
    }
  }

  #park(): Promise<void> {
    return new Promise((resolve) => {
      this.#parked.push(resolve);
      this.#running--;
      this.#settled();
    });
  }
}
