import { describe, test, vi } from "vitest";
import {
  expectLively,
  partOf,
  runSeeds,
  seedsTitle,
  wantedSeeds,
  type SeedRange,
} from "../../packages/core/src/testing/simulation/run-seeds.js";
import { DatabaseCounts } from "./counts.js";
import { DATABASE_LEAST, databaseSimulation } from "./database-seeds.js";

vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
  const { adjustableLimits } =
    await import("../../packages/core/src/testing/simulation/small-limits.js");
  return adjustableLimits(await original());
});
vi.mock(import("../../packages/core/src/base/clock.js"), async (original) => {
  const clock = await original();
  // A transaction that is run again waits for a turn, not for a time.
  return { ...clock, sleep: clock.yieldToEventLoop };
});

/** What `npm test` runs, and what `npm run test:long` does: each in two files, one for each core. */
const SHORT: SeedRange = { first: 1, count: 500 };
const LONG: SeedRange = { first: 1001, count: 20_000 };
/** Seeds of one test of the long tier, so that progress shows. */
const PORTION = 250;
const TIMEOUT_MS_PER_SEED = 5000;

/** Tests that run one half of the seeds. */
export function surviveShort(half: 0 | 1): void {
  const seeds = partOf(wantedSeeds(SHORT), half, 2);
  survive(seeds, (counts) => expectLively(counts, seeds, DATABASE_LEAST));
}

export function surviveLong(half: 0 | 1): void {
  const all = partOf(wantedSeeds(LONG), half, 2);
  const total = new DatabaseCounts();
  describe(`half ${half}`, () => {
    for (let done = 0; done < all.count; done += PORTION) {
      const portion = { first: all.first + done, count: Math.min(PORTION, all.count - done) };
      survive(portion, (counts) => {
        total.add(counts);
        process.stdout.write(`${done + portion.count} of ${all.count} seeds are done\n`);
      });
    }
    test("everything has happened often", () => {
      expectLively(total, all, DATABASE_LEAST);
    });
  });
}

function survive(seeds: SeedRange, onDone: (counts: DatabaseCounts) => void): void {
  const timeout = 60_000 + seeds.count * TIMEOUT_MS_PER_SEED;
  const title = `tables, keys and values survive crashes and faults (${seedsTitle(seeds)})`;
  test.runIf(seeds.count > 0)(title, { timeout }, async () => {
    onDone(await runSeeds(databaseSimulation, seeds));
  });
}
