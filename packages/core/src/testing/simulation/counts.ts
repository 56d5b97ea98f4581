import type { OpenedEngine } from "../../engine/open-engine.js";

/** What simulations have been through, to show that the interesting things do happen. */
export class SimulationCounts {
  workloads = 0;
  /** Calls to the file system. */
  operations = 0;
  commits = 0;
  conflicts = 0;
  powerCuts = 0;
  kills = 0;
  interruptedRecoveries = 0;
  /** Faults that were armed, and failures after which the database had to be opened again. */
  faults = 0;
  failures = 0;
  reopens = 0;
  flushes = 0;
  compactions = 0;
  manifestRotations = 0;
  /** Engines whose log had gone past its first segment. */
  longLogs = 0;
  /** The deepest level of any tree. */
  deepestLevel = 0;

  /** An engine is about to go away. */
  engineEnds({ maintenance, manifest, log }: OpenedEngine, segmentBytes: number): void {
    this.flushes += maintenance.flushes;
    this.compactions += maintenance.compactions;
    this.manifestRotations += manifest.rotations;
    if (log.end > segmentBytes) this.longLogs++;
    for (const { level } of manifest.sections()) {
      this.deepestLevel = Math.max(this.deepestLevel, level);
    }
  }

  toString(): string {
    return Object.entries(this)
      .map(([name, count]) => `${name} ${String(count)}`)
      .join(", ");
  }
}
