import { vi } from "vitest";
import { surviveLong } from "./survive-seeds.js";

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

surviveLong(0);
