import { Prng } from "../../packages/core/src/base/prng.js";
import {
  generateConfig,
  generateCrash,
  generateFault,
  type MachineStep,
  type SimulationConfig,
} from "../../packages/core/src/testing/simulation/steps.js";
import {
  describeOperation,
  SPACES,
  type Definition,
  type KvOperation,
  type Operation,
  type SqlOperation,
} from "./operations.js";
import {
  randomCity,
  randomCounter,
  randomCustomer,
  randomEmail,
  randomKvValue,
  randomNote,
  randomPlainKey,
} from "./random-values.js";

type Isolation = "serializable" | "snapshot";

/** What a workload does with SQL, keys and values; any step may be left out. */
export type OwnStep =
  /** A statement or a call by itself. */
  | { readonly step: "do"; readonly operation: Operation; readonly wait: boolean }
  /**
   * A transaction over both models. `raced`: another one changes something in its midst, and if
   * that makes it lose, it is run again.
   */
  | {
      readonly step: "transact";
      readonly style: "sync" | "async" | "raced";
      readonly isolation: Isolation;
      readonly operations: readonly Operation[];
      readonly rival: Operation;
      readonly abort: boolean;
      readonly wait: boolean;
    }
  /** A session's transaction, which stays open while other steps are taken. */
  | { readonly step: "begin"; readonly slot: number; readonly isolation: Isolation }
  | { readonly step: "work"; readonly slot: number; readonly operation: SqlOperation }
  | { readonly step: "savepoint" | "rollback"; readonly slot: number }
  | { readonly step: "finish"; readonly slot: number; readonly commit: boolean }
  | { readonly step: "hold" }
  | { readonly step: "compareHeld"; readonly seed: number }
  | { readonly step: "release"; readonly which: number }
  /** Time passes. */
  | { readonly step: "advance"; readonly ms: number }
  /** Removes expired entries. */
  | { readonly step: "sweep" }
  /** On a copy of the disk, before it is opened or while it is open. */
  | { readonly step: "rot"; readonly seed: number; readonly open: boolean };

export type DatabaseStep = OwnStep | MachineStep;

export interface DatabaseWorkload {
  readonly seed: number;
  readonly config: SimulationConfig;
  readonly steps: readonly DatabaseStep[];
}

const MIN_STEPS = 30;
const MAX_STEPS = 110;
const TTL_MS = 60_000;

/** The workload of a seed: always the same one. */
export function generateDatabaseWorkload(seed: number): DatabaseWorkload {
  const prng = new Prng(seed);
  const config = generateConfig(prng);
  const length = MIN_STEPS + prng.int(MAX_STEPS - MIN_STEPS);
  const steps: DatabaseStep[] = [];
  while (steps.length < length) steps.push(...generateSteps(prng));
  steps.push({ step: "settle" }, { step: "compare", seed: prng.int(1e9) }, { step: "check" });
  return { seed, config, steps };
}

function generateSteps(prng: Prng): DatabaseStep[] {
  const dice = prng.int(1000);
  if (dice < 420) {
    return [{ step: "do", operation: generateOperation(prng), wait: prng.chance(0.25) }];
  }
  if (dice < 560) return [generateTransaction(prng)];
  if (dice < 600) return generateSession(prng);
  if (dice < 650) return [{ step: "turn" }];
  if (dice < 680) return [{ step: "settle" }];
  if (dice < 830) return [generateLook(prng)];
  if (dice < 860) return [{ step: "checkpoint" }];
  if (dice < 868) return [{ step: "compact" }];
  if (dice < 878) return [{ step: "compactAside" }];
  if (dice < 883) return [{ step: "check" }];
  if (dice < 900) return [{ step: "reopen" }];
  if (dice < 920) return [{ step: "rot", seed: prng.int(1e9), open: prng.chance(0.5) }];
  return [dice < 950 ? generateFault(prng) : generateCrash(prng)];
}

/** Snapshots and the time. */
function generateLook(prng: Prng): DatabaseStep {
  switch (prng.int(8)) {
    case 0:
    case 1:
      return { step: "hold" };
    case 2:
    case 3:
      return { step: "compareHeld", seed: prng.int(1e9) };
    case 4:
      return { step: "release", which: prng.int(3) };
    case 5:
      return { step: "compare", seed: prng.int(1e9) };
    case 6:
      return { step: "advance", ms: prng.int(TTL_MS) };
    default:
      return { step: "sweep" };
  }
}

function generateTransaction(prng: Prng): DatabaseStep {
  const count = prng.chance(0.1) ? 6 + prng.int(10) : 1 + prng.int(5);
  return {
    step: "transact",
    style: prng.pick(["sync", "async", "raced"]),
    isolation: prng.chance(0.75) ? "serializable" : "snapshot",
    operations: Array.from({ length: count }, () =>
      prng.chance(0.1) ? { do: "await" as const } : generateOperation(prng),
    ),
    rival: generateOperation(prng),
    abort: prng.chance(0.07),
    wait: prng.chance(0.25),
  };
}

/** A session's transaction, and what others do meanwhile. */
function generateSession(prng: Prng): DatabaseStep[] {
  const slot = prng.int(2);
  const isolation = prng.chance(0.7) ? "serializable" : "snapshot";
  const steps: DatabaseStep[] = [{ step: "begin", slot, isolation }];
  for (let left = 1 + prng.int(6); left > 0; left--) {
    const dice = prng.int(100);
    if (dice < 45) steps.push({ step: "work", slot, operation: generateLikely(prng) });
    else if (dice < 57) steps.push({ step: "savepoint", slot });
    else if (dice < 67) steps.push({ step: "rollback", slot });
    else if (dice < 72) steps.push({ step: "turn" });
    else steps.push({ step: "do", operation: generateLikely(prng), wait: prng.chance(0.2) });
  }
  // Now and then it stays open until another takes its place.
  if (prng.chance(0.95)) steps.push({ step: "finish", slot, commit: prng.chance(0.85) });
  return steps;
}

export function generateOperation(prng: Prng): Operation {
  return prng.chance(0.5) ? generateKv(prng) : generateSql(prng);
}

function generateKv(prng: Prng): KvOperation {
  const space = prng.pick(SPACES);
  const key = randomPlainKey(prng);
  const dice = prng.int(100);
  if (dice < 50) {
    const ttl = prng.chance(0.3) ? 1 + prng.int(2 * TTL_MS) : undefined;
    const ifAbsent = prng.chance(0.1);
    const keepTtl = ttl === undefined && prng.chance(0.2);
    return { space, do: "set", key, value: randomKvValue(prng), ttl, ifAbsent, keepTtl };
  }
  if (dice < 60) {
    const count = 1 + prng.int(8);
    const pair = (): [string, ReturnType<typeof randomKvValue>] => [
      randomPlainKey(prng),
      randomKvValue(prng),
    ];
    return { space, do: "setMany", entries: Array.from({ length: count }, pair) };
  }
  if (dice < 75) return { space, do: "delete", key };
  if (dice < 78) return { space, do: "deletePrefix", prefix: prng.pick(["a/", "b/1", "c/3"]) };
  if (dice < 92) return { space, do: "increment", key: randomCounter(prng), by: prng.int(9) - 3 };
  if (dice < 97) return { space, do: "expire", key, ttl: 1 + prng.int(TTL_MS) };
  return { space, do: "persist", key };
}

const DEFINITIONS: readonly Definition[] = [
  "indexCredit",
  "dropCreditIndex",
  "uniqueVisits",
  "allowRepeatedVisits",
  "addPaid",
  "dropPaid",
  "emptyVisits",
  "archive",
  "dropArchive",
];

/** Many of them fail, as they should: a key that is taken, a parent that is missing. */
function generateSql(prng: Prng): SqlOperation {
  const customer = randomCustomer(prng);
  const city = randomCity(prng);
  const email = prng.chance(0.1) ? null : randomEmail(prng);
  const id = prng.int(60);
  const forms: readonly (() => SqlOperation)[] = [
    () => {
      const onConflict = prng.pick(["refuse", "skip", "raise"] as const);
      const credit = onConflict === "refuse" && prng.chance(0.1) ? -1 : prng.int(5) * 100;
      return { do: "addCustomer", id: customer, email, city, credit, onConflict };
    },
    () => ({ do: "addCustomers", from: customer, to: customer + 3, city }),
    () => ({ do: "setCustomer", id: customer, email, city }),
    () => ({ do: "renumberCustomer", id: customer, to: randomCustomer(prng) }),
    () => ({ do: "spend", city, amount: prng.int(4) * 50 }),
    () => ({ do: "dropCustomer", id: customer }),
    () => generateOrders(prng, id),
    () => generateOrders(prng, id),
    () => ({ do: "raiseOrders", of: 7, rest: prng.int(7), customer }),
    () => ({ do: "renumberOrders", from: id, to: id + 4 }),
    () => ({ do: "dropOrders", below: prng.int(250) }),
    () => ({ do: "payOrders", customer }),
    () => {
      const of = prng.chance(0.3) ? null : customer;
      return { do: "addVisits", customer: of, page: randomNote(prng), count: 1 + prng.int(5) };
    },
    () => ({ do: "redirect", customer, page: `${randomNote(prng)}1`, to: randomNote(prng) }),
    () => ({ do: "dropVisits", below: randomNote(prng) }),
    () => ({ do: "define", what: prng.pick(DEFINITIONS) }),
  ];
  return prng.pick(forms)();
}

/** Mostly what no constraint forbids: a session's transaction fails with its first refusal. */
function generateLikely(prng: Prng): SqlOperation {
  const customer = randomCustomer(prng);
  const city = randomCity(prng);
  const forms: readonly (() => SqlOperation)[] = [
    () => ({ do: "addCustomers", from: customer, to: customer + 3, city }),
    () => ({ do: "setCustomer", id: customer, email: null, city }),
    () => ({ do: "spend", city, amount: 0 }),
    () => ({ do: "dropCustomer", id: customer }),
    () => ({ do: "dropOrders", below: prng.int(250) }),
    () => ({ do: "addVisits", customer: null, page: randomNote(prng), count: 1 + prng.int(5) }),
    () => ({ do: "dropVisits", below: randomNote(prng) }),
  ];
  return prng.chance(0.25) ? generateSql(prng) : prng.pick(forms)();
}

function generateOrders(prng: Prng, from: number): SqlOperation {
  const count = prng.pick([1, 1, 5, 12]);
  return {
    do: "addOrders",
    from,
    to: from + count - 1,
    customer: prng.chance(0.2) ? null : randomCustomer(prng),
    total: prng.int(800),
    note: prng.chance(0.3) ? null : randomNote(prng),
    notes: prng.chance(0.2) ? 3 : 1000,
  };
}

/** As one would write it down. */
export function describeDatabaseStep(step: DatabaseStep): string {
  switch (step.step) {
    case "do":
      return `${describeOperation(step.operation)}${step.wait ? " -- and wait" : ""}`;
    case "work":
      return `slot ${step.slot}: ${describeOperation(step.operation)}`;
    case "transact": {
      const { operations, rival, ...rest } = step;
      const all = operations.map((operation) => `\n       ${describeOperation(operation)}`);
      const against = step.style === "raced" ? `\n       against ${describeOperation(rival)}` : "";
      return `${JSON.stringify(rest)}${all.join("")}${against}`;
    }
    default:
      return JSON.stringify(step);
  }
}
