import type { Clock } from "../base/clock.js";
import { defer } from "../base/clock.js";

/** So long are waves woken in one turn of the event loop. */
const MAX_TURN_MS = 1;

/** Those who wait for some records of a group: one promise for all of them. */
export class Wave {
  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (reason: Error) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/**
 * Wakes those whose records are durable, in waves and in the order of the records. A thousand
 * clients that are woken at once do all they do next, which is often a thousand more writes, in one
 * turn of the event loop; in waves, timers and sockets have their turn in between.
 */
export class Waking {
  readonly #clock: Clock;
  readonly #over: () => void;
  #waves: readonly Wave[] = [];
  /** The next of them. */
  #next = 0;
  #active = false;
  #turnSince = 0;

  /** `over` is called when all have been woken and have had their say. */
  constructor(clock: Clock, over: () => void) {
    this.#clock = clock;
    this.#over = over;
  }

  /** Whether some are still to be woken, or have not had their say. */
  get active(): boolean {
    return this.#active;
  }

  wake(waves: readonly Wave[]): void {
    this.#add(waves);
    if (this.#active || waves.length === 0) return;
    this.#active = true;
    if (waves.length > 1) this.#turnSince = this.#clock.monotonicMs();
    this.#wakeNext();
  }

  /** As `wake`, all of them at once: for whoever does not give the event loop its turn anyway. */
  wakeAll(waves: readonly Wave[]): void {
    this.#add(waves);
    while (this.#next < this.#waves.length) this.#waves[this.#next++]!.resolve();
  }

  #add(waves: readonly Wave[]): void {
    const left = this.#waves.slice(this.#next);
    this.#waves = left.length === 0 ? waves : [...left, ...waves];
    this.#next = 0;
  }

  #wakeNext(): void {
    this.#waves[this.#next++]!.resolve();
    // Behind the callbacks of the wave's promise stands this one, and behind all that those still
    // lead to stands what it defers.
    queueMicrotask(this.#awaitWave);
  }

  readonly #awaitWave = (): void => defer(this.#endWave);

  readonly #endWave = (): void => {
    // `wakeAll` may have woken those who were left.
    if (this.#next === this.#waves.length) {
      this.#active = false;
      this.#over();
    } else if (this.#clock.monotonicMs() - this.#turnSince < MAX_TURN_MS) {
      this.#wakeNext();
    } else {
      setImmediate(this.#beginTurn);
    }
  };

  readonly #beginTurn = (): void => {
    this.#turnSince = this.#clock.monotonicMs();
    this.#endWave();
  };
}
