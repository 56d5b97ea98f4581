import type { Value } from "@aegisdb/sql/contract";
import type { Isolation } from "../../engine/contract.js";
import type { ShapeName } from "./shapes.js";
import type { MachineStep, SimulationConfig } from "./steps.js";
import { fingerprint } from "./values.js";

/**
 * A workload is plain data, so that it can be printed, repeated and shortened. Any step may be left
 * out: each does what it can with what the steps before have left.
 */
export interface Workload {
  readonly seed: number;
  readonly config: SimulationConfig;
  readonly steps: readonly EngineStep[];
}

/** What a transaction does. Trees are named; a name that is not there makes the action do nothing. */
export type Action =
  /** Writes an account and its row in the index. */
  | { readonly do: "open"; readonly row: readonly Value[] }
  /** Deletes an account and its row in the index. */
  | { readonly do: "close"; readonly key: readonly Value[] }
  | { readonly do: "put"; readonly tree: string; readonly row: readonly Value[] }
  | { readonly do: "delete"; readonly tree: string; readonly key: readonly Value[] }
  | { readonly do: "deleteRange"; readonly tree: string; readonly range: Range }
  | { readonly do: "create"; readonly name: string; readonly shape: ShapeName }
  | { readonly do: "drop"; readonly name: string }
  | { readonly do: "rename"; readonly from: string; readonly to: string }
  | { readonly do: "savepoint" }
  | { readonly do: "rollback"; readonly back: number }
  | { readonly do: "get"; readonly tree: string; readonly key: readonly Value[] }
  | { readonly do: "scan"; readonly tree: string; readonly range: Range; readonly reverse: boolean }
  | { readonly do: "batches"; readonly tree: string; readonly range: Range }
  /** Lets everything else run; in a synchronous transaction nothing. */
  | { readonly do: "await" };

export interface Range {
  readonly start: readonly Value[] | undefined;
  readonly end: readonly Value[] | undefined;
}

/** How a transaction is run: `auto` and `sync` without an await in between. */
type CommitStyle = "auto" | "sync" | "async";

/** What the trees of an engine go through. */
export type EngineStep =
  | MachineStep
  | {
      readonly step: "commit";
      readonly style: CommitStyle;
      readonly isolation: Isolation;
      readonly actions: readonly Action[];
      readonly abort: boolean;
      readonly wait: boolean;
    }
  | { readonly step: "begin"; readonly slot: number; readonly isolation: Isolation }
  | { readonly step: "work"; readonly slot: number; readonly actions: readonly Action[] }
  | { readonly step: "finish"; readonly slot: number; readonly commit: boolean }
  /** Takes a snapshot, and begins to walk over a tree. */
  | { readonly step: "hold"; readonly seed: number }
  /** Compares all that is held, and goes on with each walk. */
  | { readonly step: "compareHeld"; readonly seed: number }
  | { readonly step: "release"; readonly which: number };

export function describeStep(step: EngineStep): string {
  return JSON.stringify(step, (_key, value: unknown) =>
    typeof value === "bigint" || value instanceof Uint8Array ? fingerprint(value) : value,
  );
}
