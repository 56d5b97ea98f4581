import type {
  LeastCounts,
  SeededSimulation,
} from "../../packages/core/src/testing/simulation/run-seeds.js";
import { DatabaseCounts } from "./counts.js";
import { DatabaseSimulation } from "./database-simulation.js";
import { describeDatabaseStep, generateDatabaseWorkload, type DatabaseStep } from "./workload.js";

export const databaseSimulation: SeededSimulation<DatabaseStep, DatabaseCounts> = {
  generate: generateDatabaseWorkload,
  newCounts: () => new DatabaseCounts(),
  run: (parts, steps) => new DatabaseSimulation(parts).run(steps),
  describe: describeDatabaseStep,
};

/** About half of what is usual; what is rare must at least happen in a few hundred workloads. */
export const DATABASE_LEAST: LeastCounts<DatabaseCounts> = {
  workloads: 1,
  commits: 8,
  conflicts: 0.02,
  retried: 0.08,
  refused: 2,
  savepointRollbacks: 0.05,
  swept: 0.04,
  powerCuts: 0.8,
  kills: 0.3,
  interruptedRecoveries: 1,
  inFlush: 0.05,
  inCompaction: 0.04,
  inManifest: 0.1,
  inLog: 0.2,
  tornTails: 0.08,
  lostCommits: 0.8,
  faults: 0.6,
  failures: 0.03,
  failedReads: 0.02,
  failedWrites: 0.004,
  shortWrites: 0.004,
  failedSyncs: 0.02,
  fullDisks: 0.008,
  reopens: 0.3,
  flushes: 2,
  compactions: 3,
  manifestRotations: 0.04,
  longLogs: 0.4,
  heldAcrossFlushes: 0.1,
  heldAcrossCompactions: 0.06,
  rotten: 0.5,
  rottenUnopened: 0.06,
  rottenAnswers: 10,
  rottenRefusals: 1,
  rottenProblems: 0.1,
};
