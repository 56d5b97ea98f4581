/** When an asynchronous operation of mem-fs goes on. */
export interface IoScheduler {
  /** Runs `step` later, never inside this call. */
  schedule(step: () => void): void;
}

/** Every step runs in a microtask of its own, in order. */
export const microtaskScheduler: IoScheduler = {
  schedule: (step) => {
    queueMicrotask(step);
  },
};

/** Steps run only when a test says so, in the order it chooses. */
export class ManualScheduler implements IoScheduler {
  readonly #steps: (() => void)[] = [];

  schedule(step: () => void): void {
    this.#steps.push(step);
  }

  /** Steps that wait. */
  get pending(): number {
    return this.#steps.length;
  }

  /** Runs the step at `index`; false if there is none. */
  step(index = 0): boolean {
    const [step] = this.#steps.splice(index, 1);
    if (step === undefined) return false;
    step();
    return true;
  }

  /** Runs every step, those they schedule included. */
  runAll(): void {
    while (this.step());
  }
}
