import { expect } from "vitest";
import { runSeeded } from "../shrink.js";
import { SimulationCounts } from "./counts.js";
import { Simulation } from "./simulation.js";
import { describeStep, type Step } from "./steps.js";
import { generateWorkload } from "./workload.js";

/** Workloads that `npm test` runs in each of the two files that share them out. */
const DEFAULT_SEEDS = 320;

/**
 * The seeds of one of two halves. `AEGIS_SIM_SEEDS=5000` runs that many in both together;
 * `AEGIS_SIM_SEED=17` is the first one, and alone unless the number is given too.
 */
export function seedsOfHalf(half: 0 | 1): { readonly first: number; readonly count: number } {
  const { AEGIS_SIM_SEED: given, AEGIS_SIM_SEEDS: wanted } = process.env;
  const first = Number(given ?? 1);
  const total = Number(wanted ?? (given === undefined ? DEFAULT_SEEDS : 1));
  const firstHalf = Math.ceil(total / 2);
  return half === 0
    ? { first, count: firstHalf }
    : { first: first + firstHalf, count: total - firstHalf };
}

/** Runs the workloads of consecutive seeds; the first that fails is made small and thrown. */
export async function runSeeds(first: number, count: number): Promise<SimulationCounts> {
  const counts = new SimulationCounts();
  for (let seed = first; seed < first + count; seed++) {
    const { config, steps } = generateWorkload(seed);
    await runSeeded<Step>({
      seed,
      operations: steps,
      test: (shorter) => new Simulation(config, counts).run(shorter),
      describe: describeStep,
    });
  }
  return counts;
}

/** A simulation in which nothing happens finds nothing: everything must have happened often. */
export function expectLively(counts: SimulationCounts, seeds: number): void {
  const least = {
    workloads: seeds,
    commits: 25 * seeds,
    powerCuts: seeds,
    kills: seeds / 3,
    interruptedRecoveries: seeds,
    faults: seeds,
    failures: seeds / 20,
    reopens: seeds / 2,
    flushes: 8 * seeds,
    compactions: 10 * seeds,
    manifestRotations: seeds / 10,
    longLogs: seeds / 5,
  };
  for (const [name, count] of Object.entries(least)) {
    const seen = Number(counts[name as keyof SimulationCounts]);
    expect(seen, `${name} in ${seeds} workloads`).toBeGreaterThanOrEqual(count);
  }
  expect(counts.deepestLevel).toBeGreaterThanOrEqual(3);
}
