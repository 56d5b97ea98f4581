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

export const DATABASE_LEAST: LeastCounts<DatabaseCounts> = {
  workloads: 1,
};
