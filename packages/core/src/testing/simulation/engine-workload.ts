import type { Value } from "@aegisdb/sql/contract";
import { Prng } from "../../base/prng.js";
import { compareKeys } from "./engine-model.js";
import { randomKey, randomRow, type ShapeName } from "./shapes.js";
import type { Action, EngineStep, Range, Workload } from "./engine-steps.js";
import { generateConfig, generateCrash, generateFault } from "./steps.js";

const BASE_TREES: readonly ShapeName[] = ["documents", "readings", "extra"];
const MIN_STEPS = 40;
const MAX_STEPS = 160;
const EXTRA_NAMES = ["x0", "x1", "x2"];
/** The workload of a seed: always the same one. */
export function generateWorkload(seed: number): Workload {
  const prng = new Prng(seed);
  const config = generateConfig(prng);
  const length = MIN_STEPS + prng.int(MAX_STEPS - MIN_STEPS);
  const steps: EngineStep[] = [setUp()];
  while (steps.length < length) steps.push(generateStep(prng));
  steps.push({ step: "settle" }, { step: "compare", seed: prng.int(1e9) }, { step: "check" });
  return { seed, config, steps };
}

function setUp(): EngineStep {
  const names: ShapeName[] = ["accounts", "owners", ...BASE_TREES];
  const actions = names.map((name): Action => ({ do: "create", name, shape: name }));
  return {
    step: "commit",
    style: "auto",
    isolation: "serializable",
    actions,
    abort: false,
    wait: true,
  };
}

function generateStep(prng: Prng): EngineStep {
  const dice = prng.int(1000);
  if (dice < 600) return generateCommit(prng);
  if (dice < 700) return generateManual(prng);
  if (dice < 760) return { step: "turn" };
  if (dice < 800) return { step: "settle" };
  if (dice < 825) return { step: "hold", seed: prng.int(1e9) };
  if (dice < 845) return { step: "compareHeld", seed: prng.int(1e9) };
  if (dice < 865) return { step: "release", which: prng.int(4) };
  if (dice < 895) return { step: "compare", seed: prng.int(1e9) };
  if (dice < 910) return { step: "checkpoint" };
  if (dice < 915) return { step: "compact" };
  if (dice < 923) return { step: "compactAside" };
  if (dice < 930) return { step: "check" };
  if (dice < 945) return { step: "reopen" };
  return dice < 965 ? generateFault(prng) : generateCrash(prng);
}

function generateCommit(prng: Prng): EngineStep {
  const actions: Action[] = [];
  const count = prng.chance(0.1) ? 10 + prng.int(20) : 1 + prng.int(5);
  while (actions.length < count) actions.push(generateAction(prng));
  return {
    step: "commit",
    style: prng.pick(["auto", "auto", "sync", "async"]),
    isolation: prng.chance(0.8) ? "serializable" : "snapshot",
    actions,
    abort: prng.chance(0.05),
    wait: prng.chance(0.25),
  };
}

function generateManual(prng: Prng): EngineStep {
  const slot = prng.int(2);
  switch (prng.int(4)) {
    case 0:
      return { step: "begin", slot, isolation: prng.pick(["serializable", "snapshot"]) };
    case 1:
    case 2: {
      const actions = Array.from({ length: 1 + prng.int(4) }, () => generateAction(prng));
      return { step: "work", slot, actions };
    }
    default:
      return { step: "finish", slot, commit: prng.chance(0.8) };
  }
}

function generateAction(prng: Prng): Action {
  const dice = prng.int(100);
  if (dice < 30) return { do: "open", row: randomRow(prng, "accounts") };
  if (dice < 36) return { do: "close", key: randomKey(prng, "accounts") };
  if (dice < 60) return generatePut(prng);
  if (dice < 80) return generateRead(prng);
  if (dice < 83) {
    const { tree, shape } = pickTree(prng);
    return { do: "deleteRange", tree, range: randomRange(prng, shape) };
  }
  if (dice < 88) return { do: "savepoint" };
  if (dice < 92) return { do: "rollback", back: prng.int(3) };
  if (dice < 94) return { do: "create", name: prng.pick(EXTRA_NAMES), shape: randomShape(prng) };
  if (dice < 95) return { do: "drop", name: prng.pick(EXTRA_NAMES) };
  if (dice < 97) {
    return { do: "rename", from: prng.pick(EXTRA_NAMES), to: prng.pick(EXTRA_NAMES) };
  }
  return { do: "await" };
}

function generatePut(prng: Prng): Action {
  const { tree, shape } = pickTree(prng);
  return prng.chance(0.8)
    ? { do: "put", tree, row: randomRow(prng, shape) }
    : { do: "delete", tree, key: randomKey(prng, shape) };
}

function generateRead(prng: Prng): Action {
  const all: { tree: string; shape: ShapeName }[] = [
    pickTree(prng),
    { tree: "accounts", shape: "accounts" },
    { tree: "owners", shape: "owners" },
  ];
  const { tree, shape } = prng.pick(all);
  if (prng.chance(0.5)) return { do: "get", tree, key: randomKey(prng, shape) };
  const range = randomRange(prng, shape);
  if (prng.chance(0.3)) return { do: "batches", tree, range };
  return { do: "scan", tree, range, reverse: prng.chance(0.3) };
}

/** The shape of an extra tree follows from its name, whoever made it last. */
function pickTree(prng: Prng): { tree: string; shape: ShapeName } {
  if (prng.chance(0.2)) return { tree: prng.pick(EXTRA_NAMES), shape: randomShape(prng) };
  const shape = prng.pick(BASE_TREES);
  return { tree: shape, shape };
}

function randomShape(prng: Prng): ShapeName {
  return prng.pick(BASE_TREES);
}

function randomRange(prng: Prng, shape: ShapeName): Range {
  const bounds: Value[][] = [randomKey(prng, shape), randomKey(prng, shape)];
  bounds.sort((a, b) => compareKeys(shape, a, b));
  return {
    start: prng.chance(0.2) ? undefined : bounds[0],
    end: prng.chance(0.2) ? undefined : bounds[1],
  };
}
