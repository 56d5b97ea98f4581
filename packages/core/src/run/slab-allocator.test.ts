import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_SLAB_BYTES, MIN_SLAB_BYTES, SlabAllocator } from "./slab-allocator.js";

describe("SlabAllocator", () => {
  test("a size takes a slab that holds it and wastes at most a quarter", () => {
    const memory = new SlabAllocator();
    for (let size = MIN_SLAB_BYTES; size <= MAX_SLAB_BYTES; size += 997) {
      const taken = memory.sizeFor(size);
      expect(taken).toBeGreaterThanOrEqual(size);
      expect(taken).toBeLessThanOrEqual(size * 1.25);
      expect(memory.sizeFor(taken)).toBe(taken);
    }
    expect(memory.sizeFor(1)).toBe(MIN_SLAB_BYTES);
    expect(memory.sizeFor(MAX_SLAB_BYTES)).toBe(MAX_SLAB_BYTES);
    expect(memory.sizeFor(MAX_SLAB_BYTES + 1)).toBe(MAX_SLAB_BYTES + 1);
  });

  test("recycled slabs come back for the same size only", () => {
    const memory = new SlabAllocator();
    const slab = memory.create(5000);
    memory.recycle(slab);
    expect(memory.reuse(20_000)).toBe(undefined);
    expect(memory.reuse(5000)).toBe(slab);
    expect(memory.reuse(5000)).toBe(undefined);
  });

  test("buffers above the largest slab are dropped at once", () => {
    const memory = new SlabAllocator();
    const large = memory.create(MAX_SLAB_BYTES * 3);
    expect(memory.bytes).toBe(MAX_SLAB_BYTES * 3);
    memory.recycle(large);
    expect(memory.bytes).toBe(0);
  });

  test("the counts equal what is alive", () => {
    const operation = fc.tuple(fc.constantFrom("take", "give", "drop"), fc.nat(3_000_000));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), (operations) => {
        const memory = new SlabAllocator();
        const used: ArrayBuffer[] = [];
        for (const [what, n] of operations) {
          if (what === "take") used.push(memory.reuse(n) ?? memory.create(n));
          else if (what === "drop") memory.dropFree(n);
          else if (used.length > 0) memory.recycle(used.splice(n % used.length, 1)[0]!);
          const inUse = used.reduce((sum, buffer) => sum + buffer.byteLength, 0);
          expect(memory.bytes).toBe(inUse + memory.freeBytes);
        }
        memory.dropFree(Infinity);
        expect(memory.freeBytes).toBe(0);
      }),
    );
  });
});
