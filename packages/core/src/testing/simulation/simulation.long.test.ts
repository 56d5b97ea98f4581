import { describe, test, vi } from "vitest";
import { expectLively, runSeeds } from "./run-seeds.js";

vi.mock(import("../../limits.js"), async (original) => {
  const { smallLimits } = await import("./small-limits.js");
  return { ...(await original()), ...smallLimits };
});

/** Beyond those of `npm test`; 20,000 by AEGIS_SIM_SEEDS=20000. */
const FIRST = Number(process.env["AEGIS_SIM_SEED"] ?? 1001);
const TOTAL = Number(process.env["AEGIS_SIM_SEEDS"] ?? 2000);
/** Seeds of one test, so that progress shows. */
const PORTION = 500;

describe("the database survives crashes and faults", () => {
  for (let first = FIRST; first < FIRST + TOTAL; first += PORTION) {
    const count = Math.min(PORTION, FIRST + TOTAL - first);
    test(`seeds ${first} to ${first + count - 1}`, async () => {
      const counts = await runSeeds(first, count);
      if (count >= 50) expectLively(counts, count);
    });
  }
});
