import { expect, test, vi } from "vitest";
import { plant } from "../../packages/core/src/testing/simulation/planted-bugs.js";
import { runSeed } from "../../packages/core/src/testing/simulation/run-seeds.js";
import { TracingFs } from "../../packages/core/src/testing/simulation/tracing-fs.js";
import type { Vfs } from "../../packages/core/src/vfs/contract.js";
import { DatabaseCounts } from "./counts.js";
import { databaseSimulation } from "./database-seeds.js";

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

// What the garbage collector finds, and when, is nothing that a seed decides: cursors that were left
// before their end keep what they hold.
vi.hoisted(() => {
  globalThis.FinalizationRegistry = class {
    readonly [Symbol.toStringTag] = "FinalizationRegistry";
    register(): void {
      // Nobody is ever told.
    }
    unregister(): boolean {
      return false;
    }
  };
});

const TIMEOUT_MS = 120_000;

/** Everything that a workload does to its disk, and what happened on the way. */
async function trace(seed: number): Promise<string> {
  const lines: string[] = [];
  const counts = new DatabaseCounts();
  const { config, steps } = databaseSimulation.generate(seed);
  const tracing = { config, counts, plant: (vfs: Vfs) => new TracingFs(vfs, lines) };
  await databaseSimulation.run(tracing, steps);
  expect(lines.length).toBeGreaterThan(100);
  return [...lines, String(counts)].join("\n");
}

test("a seed does the same every time, byte for byte", { timeout: TIMEOUT_MS }, async () => {
  for (const seed of [1, 2, 3, 5, 8, 13]) {
    expect(await trace(seed), `seed ${seed}`).toBe(await trace(seed));
  }
});

/** How the first workload fails that does so without the syncs of run files. */
async function firstFailure(): Promise<string> {
  const bug = plant({ files: /\.run$/, every: 1 });
  for (let seed = 1; ; seed++) {
    try {
      await runSeed(databaseSimulation, seed, new DatabaseCounts(), bug);
    } catch (error) {
      return (error as Error).message;
    }
  }
}

test(
  "a failure names its seed and its options, and comes with a short script",
  { timeout: TIMEOUT_MS },
  async () => {
    const message = await firstFailure();
    const [, seed] = /^failed with seed (\d+): recovery after .*damaged/.exec(message) ?? [];
    expect(seed).toBeDefined();
    const { config, steps } = databaseSimulation.generate(Number(seed));
    expect(message).toContain(`with ${JSON.stringify(config)}`);
    const [, left, all] = /minimal list, (\d+) of (\d+) operations/.exec(message)!;
    expect(Number(all)).toBe(steps.length);
    expect(Number(left)).toBeLessThan(10);
    expect(message.match(/^ {2}\d+\. /gm)).toHaveLength(Number(left));
  },
);
