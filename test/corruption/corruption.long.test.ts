import { vi } from "vitest";
import { testDamage } from "./suite.js";

vi.mock(import("../../packages/core/src/limits.js"), async (original) => {
  const { tinyLimits } = await import("./tiny-limits.js");
  return { ...(await original()), ...tinyLimits };
});

const HOUR_MS = 3_600_000;

/** Every byte, every length and every file. */
testDamage({ stride: 1, first: 0 }, 4 * HOUR_MS, (text) => {
  process.stdout.write(`${text}\n`);
});
