import { ConfigurationSet } from "./configuration-set.js";
import { EventList } from "./event-list.js";
import { DeadEnds } from "./linearization-lookahead.js";
import type { Model, ModelState, Operation } from "./linearizability.js";

/** Number of the missing state: the operation cannot be placed here. */
const IMPOSSIBLE = -1;

/**
 * Depth-first search for a legal order of one partition's operations. A configuration is the set
 * of operations placed so far and the state they left. Next may come any operation invoked before
 * the first return among those not yet placed. Four observations keep the search small:
 *
 * - A configuration seen before leads nowhere new (Lowe).
 * - An observation (a read, a failed compare) that fits may always be placed at once: any order
 *   that places it later stays legal. So it is placed without trying alternatives. This does not
 *   hold for a write that happens to leave the state as it is: placed later it may undo another.
 * - An operation of unknown outcome need not be placed at all, so one without effect is never
 *   tried; and of several with the same input the first invoked is as good as any.
 * - A model may know that a configuration is a dead end (`DeadEnds`).
 */
export class LinearizationSearch<Input, Output, State extends ModelState> {
  readonly #model: Model<Input, Output, State>;
  readonly #operations: readonly Operation<Input, Output>[];
  readonly #limit: number;
  readonly #events: EventList;
  readonly #deadEnds: DeadEnds<Input, Output, State>;
  /** For an unknown operation the one of the same input invoked before it, else -1. */
  readonly #twin: Int32Array;
  readonly #states: State[] = [];
  readonly #stateNumbers: Map<State, number> = new Map();
  readonly #transitions: Map<number, number> = new Map();
  readonly #visited: ConfigurationSet;
  readonly #placed: Int32Array;
  /** The stack: operation placed, the state before it, and whether there were alternatives. */
  readonly #order: number[] = [];
  readonly #stateBefore: number[] = [];
  readonly #forced: boolean[] = [];
  #state: number;
  #remaining: number;
  /** The longest order met, and the operation it leaves without an answer, if it is a dead end. */
  #longest: number[] = [];
  #unanswerable = -1;

  constructor(
    model: Model<Input, Output, State>,
    operations: readonly Operation<Input, Output>[],
    limit: number,
  ) {
    this.#model = model;
    this.#operations = operations.toSorted((a, b) => a.invoked - b.invoked);
    this.#limit = limit;
    this.#events = new EventList(this.#operations);
    this.#deadEnds = new DeadEnds(model, this.#operations);
    this.#remaining = this.#operations.filter((o) => o.returned !== Infinity).length;
    this.#twin = this.#findTwins();
    const words = (this.#operations.length + 31) >>> 5;
    this.#visited = new ConfigurationSet(words);
    this.#placed = new Int32Array(words);
    this.#state = this.#number(model.initial);
  }

  get configurations(): number {
    return this.#visited.size;
  }

  run(): "linearizable" | "violation" | "undecided" {
    let from = this.#events.first;
    let arrived = true;
    while (this.#remaining > 0) {
      if (this.#visited.size >= this.#limit) return "undecided";
      const forced: number = arrived ? this.#findForced() : -1;
      const candidate: number = forced >= 0 ? forced : this.#findBranch(from);
      arrived = candidate >= 0 && this.#place(candidate, forced >= 0);
      if (arrived) {
        from = this.#events.first;
        continue;
      }
      if (candidate >= 0 && forced < 0) {
        from = this.#events.after(candidate);
        continue;
      }
      const undone = this.#backtrack();
      if (undone < 0) return "violation";
      from = this.#events.after(undone);
    }
    return "linearizable";
  }

  /** Precondition: `run` returned "violation". */
  evidence(): { order: Operation<Input, Output>[]; stuck: Operation<Input, Output>[] } {
    const order = this.#longest.map((index) => this.#operations[index]!);
    if (this.#unanswerable >= 0) return { order, stuck: [this.#operations[this.#unanswerable]!] };
    const placed = new Set(this.#longest);
    const open = this.#operations.filter((_, index) => !placed.has(index));
    const firstReturn = Math.min(...open.map((o) => o.returned));
    const stuck = open.filter((o) => o.invoked < firstReturn && o.returned !== Infinity);
    return { order, stuck };
  }

  /** A candidate that is an observation and fits, or -1. */
  #findForced(): number {
    const events = this.#events;
    for (let node = events.first; events.isCall(node); node = events.next(node)) {
      const operation = events.operation(node);
      const { input, output } = this.#operations[operation]!;
      if (output === undefined || !this.#model.isObservation(input, output)) continue;
      if (this.#transition(operation) !== IMPOSSIBLE) return operation;
    }
    return -1;
  }

  /** The first candidate at `from` or after it that fits, or -1. */
  #findBranch(from: number): number {
    const events = this.#events;
    for (let node = from; events.isCall(node); node = events.next(node)) {
      const operation = events.operation(node);
      const state = this.#transition(operation);
      if (state === IMPOSSIBLE) continue;
      if (this.#isUnknown(operation)) {
        if (state === this.#state) continue;
        const twin = this.#twin[operation]!;
        if (twin >= 0 && !this.#isPlaced(twin)) continue;
      }
      return operation;
    }
    return -1;
  }

  /** False, and nothing changed, if that configuration was visited before or is a dead end. */
  #place(operation: number, forced: boolean): boolean {
    const state = this.#transition(operation);
    this.#placed[operation >>> 5]! |= 1 << (operation & 31);
    const unanswerable = this.#deadEnds.find(this.#states[state]!, state, this.#placed);
    if (this.#order.length >= this.#longest.length) {
      this.#longest = [...this.#order, operation];
      this.#unanswerable = unanswerable;
    }
    if (unanswerable >= 0 || !this.#visited.add(this.#placed, state)) {
      this.#placed[operation >>> 5]! &= ~(1 << (operation & 31));
      return false;
    }
    this.#order.push(operation);
    this.#stateBefore.push(this.#state);
    this.#forced.push(forced);
    this.#state = state;
    this.#events.lift(operation);
    if (!this.#isUnknown(operation)) this.#remaining -= 1;
    return true;
  }

  /** Takes operations back up to the last that had alternatives; returns it, or -1. */
  #backtrack(): number {
    while (this.#order.length > 0) {
      const operation = this.#order.pop()!;
      this.#state = this.#stateBefore.pop()!;
      this.#placed[operation >>> 5]! &= ~(1 << (operation & 31));
      this.#events.unlift(operation);
      if (!this.#isUnknown(operation)) this.#remaining += 1;
      if (!this.#forced.pop()!) return operation;
    }
    return -1;
  }

  #transition(operation: number): number {
    const key = this.#state * this.#operations.length + operation;
    const known = this.#transitions.get(key);
    if (known !== undefined) return known;
    const { input, output } = this.#operations[operation]!;
    const next = this.#model.step(this.#states[this.#state]!, input, output);
    const state = next === undefined ? IMPOSSIBLE : this.#number(next);
    this.#transitions.set(key, state);
    return state;
  }

  #number(state: State): number {
    const known = this.#stateNumbers.get(state);
    if (known !== undefined) return known;
    this.#stateNumbers.set(state, this.#states.length);
    return this.#states.push(state) - 1;
  }

  #isUnknown(operation: number): boolean {
    return this.#operations[operation]!.returned === Infinity;
  }

  #isPlaced(operation: number): boolean {
    return (this.#placed[operation >>> 5]! & (1 << (operation & 31))) !== 0;
  }

  #findTwins(): Int32Array {
    const twins = new Int32Array(this.#operations.length).fill(-1);
    const last = new Map<string, number>();
    for (const [index, operation] of this.#operations.entries()) {
      if (operation.returned !== Infinity) continue;
      const input = this.#model.describe(operation.input);
      twins[index] = last.get(input) ?? -1;
      last.set(input, index);
    }
    return twins;
  }
}
