import type { Prng } from "../../base/prng.js";
import type { SyncLevel } from "../../log/contract.js";
import type { Compression } from "../../run/format.js";
import type { OperationKind } from "../../vfs/faults.js";
import type { SmallLimits } from "./small-limits.js";

/** What the database of a workload is opened with. */
export interface SimulationConfig {
  readonly writeBufferBytes: number;
  readonly bufferPoolBytes: number;
  readonly compression: Compression;
  readonly inlineBackground: boolean;
  readonly sync: SyncLevel;
  /** What each look at the monotonic clock takes; with slow disks the log writes in groups. */
  readonly tickMs: number;
  /** Limits in place of the small ones; only where a test has put `adjustableLimits` in. */
  readonly limits: Partial<SmallLimits>;
}

/** Cuts off one attempt to recover. */
export interface RecoveryCrash {
  /** Operations on the disk before it happens. */
  readonly after: number;
  /** The power goes; else only the process, and the operating system keeps its memory. */
  readonly power: boolean;
}

export interface CrashStep extends RecoveryCrash {
  readonly step: "crash";
  readonly seed: number;
  /** How each attempt to recover is cut off in turn. */
  readonly recovery: readonly RecoveryCrash[];
}

export interface FaultStep {
  readonly step: "fault";
  readonly kind: OperationKind;
  readonly after: number;
  readonly manner: "fail" | "late" | "short" | "full" | "fullForGood";
}

/** What may befall any database and what anybody may ask of one, whatever it holds. */
export type MachineStep =
  /** Waits until every promise so far has settled. */
  | { readonly step: "settle" }
  | { readonly step: "turn" }
  | { readonly step: "compare"; readonly seed: number }
  | { readonly step: "checkpoint" | "compact" | "check" | "reopen" }
  /** Starts to compact and goes on with other steps meanwhile. */
  | { readonly step: "compactAside" }
  /** Arms a fault: the `after`th operation of that kind fails. */
  | FaultStep
  /** Arms a crash after so many operations; one that was armed before happens now. */
  | CrashStep;

const MACHINE_STEPS: ReadonlySet<string> = new Set<MachineStep["step"]>([
  "settle",
  "turn",
  "compare",
  "checkpoint",
  "compact",
  "check",
  "reopen",
  "compactAside",
  "fault",
  "crash",
]);

export function isMachineStep(step: { readonly step: string }): step is MachineStep {
  return MACHINE_STEPS.has(step.step);
}

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

export function generateConfig(prng: Prng): SimulationConfig {
  return {
    writeBufferBytes: prng.pick([8, 16, 32, 64]) * 1024,
    bufferPoolBytes: 1024 * 1024,
    compression: prng.pick(["none", "lz4"]),
    inlineBackground: prng.chance(0.5),
    sync: prng.chance(0.75) ? "commit" : prng.pick(["interval", "none"]),
    tickMs: prng.pick([0, 0.1, 2]),
    limits: {},
  };
}

export function generateCrash(prng: Prng): CrashStep {
  const recovery: RecoveryCrash[] = [];
  while (prng.chance(0.5) && recovery.length < 5) {
    recovery.push({ after: smallCount(prng, 60), power: prng.chance(0.7) });
  }
  const after = prng.chance(0.2) ? 0 : smallCount(prng, 400);
  return { step: "crash", after, power: prng.chance(0.7), seed: prng.int(1e9), recovery };
}

export function generateFault(prng: Prng): FaultStep {
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
