import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SlabAllocator, UNIT_BYTES, type Region } from "./slab-allocator.js";

const MB = 1024 * 1024;

function overlap(a: Region, b: Region): boolean {
  return a.buffer === b.buffer && a.offset < b.offset + b.length && b.offset < a.offset + a.length;
}

describe("SlabAllocator", () => {
  test("slabs are a small part of the pool", () => {
    expect(new SlabAllocator(256 * MB).slabBytes).toBe(4 * MB);
    expect(new SlabAllocator(64 * MB).slabBytes).toBe(2 * MB);
    expect(new SlabAllocator(0).slabBytes).toBe(64 * 1024);
  });

  test("free neighbours join, whatever the order they are freed in", () => {
    for (const order of ["012", "021", "102", "120", "201", "210"]) {
      const memory = new SlabAllocator(0);
      memory.addSlab();
      const third = memory.slabBytes / 4;
      const regions = [0, 1, 2].map(() => memory.take(third)!);
      expect(memory.take(memory.slabBytes / 2)).toBe(undefined);
      for (const i of order) memory.free(regions[Number(i)]!);
      expect(memory.take(memory.slabBytes)?.length).toBe(memory.slabBytes);
    }
  });

  test("a slab is given back when nothing of it is used", () => {
    const memory = new SlabAllocator(0);
    expect(memory.dropSlab()).toBe(false);
    memory.addSlab();
    const region = memory.take(5000)!;
    expect(memory.dropSlab()).toBe(false);
    memory.free(region);
    expect(memory.dropSlab()).toBe(true);
    expect(memory.bytes).toBe(0);
    expect(memory.take(1)).toBe(undefined);
    memory.addSlab();
    expect(memory.take(1)?.slab).toBe(0);
  });

  test("regions never overlap, hold what was asked for, and are all found again", () => {
    const operation = fc.tuple(
      fc.constantFrom("take", "take", "free", "slab", "drop"),
      fc.nat(40_000),
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120 }), (operations) => {
        const memory = new SlabAllocator(0);
        const used: Region[] = [];
        let slabs = 0;
        let own = 0;
        for (const [what, n] of operations) {
          if (what === "slab") {
            memory.addSlab();
            slabs++;
          } else if (what === "drop") {
            if (memory.dropSlab()) slabs--;
          } else if (what === "free") {
            const [region] = used.splice(n % Math.max(used.length, 1), 1);
            if (region === undefined) continue;
            memory.free(region);
            if (region.slab < 0) own -= region.length;
          } else {
            const region = memory.take(n) ?? memory.own(n);
            if (region.slab < 0) own += region.length;
            expect(region.length).toBeGreaterThanOrEqual(n);
            expect(region.length).toBeLessThan(n + 2 * UNIT_BYTES);
            expect(region.offset % UNIT_BYTES).toBe(0);
            expect(used.some((other) => overlap(region, other))).toBe(false);
            used.push(region);
          }
          expect(memory.bytes).toBe(slabs * memory.slabBytes + own);
        }
        for (const region of used) memory.free(region);
        while (memory.dropSlab()) slabs--;
        expect([memory.bytes, slabs]).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
