import { expect, it } from "vitest";
import { yieldToEventLoop } from "../base/clock.js";
import { Prng } from "../base/prng.js";
import { AegisError } from "../errors.js";
import {
  registerModel,
  type RegisterInput,
  type RegisterOutput,
} from "../testing/linearizability-models.js";
import { checkLinearizability, explainVerdict } from "../testing/linearizability.js";
import { OperationHistory } from "../testing/operation-history.js";
import { createTree, mapLayout, openTestEngine } from "../testing/simulation/engine-fixture.js";
import type { ReadView, TreeRef, WriteTransaction } from "./contract.js";
import type { DatabaseEngine } from "./engine.js";
import { close } from "./life-cycle.js";

const SEEDS = Number(process.env["AEGIS_LINEARIZABILITY_SEEDS"] ?? 30);
const FIRST_SEED = Number(process.env["AEGIS_LINEARIZABILITY_SEED"] ?? 1);
const KEYS = [1, 2, 3];
const CLIENTS = 6;
const OPERATIONS = 25;
const INITIAL = 0;

type History = OperationHistory<RegisterInput<number>, RegisterOutput<number>>;

function valueOf(view: ReadView, tree: TreeRef, key: number): number {
  return Number(view.get(tree, key)?.number(1) ?? INITIAL);
}

/** The same operation by every road there is through the engine. */
async function perform(
  engine: DatabaseEngine,
  tree: TreeRef,
  key: number,
  input: RegisterInput<number>,
  prng: Prng,
): Promise<RegisterOutput<number>> {
  const body = (tx: WriteTransaction): RegisterOutput<number> => {
    if (input.kind === "read") return valueOf(tx, tree, key);
    if (input.kind === "cas" && valueOf(tx, tree, key) !== input.expected) return false;
    tx.put(tree, [key, input.value]);
    return input.kind === "cas" ? true : null;
  };
  if (input.kind === "read" && prng.chance(0.5)) return valueOf(engine.latest(), tree, key);
  if (prng.chance(0.5)) {
    const { value, durable } = engine.autocommit(body);
    await durable;
    return value;
  }
  if (prng.chance(0.5)) return engine.transaction(body);
  return engine.transaction(
    async (tx) => {
      if (prng.chance(0.5)) await yieldToEventLoop();
      const output = body(tx);
      await Promise.resolve();
      return output;
    },
    { maxRetries: 0 },
  );
}

function randomInput(prng: Prng, written: () => number): RegisterInput<number> {
  const dice = prng.int(4);
  if (dice < 2) return { kind: "read" };
  if (dice === 2) return { kind: "write", value: written() };
  return { kind: "cas", expected: prng.chance(0.3) ? INITIAL : prng.int(60), value: written() };
}

it(`single keys are linearizable (seeds ${FIRST_SEED} to ${FIRST_SEED + SEEDS - 1})`, async () => {
  let conflicts = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const prng = new Prng(seed);
    const opened = openTestEngine({
      inlineBackground: prng.chance(0.5),
      writeBufferBytes: 8 * 1024,
    });
    const tree = createTree(opened, "registers", mapLayout({ kind: "int" }));
    const histories = new Map<number, History>(KEYS.map((key) => [key, new OperationHistory()]));
    let written = 0;
    const client = async (id: number, own: Prng): Promise<void> => {
      for (let i = 0; i < OPERATIONS; i++) {
        const key = own.pick(KEYS);
        const history = histories.get(key)!;
        const input = randomInput(own, () => ++written);
        const operation = history.invoke(id, input);
        if (own.chance(0.3)) await yieldToEventLoop();
        try {
          const output = await perform(opened.engine, tree, key, input, own);
          history.returned(operation, output);
        } catch (error) {
          if (!(error instanceof AegisError) || error.code !== "SERIALIZATION_FAILURE") throw error;
          history.failed(operation);
          conflicts++;
        }
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, (_, id) => client(id, prng.fork())));
    const model = registerModel<number>(INITIAL);
    for (const [key, history] of histories) {
      const verdict = checkLinearizability(model, history.operations());
      expect(explainVerdict(model, verdict), `seed ${seed}, key ${key}`).toBe(
        `linearizable as ${model.name}`,
      );
    }
    await close(opened);
  }
  expect(conflicts).toBeGreaterThan(0);
});

it("the check notices a read of the state before the last commit", async () => {
  const opened = openTestEngine();
  const tree = createTree(opened, "registers", mapLayout({ kind: "int" }));
  const history: History = new OperationHistory();
  const before = opened.engine.snapshot();
  const write = history.invoke(1, { kind: "write", value: 1 });
  await opened.engine.autocommit((tx) => tx.put(tree, [1, 1])).durable;
  history.returned(write, null);
  const read = history.invoke(2, { kind: "read" });
  history.returned(read, valueOf(before, tree, 1));
  before.release();
  const verdict = checkLinearizability(registerModel<number>(INITIAL), history.operations());
  expect(verdict.kind).toBe("violation");
  await close(opened);
});
