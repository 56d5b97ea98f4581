import { assert } from "../errors.js";
import type { Operation } from "./linearizability.js";

interface OpenOperation<Input> {
  readonly client: number;
  readonly input: Input;
  readonly invoked: number;
}

/**
 * Records what concurrent clients do, in the order in which the test sees it happen. Each
 * invocation ends in exactly one of `returned`, `failed` or `unknown`; what is still open when the
 * history is taken counts as unknown. A client whose operation is unknown is busy for ever in real
 * time, so the test goes on under a new client number or the same one; the checker only uses times.
 */
export class OperationHistory<Input, Output> {
  readonly #open: Map<number, OpenOperation<Input>> = new Map();
  readonly #closed: Operation<Input, Output>[] = [];
  #time = 0;

  /** Returns the operation's number. */
  invoke(client: number, input: Input): number {
    this.#time += 1;
    this.#open.set(this.#time, { client, input, invoked: this.#time });
    return this.#time;
  }

  returned(operation: number, output: Output): void {
    const open = this.#take(operation);
    this.#closed.push({ ...open, output, returned: ++this.#time });
  }

  /** It is certain that the operation did not happen and never will. */
  failed(operation: number): void {
    this.#take(operation);
  }

  /** It may have happened, may happen later, or never. */
  unknown(operation: number): void {
    this.#closed.push({ ...this.#take(operation), output: undefined, returned: Infinity });
  }

  operations(): Operation<Input, Output>[] {
    const open = [...this.#open.values()];
    return [
      ...this.#closed,
      ...open.map((o) => ({ ...o, output: undefined, returned: Infinity })),
    ].sort((a, b) => a.invoked - b.invoked);
  }

  #take(operation: number): OpenOperation<Input> {
    const open = this.#open.get(operation);
    assert(open !== undefined, `operation ${operation} is open`);
    this.#open.delete(operation);
    return open;
  }
}
