import { describe, test } from "vitest";
import {
  expectLively,
  partOf,
  runSeeds,
  seedsTitle,
  wantedSeeds,
  type SeedRange,
} from "../../packages/core/src/testing/simulation/run-seeds.js";
import { DATABASE_LEAST, databaseSimulation } from "./database-seeds.js";

/** What `npm test` runs, and what `npm run test:long` does: each in two files, one for each core. */
const SHORT: SeedRange = { first: 1, count: 500 };
const LONG: SeedRange = { first: 1001, count: 20_000 };
/** Seeds of one test of the long tier, so that progress shows. */
const PORTION = 250;
const TIMEOUT_MS_PER_SEED = 5000;

/** Tests that run one half of the seeds. */
export function surviveShort(half: 0 | 1): void {
  survive(partOf(wantedSeeds(SHORT), half, 2));
}

export function surviveLong(half: 0 | 1): void {
  const all = partOf(wantedSeeds(LONG), half, 2);
  describe("in portions", () => {
    for (let done = 0; done < all.count; done += PORTION) {
      survive({ first: all.first + done, count: Math.min(PORTION, all.count - done) });
    }
  });
}

function survive(seeds: SeedRange): void {
  const timeout = 60_000 + seeds.count * TIMEOUT_MS_PER_SEED;
  const title = `tables, keys and values survive crashes and faults (${seedsTitle(seeds)})`;
  test.runIf(seeds.count > 0)(title, { timeout }, async () => {
    const counts = await runSeeds(databaseSimulation, seeds);
    expectLively(counts, seeds, DATABASE_LEAST);
  });
}
