import { describe, expect, test, vi } from "vitest";
import { SimulationCounts } from "./counts.js";
import { engineSimulation } from "./engine-seeds.js";
import { plant, type PlantedBug } from "./planted-bugs.js";

vi.mock(import("../../limits.js"), async (original) => {
  const { smallLimits } = await import("./small-limits.js");
  return { ...(await original()), ...smallLimits };
});

/** Workloads within which each bug must be caught; the simulation itself runs the same ones clean. */
const SEEDS = 60;

/** Every sync left out, or only some of them, which fewer crashes give away. */
const BUGS: Readonly<Record<string, PlantedBug>> = {
  "no sync of the log": { files: /\/log\//, every: 1 },
  "one sync of the log in five forgotten": { files: /\/log\//, every: 5 },
  "no sync of the manifest": { files: /MANIFEST/, every: 1 },
  "one sync of the manifest in two forgotten": { files: /MANIFEST/, every: 2 },
  "no sync of CURRENT": { files: /CURRENT/, every: 1 },
  "no sync of run files": { files: /\.run$/, every: 1 },
  "one sync of run files in four forgotten": { files: /\.run$/, every: 4 },
  "no sync of the directory of runs": { directory: "db/runs", every: 1 },
  "no sync of the directory of the log": { directory: "db/log", every: 1 },
  "no sync of the database's directory": { directory: "db", every: 1 },
  "no sync of the directory above": { directory: ".", every: 1 },
};

/** The first seed whose workload fails with the bug, and how. */
async function firstCaught(
  bug: PlantedBug,
): Promise<{ seed: number; failure: string } | undefined> {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { config, steps } = engineSimulation.generate(seed);
    const counts = new SimulationCounts();
    try {
      await engineSimulation.run({ config, counts, plant: plant(bug) }, steps);
    } catch (error) {
      return { seed, failure: (error as Error).message };
    }
  }
  return undefined;
}

describe("the simulation catches a database with", () => {
  test.each(Object.entries(BUGS))("%s", async (_name, bug) => {
    const caught = await firstCaught(bug);
    expect(caught?.failure).toMatch(
      /acknowledged|damaged|missing|instead of|oldest segment|holds no log/,
    );
  });
});
