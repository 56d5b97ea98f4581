import { vi } from "vitest";
import { randomSeed } from "../../packages/core/src/base/prng.js";
import { testDamage } from "./suite.js";

vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
  const { tinyLimits } = await import("./tiny-limits.js");
  return { ...(await original()), ...tinyLimits };
});

/** A prime, so that it meets every place in blocks, frames and words sooner or later. */
const STRIDE = 211;
/** Which ones; each run tries others. */
const FIRST = Number(process.env["AEGIS_CORRUPTION_FIRST"] ?? randomSeed() % STRIDE);

testDamage({ stride: STRIDE, first: FIRST }, 120_000);
