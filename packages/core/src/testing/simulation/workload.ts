import type { Value } from "@aegisdb/sql/contract";
import { Prng } from "../../base/prng.js";
import { compareKeys } from "./model.js";
import { randomKey, randomRow, type ShapeName } from "./shapes.js";
import type { Action, Range, RecoveryCrash, SimulationConfig, Step, Workload } from "./steps.js";

const BASE_TREES: readonly ShapeName[] = ["documents", "readings", "extra"];
const MIN_STEPS = 40;
const MAX_STEPS = 160;
const EXTRA_NAMES = ["x0", "x1", "x2"];
const FAULT_KINDS = [
  "read",
  "write",
  "writeAsync",
  "sync",
  "syncAsync",
  "create",
  "remove",
] as const;
const MORE_FAULT_KINDS = ["rename", "syncDirectory", "openRead", "openWrite", "size"] as const;

/** The workload of a seed: always the same one. */
export function generateWorkload(seed: number): Workload {
  const prng = new Prng(seed);
  const config = generateConfig(prng);
  const length = MIN_STEPS + prng.int(MAX_STEPS - MIN_STEPS);
  const steps: Step[] = [setUp()];
  while (steps.length < length) steps.push(generateStep(prng));
  steps.push({ step: "settle" }, { step: "compare", seed: prng.int(1e9) }, { step: "check" });
  return { seed, config, steps };
}

function generateConfig(prng: Prng): SimulationConfig {
  return {
    writeBufferBytes: prng.pick([8, 16, 32, 64]) * 1024,
    compression: prng.pick(["none", "lz4"]),
    inlineBackground: prng.chance(0.5),
    sync: prng.chance(0.75) ? "commit" : prng.pick(["interval", "none"]),
    tickMs: prng.pick([0, 0.1, 2]),
  };
}

function setUp(): Step {
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

function generateStep(prng: Prng): Step {
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

function generateCrash(prng: Prng): Step {
  const recovery: RecoveryCrash[] = [];
  while (prng.chance(0.5) && recovery.length < 5) {
    recovery.push({ after: smallCount(prng, 60), power: prng.chance(0.7) });
  }
  const after = prng.chance(0.2) ? 0 : smallCount(prng, 400);
  return { step: "crash", after, power: prng.chance(0.7), seed: prng.int(1e9), recovery };
}

function generateFault(prng: Prng): Step {
  const kind = prng.chance(0.7) ? prng.pick(FAULT_KINDS) : prng.pick(MORE_FAULT_KINDS);
  const writes = kind === "write" || kind === "writeAsync";
  const manner = writes
    ? prng.pick(["fail", "short", "full", "fullForGood"] as const)
    : prng.pick(["fail", "fail", "late"] as const);
  return { step: "fault", kind, after: smallCount(prng, 30), manner };
}

/** From 1 to `most`, small ones as often as large ones. */
function smallCount(prng: Prng, most: number): number {
  return Math.max(1, Math.floor(Math.exp(prng.float() * Math.log(most))));
}

function generateCommit(prng: Prng): Step {
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

function generateManual(prng: Prng): Step {
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
