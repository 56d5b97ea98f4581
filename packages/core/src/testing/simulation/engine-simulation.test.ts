import { expect, test, vi } from "vitest";
import { ENGINE_LEAST, engineSimulation } from "./engine-seeds.js";
import { expectLively, runSeeds, seedsTitle, wantedSeeds } from "./run-seeds.js";

vi.mock(import("../../limits.js"), async (original) => {
  const { smallLimits } = await import("./small-limits.js");
  return { ...(await original()), ...smallLimits };
});

const SEEDS = wantedSeeds({ first: 1, count: 120 });
const TIMEOUT_MS = 60_000 + SEEDS.count * 1000;

test(
  `trees survive crashes and faults (${seedsTitle(SEEDS)})`,
  { timeout: TIMEOUT_MS },
  async () => {
    const counts = await runSeeds(engineSimulation, SEEDS);
    expectLively(counts, SEEDS, ENGINE_LEAST);
    if (SEEDS.count > 100) expect(counts.deepestLevel).toBeGreaterThanOrEqual(3);
  },
);
