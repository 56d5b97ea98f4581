import { describe, expect, test } from "vitest";
import { Prng } from "../base/prng.js";
import { BufferPool, type EntryOwner, type PoolEntry } from "./buffer-pool.js";

/** A section's blocks: block i begins and ends with i, loaded when it is not in the pool. */
class Blocks implements EntryOwner {
  readonly entries = new Map<number, PoolEntry>();
  readonly contents = new Map<number, Uint8Array>();
  loads = 0;
  readonly #section: number;

  constructor(
    readonly pool: BufferPool,
    readonly size: (block: number) => number,
  ) {
    this.#section = pool.sectionNumber();
  }

  read(block: number): Uint8Array {
    const entry = this.entries.get(block);
    if (entry !== undefined) {
      this.pool.touch(entry);
      return this.contents.get(block)!;
    }
    this.loads++;
    const region = this.pool.allocate(this.size(block));
    const content = new Uint8Array(region.buffer, region.offset, this.size(block));
    content[0] = block;
    content[content.length - 1] = block;
    const key = this.#section * 2 ** 32 + block;
    this.entries.set(block, this.pool.admit(this, block, key, region));
    this.contents.set(block, content);
    return content;
  }

  evicted(slot: number): void {
    this.entries.delete(slot);
    this.contents.delete(slot);
  }
}

const KB = 1024;

describe("BufferPool", () => {
  test("keeps to its capacity in bytes", () => {
    const pool = new BufferPool(1000 * KB);
    const blocks = new Blocks(pool, (block) => 4 * KB + (block % 7) * 5 * KB);
    for (let block = 0; block < 500; block++) {
      blocks.read(block);
      pool.nextStep();
      expect(pool.stats().bytes).toBeLessThanOrEqual(pool.capacity);
    }
    expect(pool.stats().evictions).toBeGreaterThan(400);
    expect(pool.stats().bytes).toBeGreaterThan(pool.capacity * 0.7);
  });

  test("a scan larger than the pool does not flush the hot set", () => {
    const pool = new BufferPool(1000 * KB);
    const hot = new Blocks(pool, () => 16 * KB);
    const cold = new Blocks(pool, () => 32 * KB);
    const prng = new Prng(1);
    const readHot = (): void => {
      hot.read(prng.int(30));
      pool.nextStep();
    };
    for (let i = 0; i < 2000; i++) readHot();
    const before = hot.loads;
    for (let block = 0; block < 3000; block++) {
      // A scan touches a block many times within its step.
      for (let touch = 0; touch < 5; touch++) cold.read(block);
      pool.nextStep();
      if (block % 10 === 0) readHot();
    }
    expect(cold.loads).toBe(3000);
    expect(hot.loads - before).toBeLessThan(10);
  });

  test("a new hot set takes over from an old one", () => {
    const pool = new BufferPool(1000 * KB);
    const prng = new Prng(2);
    for (const section of [0, 1, 2]) {
      const blocks = new Blocks(pool, () => 16 * KB);
      for (let i = 0; i < 5000; i++) {
        blocks.read(prng.int(40));
        pool.nextStep();
      }
      expect(blocks.loads, `hot set ${String(section)}`).toBeLessThan(250);
    }
  });

  test("what a step touched stays whole until the next step, whatever it costs", () => {
    const pool = new BufferPool(200 * KB);
    const blocks = new Blocks(pool, () => 16 * KB);
    for (let round = 0; round < 20; round++) {
      const contents = Array.from({ length: 100 }, (_, i) => blocks.read((round * 50 + i) & 0xff));
      contents.forEach((content, i) => {
        const block = (round * 50 + i) & 0xff;
        expect(blocks.contents.get(block)).toBe(content);
        expect([content[0], content.at(-1)]).toEqual([block, block]);
      });
      expect(pool.stats().bytes).toBeGreaterThan(pool.capacity);
      pool.nextStep();
      expect(pool.stats().bytes).toBeLessThanOrEqual(pool.capacity);
    }
  });

  test("memory is used again, and little of it is lost between entries", () => {
    const pool = new BufferPool(16_000 * KB);
    const prng = new Prng(5);
    const sizes = Array.from({ length: 3000 }, () => 1 * KB + prng.int(55 * KB));
    const blocks = new Blocks(pool, (block) => sizes[block]!);
    const seen = new Set<ArrayBufferLike>();
    for (let block = 0; block < 3000; block++) {
      seen.add(blocks.read(block).buffer);
      pool.nextStep();
      if (block > 1000) expect(pool.stats().entryBytes).toBeGreaterThan(pool.capacity * 0.75);
    }
    expect(seen.size).toBeLessThan(64);
  });

  test("adapts when the sizes wanted change", () => {
    const pool = new BufferPool(500 * KB);
    for (const size of [4 * KB, 100 * KB, 1 * KB, 300 * KB, 700 * KB, 8 * KB]) {
      const blocks = new Blocks(pool, () => size);
      for (let block = 0; block < 600; block++) {
        expect(blocks.read(block)[0]).toBe(block & 0xff);
        pool.nextStep();
        expect(pool.stats().bytes).toBeLessThanOrEqual(pool.capacity);
      }
    }
  });

  test("discard and release give everything back", () => {
    const pool = new BufferPool(500 * KB);
    const blocks = new Blocks(pool, () => 16 * KB);
    pool.reserve(1000);
    for (let block = 0; block < 10; block++) blocks.read(block);
    pool.grow(blocks.entries.get(3)!, 5000);
    for (const entry of [...blocks.entries.values()]) pool.discard(entry);
    pool.release(1000);
    expect(pool.stats().entries).toBe(0);
    const smaller = new BufferPool(0);
    expect(smaller.stats().bytes).toBe(0);
    // All that is left are free slabs, which the next wants use.
    const left = pool.stats().bytes;
    expect(left % (64 * KB)).toBe(0);
    for (let block = 10; block < 20; block++) blocks.read(block);
    expect(pool.stats().bytes - left).toBeLessThan(10 * KB);
  });

  test("counts hits once a step, and misses", () => {
    const pool = new BufferPool(500 * KB);
    const blocks = new Blocks(pool, () => 16 * KB);
    blocks.read(1);
    blocks.read(1);
    pool.nextStep();
    blocks.read(1);
    blocks.read(1);
    expect(pool.stats()).toMatchObject({ hits: 1, misses: 1, evictions: 0, entries: 1 });
  });
});
