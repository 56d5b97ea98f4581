import { describe, expect, it, vi } from "vitest";
import { MemtableMemory, SharedMemory } from "./shared-memory.js";

vi.mock(import("../limits.js"), async (original) => ({
  ...(await original()),
  POISON_RECYCLED_MEMORY: true,
}));

describe("memory of memtables", () => {
  it("is used again, and is zero each time", () => {
    const source = new SharedMemory(1024 * 1024);
    const first = new MemtableMemory(source);
    const buffer = first.take(1000);
    new Uint8Array(buffer).fill(7);
    first.release();
    expect(new Uint8Array(buffer)[0]).toBe(0xa5);
    const again = new MemtableMemory(source).take(990);
    expect(again).toBe(buffer);
    expect(new Uint8Array(again, 0, 990).every((byte) => byte === 0)).toBe(true);
    expect(new MemtableMemory(source).take(1000)).not.toBe(buffer);
  });

  it("is at most an eighth larger than was asked for", () => {
    const source = new SharedMemory(0);
    for (let bytes = 1; bytes < 100_000; bytes += 37) {
      const { byteLength } = source.take(bytes);
      expect(byteLength).toBeGreaterThanOrEqual(bytes);
      expect(byteLength).toBeLessThanOrEqual(Math.max(bytes * 1.126, 64));
    }
  });

  it("waits for its next use up to a limit", () => {
    const source = new SharedMemory(128);
    const buffers = [source.take(64), source.take(64), source.take(64)];
    for (const buffer of buffers) source.give(buffer);
    const next = [source.take(64), source.take(64), source.take(64)];
    expect(next.filter((buffer) => buffers.includes(buffer))).toHaveLength(2);
  });
});
