import { test, vi } from "vitest";
import { expectLively, runSeeds, seedsOfHalf } from "./run-seeds.js";

vi.mock(import("../../limits.js"), async (original) => {
  const { smallLimits } = await import("./small-limits.js");
  return { ...(await original()), ...smallLimits };
});

const { first, count } = seedsOfHalf(1);
const TIMEOUT_MS = 60_000 + count * 1000;

test.runIf(count > 0)(
  `the database survives crashes and faults (seeds ${first} to ${first + count - 1})`,
  { timeout: TIMEOUT_MS },
  async () => {
    const counts = await runSeeds(first, count);
    if (count >= 50) expectLively(counts, count);
  },
);
