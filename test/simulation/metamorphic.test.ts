import { expect, test, vi } from "vitest";
import { Prng } from "../../packages/core/src/base/prng.js";
import { OPERATIONS, randomConfiguration, Subject } from "./metamorphic.js";

vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
  const { adjustableLimits } =
    await import("../../packages/core/src/testing/simulation/small-limits.js");
  return adjustableLimits(await original());
});

/** `AEGIS_METAMORPHIC_SEEDS=100` runs that many. */
const SEEDS = Number(process.env["AEGIS_METAMORPHIC_SEEDS"] ?? 2);
const CONFIGURATIONS = 12;
const TIMEOUT_MS = 60_000 * SEEDS;

test(
  `the same operations give the same answers in ${CONFIGURATIONS} configurations`,
  { timeout: TIMEOUT_MS },
  async () => {
    let [flushes, compactions] = [0, 0];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const prng = new Prng(seed * 7919);
      let first: readonly string[] | undefined;
      for (let i = 0; i < CONFIGURATIONS; i++) {
        const config = randomConfiguration(prng);
        const where = `seed ${seed} with ${JSON.stringify(config)}`;
        const subject = new Subject(config);
        await subject.run(seed).catch((cause: unknown) => {
          throw new Error(where, { cause });
        });
        first ??= subject.answers;
        expect(subject.answers, where).toEqual(first);
        flushes += subject.counts.flushes;
        compactions += subject.counts.compactions;
      }
      expect(first!.length).toBeGreaterThan(OPERATIONS);
    }
    expect(flushes).toBeGreaterThan(50 * SEEDS);
    expect(compactions).toBeGreaterThan(50 * SEEDS);
  },
);
