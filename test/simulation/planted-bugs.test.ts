import { afterEach, expect, test, vi } from "vitest";
import type { Vfs } from "../../packages/core/src/vfs/contract.js";
import { plant } from "../../packages/core/src/testing/simulation/planted-bugs.js";
import {
  plantRowBug,
  type RowBug,
} from "../../packages/core/src/testing/simulation/planted-rows.js";
import { DatabaseCounts } from "./counts.js";
import { databaseSimulation } from "./database-seeds.js";

vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
  const { adjustableLimits } =
    await import("../../packages/core/src/testing/simulation/small-limits.js");
  return adjustableLimits(await original());
});
vi.mock(import("../../packages/core/src/base/clock.js"), async (original) => {
  const clock = await original();
  return { ...clock, sleep: clock.yieldToEventLoop };
});
vi.mock(import("../../packages/core/src/tree/flush.js"), async (original) => {
  const { withFlushBugs } =
    await import("../../packages/core/src/testing/simulation/planted-rows.js");
  const { createFlushJob } = await original();
  return { createFlushJob: (options) => createFlushJob(withFlushBugs(options)) };
});
vi.mock(import("../../packages/core/src/tree/compaction.js"), async (original) => {
  const { withCompactionBugs } =
    await import("../../packages/core/src/testing/simulation/planted-rows.js");
  const { createCompactionJob } = await original();
  return { createCompactionJob: (options) => createCompactionJob(withCompactionBugs(options)) };
});
vi.mock(import("../../packages/core/src/run/section-writer.js"), async (original) => {
  const { withSortBug } =
    await import("../../packages/core/src/testing/simulation/planted-rows.js");
  return { RunSectionWriter: withSortBug((await original()).RunSectionWriter) };
});

/** Far fewer than `npm test` runs: what was not found in these would be found by luck only. */
const SEEDS = 100;
const TIMEOUT_MS = 120_000;

afterEach(() => plantRowBug(undefined));

/** How the first workload fails that does. */
async function firstFailure(plant?: (vfs: Vfs) => Vfs): Promise<string> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { config, steps } = databaseSimulation.generate(seed);
    try {
      await databaseSimulation.run({ config, counts: new DatabaseCounts(), plant }, steps);
    } catch (error) {
      return (error as Error).message;
    }
  }
  return "nothing was noticed";
}

test.each<{ bug: RowBug; told: RegExp }>([
  { bug: "misSort", told: /instead of|check found/ },
  { bug: "flushForgetsTombstones", told: /instead of|check found/ },
  { bug: "compactionForgetsTombstones", told: /instead of|check found/ },
  { bug: "compactionForgetsSnapshots", told: /instead of/ },
])("the simulation notices: $bug", { timeout: TIMEOUT_MS }, async ({ bug, told }) => {
  plantRowBug(bug);
  expect(await firstFailure()).toMatch(told);
});

test(
  "the simulation notices that one sync of the log in five is left out",
  { timeout: TIMEOUT_MS },
  async () => {
    const failure = await firstFailure(plant({ files: /\/log\//, every: 5 }));
    expect(failure).toMatch(/acknowledged|damaged|missing|instead of/);
  },
);
