import { describe, test, vi } from "vitest";
import { ENGINE_LEAST, engineSimulation } from "./engine-seeds.js";
import { expectLively, runSeeds, seedsTitle, wantedSeeds } from "./run-seeds.js";

vi.mock(import("../../limits.js"), async (original) => {
  const { smallLimits } = await import("./small-limits.js");
  return { ...(await original()), ...smallLimits };
});

/** Beyond those of `npm test`. */
const ALL = wantedSeeds({ first: 1001, count: 2000 });
/** Seeds of one test, so that progress shows. */
const PORTION = 500;

describe("trees survive crashes and faults", () => {
  for (let done = 0; done < ALL.count; done += PORTION) {
    const seeds = { first: ALL.first + done, count: Math.min(PORTION, ALL.count - done) };
    test(seedsTitle(seeds), async () => {
      expectLively(await runSeeds(engineSimulation, seeds), seeds, ENGINE_LEAST);
    });
  }
});
