import { SimulationCounts } from "./counts.js";
import { EngineSimulation } from "./engine-simulation.js";
import { describeStep, type EngineStep } from "./engine-steps.js";
import { generateWorkload } from "./engine-workload.js";
import type { LeastCounts, SeededSimulation } from "./run-seeds.js";

export const engineSimulation: SeededSimulation<EngineStep> = {
  generate: generateWorkload,
  newCounts: () => new SimulationCounts(),
  run: (parts, steps) => new EngineSimulation(parts).run(steps),
  describe: describeStep,
};

export const ENGINE_LEAST: LeastCounts<SimulationCounts> = {
  workloads: 1,
  commits: 25,
  powerCuts: 1,
  kills: 0.3,
  interruptedRecoveries: 1,
  tornTails: 0.1,
  faults: 1,
  failures: 0.05,
  reopens: 0.5,
  flushes: 8,
  compactions: 10,
  manifestRotations: 0.1,
  longLogs: 0.2,
  heldAcrossCompactions: 0.05,
};
