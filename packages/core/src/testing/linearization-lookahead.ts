import type { Lookahead, Model, ModelState, Operation } from "./linearizability.js";

interface Demand<State> {
  readonly operation: number;
  readonly state: State;
  /** Operations that reset the object to a state from which the demanded one can be reached. */
  readonly resets: readonly number[];
}

const isPlaced = (placed: Int32Array, operation: number): boolean =>
  (placed[operation >>> 5]! & (1 << (operation & 31))) !== 0;

/**
 * Tells dead configurations: an operation not yet placed demands a state that neither the present
 * state nor any reset still to come leads to. With appended texts this fixes the order of appends
 * by the reads that saw them, instead of trying every order.
 */
export class DeadEnds<Input, Output, State extends ModelState> {
  readonly #lookahead: Lookahead<Input, Output, State> | undefined;
  readonly #demands: readonly Demand<State>[];
  /** By state number: the demands that state does not lead to without a reset. */
  readonly #unmet: Demand<State>[][] = [];

  constructor(model: Model<Input, Output, State>, operations: readonly Operation<Input, Output>[]) {
    this.#lookahead = model.lookahead;
    this.#demands = this.#lookahead === undefined ? [] : findDemands(this.#lookahead, operations);
  }

  /** An operation that can never get its answer any more, or -1. */
  find(state: State, stateNumber: number, placed: Int32Array): number {
    for (const demand of (this.#unmet[stateNumber] ??= this.#findUnmet(state))) {
      if (isPlaced(placed, demand.operation)) continue;
      if (demand.resets.every((reset) => isPlaced(placed, reset))) return demand.operation;
    }
    return -1;
  }

  #findUnmet(state: State): Demand<State>[] {
    const lookahead = this.#lookahead;
    if (lookahead === undefined) return [];
    return this.#demands.filter((demand) => !lookahead.leads(state, demand.state));
  }
}

function findDemands<Input, Output, State extends ModelState>(
  lookahead: Lookahead<Input, Output, State>,
  operations: readonly Operation<Input, Output>[],
): Demand<State>[] {
  const resets: { operation: number; state: State }[] = [];
  for (const [operation, { input }] of operations.entries()) {
    const state = lookahead.resets(input);
    if (state !== undefined) resets.push({ operation, state });
  }
  const demands: Demand<State>[] = [];
  for (const [operation, { input, output }] of operations.entries()) {
    if (output === undefined) continue;
    const state = lookahead.demands(input, output);
    if (state === undefined) continue;
    const useful = resets.filter((reset) => lookahead.leads(reset.state, state));
    demands.push({ operation, state, resets: useful.map((reset) => reset.operation) });
  }
  return demands;
}
