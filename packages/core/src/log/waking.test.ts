import { describe, expect, test } from "vitest";
import type { Clock } from "../base/clock.js";
import { ManualClock } from "../base/clock.js";
import { Wave, Waking } from "./waking.js";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Woken {
  readonly waking: Waking;
  readonly clock: ManualClock;
  /** Names of waves in the order in which they were woken, and "over". */
  readonly seen: string[];
  /** Each of those who are woken takes a millisecond. */
  waves(...names: string[]): Wave[];
}

function woken(): Woken {
  const clock = new ManualClock();
  const seen: string[] = [];
  const waking = new Waking(clock satisfies Clock, () => seen.push("over"));
  const waves = (...names: string[]): Wave[] =>
    names.map((name) => {
      const wave = new Wave();
      void wave.promise.then(() => {
        seen.push(name);
        clock.advance(1);
      });
      return wave;
    });
  return { waking, clock, seen, waves };
}

describe("waking in waves", () => {
  test("gives the event loop its turn in between", async () => {
    const { waking, seen, waves } = woken();
    waking.wake(waves("a", "b", "c"));
    const counts = [0];
    while (waking.active) {
      await turn();
      counts.push(seen.length);
    }
    expect(seen).toEqual(["a", "b", "c", "over"]);
    const together = counts.slice(1).map((count, i) => count - counts[i]!);
    expect(Math.max(...together)).toBe(2);
  });

  test("wakes several in a turn while they take no time", async () => {
    const { waking, seen } = woken();
    const waves = [new Wave(), new Wave(), new Wave()];
    waves.forEach((wave, i) => void wave.promise.then(() => seen.push(String(i))));
    waking.wake(waves);
    await turn();
    expect(seen).toEqual(["0", "1", "2", "over"]);
  });

  test("keeps the order of what comes while it is at it", async () => {
    const { waking, seen, waves } = woken();
    waking.wake(waves("a", "b"));
    waking.wake(waves("c"));
    for (let i = 0; i < 5; i++) await turn();
    expect(seen).toEqual(["a", "b", "c", "over"]);
  });

  test.each([0, 1, 2, 3])("wakes all at once when it must (after %d ticks)", async (ticks) => {
    const { waking, seen, waves } = woken();
    waking.wake(waves("a", "b", "c"));
    for (let i = 0; i < ticks; i++) await new Promise<void>((resolve) => process.nextTick(resolve));
    waking.wakeAll(waves("d"));
    while (waking.active) await turn();
    expect(seen).toEqual(["a", "b", "c", "d", "over"]);
    waking.wakeAll(waves("e"));
    await turn();
    expect(seen.at(-1)).toBe("e");
  });

  test("is not begun by nobody", async () => {
    const { waking, seen } = woken();
    waking.wake([]);
    await turn();
    expect(waking.active).toBe(false);
    expect(seen).toEqual([]);
  });
});
