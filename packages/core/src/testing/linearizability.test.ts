import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  keyValueModel,
  registerModel,
  type KeyValueInput,
  type KeyValueOutput,
  type RegisterInput,
  type RegisterOutput,
} from "./linearizability-models.js";
import {
  checkLinearizability,
  explainVerdict,
  type Model,
  type ModelState,
  type Operation,
} from "./linearizability.js";
import { OperationHistory } from "./operation-history.js";

type RegisterOperation = Operation<RegisterInput<number>, RegisterOutput<number>>;

const operation = <Input, Output>(
  input: Input,
  output: Output | undefined,
  invoked: number,
  returned: number,
): Operation<Input, Output> => ({ client: 0, input, output, invoked, returned });

const write = (value: number, invoked: number, returned: number): RegisterOperation =>
  operation({ kind: "write", value }, returned === Infinity ? undefined : null, invoked, returned);
const read = (value: number | null, invoked: number, returned: number): RegisterOperation =>
  operation({ kind: "read" }, value, invoked, returned);
const cas = (
  expected: number,
  value: number,
  output: boolean | undefined,
  invoked: number,
  returned: number,
): RegisterOperation => operation({ kind: "cas", expected, value }, output, invoked, returned);

const verdictOf = (...history: RegisterOperation[]): string =>
  checkLinearizability(registerModel<number>(null), history).kind;

/** Tries every order of every subset that leaves out only unknown operations. */
function bruteForce<Input, Output, State extends ModelState>(
  model: Model<Input, Output, State>,
  open: readonly Operation<Input, Output>[],
  states: ReadonlyMap<string, State>,
): boolean {
  if (open.every((o) => o.returned === Infinity)) return true;
  return open.some((next) => {
    if (open.some((other) => other.returned < next.invoked)) return false;
    const partition = model.partition?.(next.input) ?? "";
    const state = model.step(states.get(partition) ?? model.initial, next.input, next.output);
    if (state === undefined) return false;
    const rest = open.filter((other) => other !== next);
    return bruteForce(model, rest, new Map(states).set(partition, state));
  });
}

/** Distinct event times for `count` operations; about one in five never returns. */
const timesOf = (count: number): fc.Arbitrary<{ invoked: number; returned: number }[]> =>
  fc
    .tuple(
      fc.shuffledSubarray(
        Array.from({ length: 2 * count }, (_, index) => index),
        { minLength: 2 * count },
      ),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: count, maxLength: count }),
    )
    .map(([places, fates]) =>
      fates.map((fate, index) => {
        const a = places[2 * index]!;
        const b = places[2 * index + 1]!;
        return { invoked: Math.min(a, b), returned: fate === 0 ? Infinity : Math.max(a, b) };
      }),
    );

function agreesWithBruteForce<Input, Output, State extends ModelState>(
  model: Model<Input, Output, State>,
  call: fc.Arbitrary<{ input: Input; output: Output }>,
): void {
  const seen = new Set<boolean>();
  const history = fc.integer({ min: 1, max: 6 }).chain((count) =>
    fc
      .tuple(fc.array(call, { minLength: count, maxLength: count }), timesOf(count))
      .map(([calls, times]) =>
        calls.map(({ input, output }, index) => {
          const { invoked, returned } = times[index]!;
          return operation(input, returned === Infinity ? undefined : output, invoked, returned);
        }),
      ),
  );
  fc.assert(
    fc.property(history, (operations) => {
      const truth = bruteForce(model, operations, new Map());
      seen.add(truth);
      const verdict = checkLinearizability(model, operations);
      expect(verdict.kind).toBe(truth ? "linearizable" : "violation");
    }),
    { numRuns: 4000 },
  );
  expect(seen.size).toBe(2);
}

describe("a register", () => {
  it("accepts a read that overlaps a write and sees either value", () => {
    expect(verdictOf(write(1, 0, 1), write(2, 2, 5), read(1, 3, 4))).toBe("linearizable");
    expect(verdictOf(write(1, 0, 1), write(2, 2, 5), read(2, 3, 4))).toBe("linearizable");
  });

  it("refuses a stale read", () => {
    expect(verdictOf(write(1, 0, 1), write(2, 2, 3), read(1, 4, 5))).toBe("violation");
  });

  it("refuses two reads that see a concurrent write come and go", () => {
    const history = [write(1, 0, 1), write(2, 2, 9), read(2, 3, 4), read(1, 5, 6)];
    expect(verdictOf(...history)).toBe("violation");
  });

  it("lets a write of unknown outcome take effect late or never, but not before its call", () => {
    const lost = write(2, 2, Infinity);
    expect(verdictOf(write(1, 0, 1), lost, read(1, 3, 4), read(1, 5, 6))).toBe("linearizable");
    expect(verdictOf(write(1, 0, 1), lost, read(1, 3, 4), read(2, 5, 6))).toBe("linearizable");
    expect(verdictOf(write(1, 0, 1), lost, read(2, 3, 4), read(1, 5, 6))).toBe("violation");
    expect(verdictOf(read(2, 0, 1), lost)).toBe("violation");
  });

  it("uses each of several unknown writes of one value only once", () => {
    const lost = [write(2, 0, Infinity), write(2, 1, Infinity)];
    const seen = [read(2, 4, 5), write(1, 6, 7), read(2, 8, 9), write(1, 10, 11)];
    expect(verdictOf(...lost, ...seen)).toBe("linearizable");
    expect(verdictOf(...lost, ...seen, read(2, 12, 13))).toBe("violation");
  });

  it("may place a write that changes nothing at once or later", () => {
    expect(verdictOf(write(1, 0, 10), write(1, 1, 11), write(2, 2, 12), read(1, 13, 14))).toBe(
      "linearizable",
    );
  });

  it("takes a failed compare as an observation", () => {
    expect(verdictOf(write(1, 0, 1), cas(1, 2, true, 2, 3), read(2, 4, 5))).toBe("linearizable");
    expect(verdictOf(write(1, 0, 1), cas(1, 2, false, 2, 3))).toBe("violation");
    expect(verdictOf(write(1, 0, 1), cas(3, 2, true, 2, 3))).toBe("violation");
    expect(verdictOf(write(1, 0, 1), cas(1, 2, undefined, 2, Infinity), read(2, 4, 5))).toBe(
      "linearizable",
    );
  });

  it("agrees with trying every order", () => {
    const value = fc.integer({ min: 0, max: 2 });
    const call = fc.oneof(
      value.map((v) => ({ input: { kind: "read" } as const, output: v === 2 ? null : v })),
      value.map((v) => ({ input: { kind: "write", value: v } as const, output: null })),
      fc.tuple(value, value, fc.boolean()).map(([expected, v, output]) => ({
        input: { kind: "cas", expected, value: v } as const,
        output,
      })),
    );
    agreesWithBruteForce<RegisterInput<number>, RegisterOutput<number>, number | null>(
      registerModel<number>(null),
      call,
    );
  });
});

describe("a key-value map", () => {
  it("checks each key by itself", () => {
    const history: Operation<KeyValueInput, KeyValueOutput>[] = [
      operation({ kind: "put", key: "a", value: "1" }, null, 0, 1),
      operation({ kind: "append", key: "b", value: "2" }, null, 2, 3),
      operation({ kind: "get", key: "a" }, "1", 4, 5),
      operation({ kind: "get", key: "b" }, "", 6, 7),
    ];
    const verdict = checkLinearizability(keyValueModel, history);
    expect(verdict).toMatchObject({ kind: "violation", partition: "b" });
    expect(explainVerdict(keyValueModel, verdict)).toContain('get b -> ""');
    expect(checkLinearizability(keyValueModel, history.slice(0, 3)).kind).toBe("linearizable");
  });

  it("agrees with trying every order", () => {
    const text = fc.constantFrom("", "a", "b", "ab", "ba", "aa");
    const key = fc.constantFrom("x", "y");
    const call = fc.oneof(
      fc.record({ input: fc.record({ kind: fc.constant("get" as const), key }), output: text }),
      fc.record({
        input: fc.record({
          kind: fc.constantFrom("put" as const, "append" as const, "append" as const),
          key,
          value: fc.constantFrom("a", "b"),
        }),
        output: fc.constant(null),
      }),
    );
    agreesWithBruteForce<KeyValueInput, KeyValueOutput, string>(keyValueModel, call);
  });
});

describe("limits and recording", () => {
  it("is undecided, never wrong, when the limit of configurations is reached", () => {
    const writes = Array.from({ length: 12 }, (_, i) => write(i, i, 100 + i));
    const history = [...writes, read(99, 200, 201)];
    const verdict = checkLinearizability(registerModel<number>(null), history, {
      maxConfigurations: 100,
    });
    expect(verdict.kind).toBe("undecided");
  });

  it("names the longest legal order and what does not fit", () => {
    const history = [write(1, 0, 1), write(2, 2, 3), read(1, 4, 5)];
    const model = registerModel<number>(null);
    const text = explainVerdict(model, checkLinearizability(model, history));
    expect(text).toMatch(/write 1 -> null\n.*write 2 -> null\nand then.*\n.*read -> 1/);
  });

  it("keeps open and unknown operations as unknown and drops failed ones", () => {
    const history = new OperationHistory<RegisterInput<number>, RegisterOutput<number>>();
    const kept = history.invoke(1, { kind: "write", value: 1 });
    const failed = history.invoke(2, { kind: "write", value: 2 });
    const timedOut = history.invoke(3, { kind: "write", value: 3 });
    history.invoke(4, { kind: "read" });
    history.failed(failed);
    history.unknown(timedOut);
    history.returned(kept, null);
    expect(history.operations().map((o) => [o.client, o.invoked, o.returned])).toEqual([
      [1, 1, 5],
      [3, 3, Infinity],
      [4, 4, Infinity],
    ]);
    expect(() => history.failed(failed)).toThrow(/is open/);
  });
});
