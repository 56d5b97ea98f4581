import { describe, expect, it } from "vitest";
import { Prng, randomSeed, secureBytes } from "./prng.js";

describe("Prng", () => {
  it("gives the same sequence for the same seed, and others for others", () => {
    const take = (seed: number): number[] => {
      const prng = new Prng(seed);
      return Array.from({ length: 20 }, () => prng.uint32());
    };
    expect(take(7)).toEqual(take(7));
    const firsts = new Set<number>();
    for (let seed = 0; seed < 1000; seed++) firsts.add(take(seed)[0]!);
    expect(firsts.size).toBeGreaterThan(995);
    expect(take(2 ** 40)).not.toEqual(take(0));
    expect(take(-1)).not.toEqual(take(1));
  });

  it("draws every value about equally often", () => {
    const prng = new Prng(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[prng.int(10)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    let heads = 0;
    for (let i = 0; i < 100_000; i++) if (prng.chance(0.3)) heads++;
    expect(Math.abs(heads - 30_000)).toBeLessThan(1000);
    for (let i = 0; i < 1000; i++) {
      const value = prng.float();
      expect(value >= 0 && value < 1).toBe(true);
    }
  });

  it("has no correlation between the bits of one draw and the next", () => {
    const prng = new Prng(3);
    let equal = 0;
    let last = prng.uint32();
    for (let i = 0; i < 10_000; i++) {
      const next = prng.uint32();
      for (let diff = ~(last ^ next); diff !== 0; diff &= diff - 1) equal++;
      last = next;
    }
    expect(Math.abs(equal / 10_000 - 16)).toBeLessThan(0.15);
  });

  it("picks, shuffles and fills", () => {
    const prng = new Prng(5);
    const items = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = prng.shuffle([...items]);
    expect(shuffled).not.toEqual(items);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(items);
    expect(items).toContain(prng.pick(items));
    expect(new Set(prng.bytes(500)).size).toBeGreaterThan(200);
    const [a, b] = [prng.fork(), prng.fork()];
    expect(a.uint32()).not.toBe(b.uint32());
  });

  it("takes seeds and bytes from the system where chance is wanted", () => {
    expect(Number.isSafeInteger(randomSeed())).toBe(true);
    expect(randomSeed()).not.toBe(randomSeed());
    expect(secureBytes(16)).not.toEqual(secureBytes(16));
  });
});
