import { assert } from "../errors.js";
import { LinearizationSearch } from "./linearization-search.js";

/** States are primitives, so that equal states are `===` and can be numbered. */
export type ModelState = string | number | null;

/** A sequential object: what each operation may answer and what it leaves behind. */
export interface Model<Input, Output, State extends ModelState> {
  readonly name: string;
  readonly initial: State;
  /**
   * The state after `input` answered `output` in `state`, or undefined if it could not have
   * answered that. `output` is undefined when nobody saw the answer: then every answer is right
   * and the operation's effect is what counts. Must be pure.
   */
  step(state: State, input: Input, output: Output | undefined): State | undefined;
  /** Whether an operation that answered this never changes any state it can answer it in. */
  isObservation(input: Input, output: Output): boolean;
  /** Names the independent object the operation works on; absent: there is only one. */
  partition?(input: Input): string;
  /** Equal text if and only if two inputs have the same effect in every state. */
  describe(input: Input): string;
  /** Optional knowledge that lets the search leave dead branches early. */
  readonly lookahead?: Lookahead<Input, Output, State>;
}

export interface Lookahead<Input, Output, State extends ModelState> {
  /** The only state in which the operation can answer this, if there is just one. */
  demands(input: Input, output: Output): State | undefined;
  /** The state the operation leaves whatever the state before, if there is just one. */
  resets(input: Input): State | undefined;
  /** False only if no sequence of operations that reset nothing turns `from` into `to`. */
  leads(from: State, to: State): boolean;
}

/**
 * One operation of a client. Times are any clock on which every invocation and return has its own
 * place, usually an event counter. An operation that failed for certain did not happen and is left
 * out; one whose outcome is unknown (a timeout) has `returned: Infinity` and `output: undefined`:
 * it may take effect at any time after its invocation, or never.
 */
export interface Operation<Input, Output> {
  readonly client: number;
  readonly input: Input;
  readonly output: Output | undefined;
  readonly invoked: number;
  readonly returned: number;
}

export type Verdict<Input, Output> =
  | { readonly kind: "linearizable"; readonly configurations: number }
  | {
      readonly kind: "violation";
      readonly configurations: number;
      readonly partition: string;
      /** The longest legal order that was found, and operations that fit nowhere after it. */
      readonly order: readonly Operation<Input, Output>[];
      readonly stuck: readonly Operation<Input, Output>[];
    }
  | { readonly kind: "undecided"; readonly configurations: number; readonly partition: string };

export interface LinearizabilityOptions {
  /** Configurations visited in one partition before the verdict is `undecided`. */
  readonly maxConfigurations?: number;
}

/** About half a gigabyte of visited configurations for a history of 1,000 operations. */
const MAX_CONFIGURATIONS = 4_000_000;

/**
 * Decides whether the operations could have happened one at a time, each between its invocation
 * and its return: the search of Wing and Gong (1993) with the memory of visited configurations of
 * Lowe (2017), run on each partition by itself (a history is linearizable if and only if its
 * projection on every object is).
 */
export function checkLinearizability<Input, Output, State extends ModelState>(
  model: Model<Input, Output, State>,
  history: readonly Operation<Input, Output>[],
  options: LinearizabilityOptions = {},
): Verdict<Input, Output> {
  const limit = options.maxConfigurations ?? MAX_CONFIGURATIONS;
  let configurations = 0;
  let undecided: string | undefined;
  for (const [partition, operations] of partitions(model, history)) {
    const search = new LinearizationSearch(model, operations, limit);
    const outcome = search.run();
    configurations += search.configurations;
    if (outcome === "violation") {
      return { kind: "violation", configurations, partition, ...search.evidence() };
    }
    if (outcome === "undecided") undecided ??= partition;
  }
  if (undecided !== undefined) return { kind: "undecided", configurations, partition: undecided };
  return { kind: "linearizable", configurations };
}

/** The verdict as lines for the message of a failed test. */
export function explainVerdict<Input, Output, State extends ModelState>(
  model: Model<Input, Output, State>,
  verdict: Verdict<Input, Output>,
): string {
  if (verdict.kind === "linearizable") return `linearizable as ${model.name}`;
  if (verdict.kind === "undecided") {
    return `undecided after ${verdict.configurations} configurations in ${verdict.partition}`;
  }
  const line = (operation: Operation<Input, Output>): string =>
    `  client ${operation.client} [${operation.invoked}, ${operation.returned}] ` +
    `${model.describe(operation.input)} -> ${JSON.stringify(operation.output) ?? "unknown"}`;
  return [
    `not linearizable as ${model.name} in ${verdict.partition}; the longest legal order is`,
    ...verdict.order.map(line),
    "and then no place is left for",
    ...verdict.stuck.map(line),
  ].join("\n");
}

function partitions<Input, Output, State extends ModelState>(
  model: Model<Input, Output, State>,
  history: readonly Operation<Input, Output>[],
): Map<string, Operation<Input, Output>[]> {
  const parts = new Map<string, Operation<Input, Output>[]>();
  for (const operation of history) {
    assert(operation.invoked < operation.returned, "an operation returns after its invocation");
    const name = model.partition?.(operation.input) ?? "the only partition";
    const part = parts.get(name);
    if (part === undefined) parts.set(name, [operation]);
    else part.push(operation);
  }
  return parts;
}
