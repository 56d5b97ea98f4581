import { Worker } from "node:worker_threads";

/** Longest time that a case may take before it counts as a hang. */
const DEADLINE_MS = 60_000;
const NAME_BYTES = 256;

/** Runs on a thread of its own, for a loop that never ends stops every timer of this one. */
const PROGRAM = `
  const { workerData } = require("node:worker_threads");
  const { writeSync } = require("node:fs");
  const counter = new Int32Array(workerData.shared, 0, 1);
  let seen = -1;
  setInterval(() => {
    const now = Atomics.load(counter, 0);
    if (now === seen && now !== 0) {
      const name = Buffer.from(new Uint8Array(workerData.shared, 4)).toString().replace(/\\0.*/s, "");
      writeSync(2, "HANG: " + name + " took longer than " + workerData.deadline + " ms\\n");
      process.kill(process.pid, "SIGKILL");
    }
    seen = now;
  }, workerData.deadline);
`;

/** Ends this process, naming the case, if a case takes longer than the deadline. */
export class Watchdog {
  readonly #shared = new SharedArrayBuffer(4 + NAME_BYTES);
  readonly #counter = new Int32Array(this.#shared, 0, 1);
  readonly #name = new Uint8Array(this.#shared, 4);
  readonly #worker = new Worker(PROGRAM, {
    eval: true,
    workerData: { shared: this.#shared, deadline: DEADLINE_MS },
  });

  /** A case begins. */
  begins(name: string): void {
    const bytes = new TextEncoder().encode(name).subarray(0, NAME_BYTES);
    this.#name.fill(0);
    this.#name.set(bytes);
    Atomics.add(this.#counter, 0, 1);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }
}
