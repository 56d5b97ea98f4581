import type { Model } from "./linearizability.js";

export type RegisterInput<Value> =
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly value: Value }
  | { readonly kind: "cas"; readonly expected: Value; readonly value: Value };

/** A read answers the value; a cas whether it found `expected`; a write answers nothing (null). */
export type RegisterOutput<Value> = Value | boolean | null;

/**
 * One register. A cas that answered false is an observation, that the register did not hold
 * `expected`; a cas known not to have been tried is left out of the history like any failure.
 */
export function registerModel<Value extends string | number>(
  initial: Value | null,
): Model<RegisterInput<Value>, RegisterOutput<Value>, Value | null> {
  return {
    name: "a register",
    initial,
    step(state, input, output) {
      switch (input.kind) {
        case "read":
          return output === undefined || output === state ? state : undefined;
        case "write":
          return input.value;
        case "cas": {
          const matches = state === input.expected;
          if (output !== undefined && output !== matches) return undefined;
          return matches ? input.value : state;
        }
      }
    },
    isObservation: (input, output) =>
      input.kind === "read" || (input.kind === "cas" && output === false),
    describe(input) {
      switch (input.kind) {
        case "read":
          return "read";
        case "write":
          return `write ${JSON.stringify(input.value)}`;
        case "cas":
          return `cas ${JSON.stringify(input.expected)} to ${JSON.stringify(input.value)}`;
      }
    },
  };
}

export type KeyValueInput =
  | { readonly kind: "get"; readonly key: string }
  | { readonly kind: "put" | "append"; readonly key: string; readonly value: string };

/** A get answers the text of the key (empty when it was never written); others answer null. */
export type KeyValueOutput = string | null;

/** Texts by key with put and append; each key is a partition of its own. */
export const keyValueModel: Model<KeyValueInput, KeyValueOutput, string> = {
  name: "a key-value map",
  initial: "",
  step(state, input, output) {
    switch (input.kind) {
      case "get":
        return output === undefined || output === state ? state : undefined;
      case "put":
        return input.value;
      case "append":
        return state + input.value;
    }
  },
  isObservation: (input) => input.kind === "get",
  lookahead: {
    demands: (input, output) => (input.kind === "get" && output !== null ? output : undefined),
    resets: (input) => (input.kind === "put" ? input.value : undefined),
    leads: (from, to) => to.startsWith(from),
  },
  partition: (input) => input.key,
  describe: (input) =>
    input.kind === "get"
      ? `get ${input.key}`
      : `${input.kind} ${input.key} ${JSON.stringify(input.value)}`,
};
