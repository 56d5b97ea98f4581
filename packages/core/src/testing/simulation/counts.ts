import type { OpenedEngine } from "../../engine/open-engine.js";
import { LOG_SEGMENT_BYTES } from "../../limits.js";
import type { Fault, Operation } from "../../vfs/faults.js";

/** What the database was doing when it was cut off. */
export type CrashPlace = "Flush" | "Compaction" | "Manifest" | "Log" | "Elsewhere";

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
  /** Crashes in the middle of each. */
  inFlush = 0;
  inCompaction = 0;
  inManifest = 0;
  inLog = 0;
  inElsewhere = 0;
  /** Recoveries that cut off the end of a log, and commits that were not there any more. */
  tornTails = 0;
  lostCommits = 0;
  /** Faults that were armed, and failures after which the database had to be opened again. */
  faults = 0;
  failures = 0;
  /** Faults that struck. */
  failedReads = 0;
  failedWrites = 0;
  shortWrites = 0;
  failedSyncs = 0;
  fullDisks = 0;
  otherFaults = 0;
  reopens = 0;
  flushes = 0;
  compactions = 0;
  manifestRotations = 0;
  /** Engines whose log had gone past its first segment. */
  longLogs = 0;
  /** Snapshots that were compared after a flush or a compaction had passed beneath them. */
  heldAcrossFlushes = 0;
  heldAcrossCompactions = 0;
  /** The deepest level of any tree. */
  deepestLevel = 0;

  /** An engine is about to go away. */
  engineEnds({ maintenance, manifest, log }: OpenedEngine): void {
    this.flushes += maintenance.flushes;
    this.compactions += maintenance.compactions;
    this.manifestRotations += manifest.rotations;
    if (log.end > LOG_SEGMENT_BYTES) this.longLogs++;
    for (const { level } of manifest.sections()) {
      this.deepestLevel = Math.max(this.deepestLevel, level);
    }
  }

  faultStrikes(fault: Fault, { kind }: Operation): void {
    if (kind.startsWith("sync")) this.failedSyncs++;
    else if ("code" in fault && fault.code === "ENOSPC") this.fullDisks++;
    else if (fault.kind === "short") this.shortWrites++;
    else if (kind.startsWith("write")) this.failedWrites++;
    else if (kind === "read" || kind === "openRead") this.failedReads++;
    else this.otherFaults++;
  }

  crashIn(place: CrashPlace): void {
    this[`in${place}`]++;
  }

  /** What others went through is counted in; the deepest level is the deeper one. */
  add(other: this): void {
    const counts = this as unknown as Record<string, number>;
    for (const [name, count] of Object.entries(other) as [string, number][]) {
      counts[name] =
        name === "deepestLevel" ? Math.max(counts[name]!, count) : counts[name]! + count;
    }
  }

  toString(): string {
    return Object.entries(this)
      .map(([name, count]) => `${name} ${String(count)}`)
      .join(", ");
  }
}
