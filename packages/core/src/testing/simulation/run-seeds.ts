import { expect } from "vitest";
import type { Vfs } from "../../vfs/contract.js";
import { runSeeded } from "../shrink.js";
import type { SimulationCounts } from "./counts.js";
import type { SimulationConfig } from "./steps.js";

/** A simulation as those see it who run many seeds of it. */
export interface SeededSimulation<Step, Counts extends SimulationCounts = SimulationCounts> {
  /** The workload of a seed: always the same one. */
  generate(seed: number): { readonly config: SimulationConfig; readonly steps: readonly Step[] };
  newCounts(): Counts;
  run(parts: SimulationRun<Counts>, steps: readonly Step[]): Promise<void>;
  /** One step on one line. */
  describe(step: Step): string;
}

interface SimulationRun<Counts extends SimulationCounts> {
  readonly config: SimulationConfig;
  readonly counts: Counts;
  readonly plant?: ((vfs: Vfs) => Vfs) | undefined;
}

export interface SeedRange {
  readonly first: number;
  readonly count: number;
}

/**
 * Which seeds a test runs: `byDefault`, unless `AEGIS_SIM_SEED=17` says that it is this one, and
 * `AEGIS_SIM_SEEDS=5000` that it is so many from there on. `AEGIS_SIM_COUNTS=1` prints what happened.
 */
export function wantedSeeds(byDefault: SeedRange): SeedRange {
  const { AEGIS_SIM_SEED: first, AEGIS_SIM_SEEDS: count } = process.env;
  return {
    first: Number(first ?? byDefault.first),
    count: Number(count ?? (first === undefined ? byDefault.count : 1)),
  };
}

/** One of several equal parts of a range; the first ones are larger by one where it must be. */
export function partOf({ first, count }: SeedRange, part: number, parts: number): SeedRange {
  const start = Math.ceil((count * part) / parts);
  return { first: first + start, count: Math.ceil((count * (part + 1)) / parts) - start };
}

export function seedsTitle({ first, count }: SeedRange): string {
  return `seeds ${first} to ${first + count - 1}`;
}

/** Runs the workloads of consecutive seeds; the first that fails is made small and thrown. */
export async function runSeeds<Step, Counts extends SimulationCounts>(
  simulation: SeededSimulation<Step, Counts>,
  { first, count }: SeedRange,
): Promise<Counts> {
  const counts = simulation.newCounts();
  for (let seed = first; seed < first + count; seed++) await runSeed(simulation, seed, counts);
  if (process.env["AEGIS_SIM_COUNTS"] === "1") {
    process.stdout.write(`${seedsTitle({ first, count })}: ${String(counts)}\n`);
  }
  return counts;
}

export async function runSeed<Step, Counts extends SimulationCounts>(
  simulation: SeededSimulation<Step, Counts>,
  seed: number,
  counts: Counts,
  plant?: (vfs: Vfs) => Vfs,
): Promise<void> {
  const { config, steps } = simulation.generate(seed);
  await runSeeded<Step>({
    seed,
    setting: JSON.stringify(config),
    operations: steps,
    test: (shorter) => simulation.run({ config, counts, plant }, shorter),
    describe: (step) => simulation.describe(step),
  });
}

/** Names of what is counted; the methods are no counts. */
type CountName<Counts> = Exclude<keyof Counts, MethodName>;
type MethodName = "toString" | "add" | "engineEnds" | "faultStrikes" | "crashIn";

/** How often each thing must have happened, for each seed that was run. */
export type LeastCounts<Counts> = Partial<Record<CountName<Counts>, number>>;

/** Seeds that all rare things need to happen at least once. */
const ENOUGH_SEEDS = 100;

/** A simulation in which nothing happens finds nothing: everything must have happened often. */
export function expectLively<Counts extends SimulationCounts>(
  counts: Counts,
  { count }: SeedRange,
  least: LeastCounts<Counts>,
): void {
  if (count < ENOUGH_SEEDS) return;
  for (const [name, each] of Object.entries(least) as [keyof Counts & string, number][]) {
    const seen = Number(counts[name]);
    expect(seen, `${name} in ${count} workloads`).toBeGreaterThanOrEqual(each * count);
  }
}
