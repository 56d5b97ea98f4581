import { describe, expect, it } from "vitest";
import {
  HURRY_FILL,
  LEVEL_ZERO_SLOW_SECTIONS,
  LEVEL_ZERO_STOP_SECTIONS,
  MAX_GROUP_DELAY_MS,
} from "../limits.js";
import { WritePressure } from "./write-pressure.js";

function setUp(): {
  pressure: WritePressure;
  gauges: { fill: number; sections: number; backlog: number };
  hurried: boolean[];
} {
  const gauges = { fill: 0, sections: 0, backlog: 0 };
  const hurried: boolean[] = [];
  let ms = 0;
  const pressure = new WritePressure(
    {
      fill: () => gauges.fill,
      backlog: () => gauges.backlog,
      levelZeroSections: () => gauges.sections,
    },
    (isNeeded) => hurried.push(isNeeded),
    () => (ms += 5),
  );
  return { pressure, gauges, hurried };
}

describe("the pressure on writers", () => {
  it("delays nobody while flushes and compactions keep up", () => {
    const { pressure, gauges } = setUp();
    gauges.sections = LEVEL_ZERO_SLOW_SECTIONS;
    expect(pressure.takeDelay()).toBe(0);
    expect(pressure.stats()).toMatchObject({ pressure: 0, delayed: 0, delayedMs: 0 });
  });

  it("grows with memory and with level 0, never by a jump, up to the longest delay", () => {
    for (const name of ["fill", "sections"] as const) {
      const { pressure, gauges } = setUp();
      const span = LEVEL_ZERO_STOP_SECTIONS - LEVEL_ZERO_SLOW_SECTIONS;
      let before = 0;
      for (let step = 0; step <= span; step++) {
        gauges[name] = name === "fill" ? step / span : LEVEL_ZERO_SLOW_SECTIONS + step;
        const delay = pressure.takeDelay();
        expect(delay).toBeGreaterThanOrEqual(before);
        expect(delay - before).toBeLessThan(MAX_GROUP_DELAY_MS / 4);
        before = delay;
      }
      expect(before).toBe(MAX_GROUP_DELAY_MS);
      gauges[name] *= 2;
      expect(pressure.takeDelay()).toBe(MAX_GROUP_DELAY_MS);
      expect(pressure.stats().delayed).toBeGreaterThan(2);
    }
  });

  it("counts those who are stopped, also when what they wait for fails", () => {
    const { pressure } = setUp();
    pressure.stop(() => undefined);
    expect(() =>
      pressure.stop(() => {
        throw new Error("no space");
      }),
    ).toThrow("no space");
    expect(pressure.stats()).toMatchObject({ stopped: 2, stoppedMs: 10 });
  });

  it("hurries flushes and compactions long before anybody is delayed", () => {
    const { pressure, gauges, hurried } = setUp();
    pressure.takeDelay();
    gauges.backlog = HURRY_FILL / 2;
    pressure.takeDelay();
    gauges.backlog = HURRY_FILL * 1.1;
    expect(pressure.takeDelay()).toBe(0);
    gauges.backlog = 0;
    gauges.sections = LEVEL_ZERO_SLOW_SECTIONS + 1;
    expect(pressure.takeDelay()).toBe(0);
    expect(hurried).toEqual([false, false, true, true]);
  });
});
