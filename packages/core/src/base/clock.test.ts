import { describe, expect, it } from "vitest";
import { defer, ManualClock, systemClock, yieldToEventLoop } from "./clock.js";

describe("clocks", () => {
  it("tells the system's time in whole microseconds", () => {
    const before = Date.now() * 1000;
    const now = systemClock.now();
    expect(Number.isSafeInteger(now)).toBe(true);
    expect(now - before).toBeGreaterThanOrEqual(0);
    expect(now - before).toBeLessThan(60_000_000);
    expect(systemClock.monotonicMs()).toBeLessThanOrEqual(systemClock.monotonicMs());
  });

  it("moves only as it is told, and back only on the wall", () => {
    const clock = new ManualClock(5_000_000);
    clock.advance(1.5);
    expect([clock.now(), clock.monotonicMs()]).toEqual([5_001_500, 1.5]);
    clock.set(1_000_000);
    expect([clock.now(), clock.monotonicMs()]).toEqual([1_000_000, 1.5]);
  });
});

describe("turns of the event loop", () => {
  it("defers to after the current code and before any other turn", async () => {
    const order: string[] = [];
    const turn = yieldToEventLoop().then(() => order.push("turn"));
    defer(() => order.push("deferred"));
    order.push("now");
    await turn;
    expect(order).toEqual(["now", "deferred", "turn"]);
  });

  it("lets timers run when it yields", async () => {
    let ran = false;
    setTimeout(() => {
      ran = true;
    }, 0);
    for (let i = 0; i < 1000 && !ran; i++) await yieldToEventLoop();
    expect(ran).toBe(true);
  });
});
