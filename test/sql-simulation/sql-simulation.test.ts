import { expect, test, vi } from "vitest";
import { runSeeded } from "../../packages/core/src/testing/shrink.js";
import { SqlCounts, SqlSimulation } from "./sql-simulation.js";
import { describeSqlStep, generateSqlWorkload, type SqlStep } from "./statements.js";

vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
  const { smallLimits } =
    await import("../../packages/core/src/testing/simulation/small-limits.js");
  return { ...(await original()), ...smallLimits };
});

/** `AEGIS_SIM_SEEDS=500` runs that many workloads, `AEGIS_SIM_SEED` says which is the first. */
const SEEDS = Number(process.env["AEGIS_SIM_SEEDS"] ?? 40);
const FIRST = Number(process.env["AEGIS_SIM_SEED"] ?? 1);

test(
  `tables and their indexes survive crashes together (seeds ${FIRST} to ${FIRST + SEEDS - 1})`,
  { timeout: 60_000 + SEEDS * 5000 },
  async () => {
    const counts = new SqlCounts();
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      const { config, steps } = generateSqlWorkload(seed);
      await runSeeded<SqlStep>({
        seed,
        operations: steps,
        test: (shorter) => new SqlSimulation(config, counts).run(shorter),
        describe: describeSqlStep,
      });
    }
    if (SEEDS < 20) return;
    const least = { commits: 15, refused: 5, powerCuts: 1, kills: 0.5, reopens: 0.5, lost: 0.2 };
    for (const [name, each] of Object.entries(least)) {
      expect(counts[name as keyof SqlCounts], name).toBeGreaterThanOrEqual(each * SEEDS);
    }
  },
);
