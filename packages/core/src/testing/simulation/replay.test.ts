import { expect, test, vi } from "vitest";
import { SimulationCounts } from "./counts.js";
import { engineSimulation } from "./engine-seeds.js";
import { plant } from "./planted-bugs.js";
import { runSeed } from "./run-seeds.js";

vi.mock(import("../../limits.js"), async (original) => {
  const { smallLimits } = await import("./small-limits.js");
  return { ...(await original()), ...smallLimits };
});

async function run(seed: number): Promise<string> {
  const counts = new SimulationCounts();
  const { config, steps } = engineSimulation.generate(seed);
  await engineSimulation.run({ config, counts }, steps);
  return String(counts);
}

test("a seed does the same every time, down to the number of calls to the file system", async () => {
  for (let seed = 1; seed <= 12; seed++)
    expect(await run(seed), `seed ${seed}`).toBe(await run(seed));
});

/** How the first workload fails that does so with a planted bug. */
async function firstFailure(): Promise<string> {
  const bug = plant({ files: /\.run$/, every: 1 });
  for (let seed = 1; ; seed++) {
    try {
      await runSeed(engineSimulation, seed, new SimulationCounts(), bug);
    } catch (error) {
      return (error as Error).message;
    }
  }
}

test("a failure names its seed and comes with a list of steps that is as short as can be", async () => {
  const message = await firstFailure();
  const [, seed] = /^failed with seed (\d+): recovery after .*damaged/.exec(message) ?? [];
  expect(seed).toBeDefined();
  const [, left, all] = /minimal list, (\d+) of (\d+) operations/.exec(message)!;
  expect(Number(all)).toBe(engineSimulation.generate(Number(seed)).steps.length);
  expect(Number(left)).toBeLessThan(8);
  expect(message.match(/^ {2}\d+\. \{"step":/gm)).toHaveLength(Number(left));
});
