import { describe, expect, test } from "vitest";
import type { Key } from "../base/key.js";
import { Prng } from "../base/prng.js";
import { bloomContains, bloomShape, buildBloom } from "./bloom-filter.js";
import { buildHashIndex, HashProbe, hashIndexShape, pageOf } from "./hash-index.js";
import { hashKey } from "./key-hash.js";

const place = { path: "test.run", offset: 0 };

/** Kinds of keys as they really come: dense, strided, prefixed, counted up, random. */
const families: Record<string, (i: number) => Key> = {
  dense: (i) => i,
  negative: (i) => -i - 1,
  strided: (i) => i * 4096,
  large: (i) => i * 2 ** 31,
  micros: (i) => 1_700_000_000_000_000 + i * 1_000_000,
  bigints: (i) => 2n ** 62n + BigInt(i),
  decimal: (i) => String(i),
  prefixed: (i) => `user:${String(i).padStart(10, "0")}`,
  suffixed: (i) => `${String(i)}:profile:settings`,
  units: (i) => String.fromCharCode(i & 0xff, i >>> 8, 0),
};

describe("hashKey", () => {
  test("spreads every kind of key over pages, slots and bits", () => {
    const keys = 20_000;
    for (const [name, key] of Object.entries(families)) {
      const pages = new Int32Array(16);
      const slots = new Int32Array(16);
      const bits = new Int32Array(32);
      const distinct = new Set<number>();
      for (let i = 0; i < keys; i++) {
        const hash = hashKey(key(i), 7);
        distinct.add(hash);
        pages[pageOf(hash, 16)]!++;
        slots[hash & 15]!++;
        for (let bit = 0; bit < 32; bit++) bits[bit]! += (hash >>> bit) & 1;
      }
      // 20,000 of 2^32 hashes meet about 0.05 times; a handful would be a fault.
      expect(distinct.size, name).toBeGreaterThan(keys - 4);
      for (const counts of [pages, slots]) {
        const expected = keys / 16;
        const chiSquare = counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
        // 15 degrees of freedom: 60 is passed by chance once in four million.
        expect(chiSquare, name).toBeLessThan(60);
      }
      for (const ones of bits) expect(Math.abs(ones / keys - 0.5), name).toBeLessThan(0.02);
    }
  });

  test("one changed bit of a key changes half of the hash", () => {
    const prng = new Prng(3);
    const flips = new Float64Array(32);
    const rounds = 4000;
    for (let i = 0; i < rounds; i++) {
      const key = prng.int(2 ** 52);
      const other = key ^ (1 << prng.int(31));
      const a = hashKey((key | 0) >>> 0, 1);
      const b = hashKey(other >>> 0, 1);
      for (let bit = 0; bit < 32; bit++) flips[bit]! += ((a ^ b) >>> bit) & 1;
    }
    for (const count of flips) expect(Math.abs(count / rounds - 0.5)).toBeLessThan(0.05);
  });

  test("the seed changes which keys collide", () => {
    const changed = Array.from({ length: 100 }, (_, i) => hashKey(`k${String(i)}`, 1)).filter(
      (hash, i) => hash !== hashKey(`k${String(i)}`, 2),
    );
    expect(changed.length).toBe(100);
  });
});

function hashesOf(count: number, key: (i: number) => Key): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => hashKey(key(i), 0));
}

function candidates(table: Uint32Array, count: number, hash: number): number[] {
  const shape = hashIndexShape(count, count);
  const page = pageOf(hash, shape.pages);
  const probe = new HashProbe();
  const slots = table.slice(page * shape.slots, (page + 1) * shape.slots);
  probe.start(slots, hash, count);
  const rows: number[] = [];
  let row = probe.next();
  for (; row >= 0; row = probe.next()) rows.push(row);
  expect(row).toBe(HashProbe.ABSENT);
  return rows;
}

describe("hash index", () => {
  test("finds the row of every key, and next to nothing for others", () => {
    for (const count of [1, 2, 13, 1000, 3195, 3196, 20_000]) {
      const hashes = hashesOf(count, families.prefixed!);
      const rows = Uint32Array.from(hashes, (_, i) => i);
      const table = buildHashIndex(hashIndexShape(count, count), hashes, rows, count)!;
      let wrong = 0;
      const step = Math.max(1, Math.floor(count / 300));
      for (let i = 0; i < count; i += step) {
        expect(candidates(table, count, hashes[i]!)).toContain(i);
        wrong += candidates(table, count, hashKey(`absent:${String(i)}`, 0)).length;
      }
      expect(wrong).toBeLessThan(5);
    }
  });

  test("refuses to fill a page to the brim", () => {
    const shape = hashIndexShape(12, 100);
    const same = new Uint32Array(100).fill(77);
    expect(shape.slots).toBe(16);
    expect(buildHashIndex(shape, same, new Uint32Array(100), 15)).not.toBe(null);
    expect(buildHashIndex(shape, same, new Uint32Array(100), 16)).toBe(null);
  });

  test("a page without an empty slot or with a row too large is CORRUPTION", () => {
    const probe = new HashProbe();
    probe.start(new Uint32Array(16).fill(0xff00_0001), 5, 200);
    expect(probe.next()).toBe(HashProbe.FULL_PAGE);
    const tag = Math.imul(5, 0x9e3779b1) >>> 8;
    probe.start(new Uint32Array(16).fill((tag << 8) | 201, 0, 15), 5, 200);
    expect(probe.next()).toBe(HashProbe.BAD_ROW);
    expect(() => HashProbe.fail(HashProbe.FULL_PAGE, place)).toThrow(/no empty slot/);
    expect(() => HashProbe.fail(HashProbe.BAD_ROW, place)).toThrow(/not there/);
  });
});

describe("Bloom filter", () => {
  test("lets every key through and about one in a hundred others", () => {
    for (const count of [1, 10, 1000, 50_000]) {
      const shape = bloomShape(count);
      const hashes = hashesOf(count, families.prefixed!);
      const table = buildBloom(shape, hashes, count);
      const contains = (hash: number): boolean => {
        const first = pageOf(hash, shape.pages) * shape.words;
        return bloomContains(table.subarray(first, first + shape.words), hash);
      };
      expect(hashes.every(contains)).toBe(true);
      let passed = 0;
      for (let i = 0; i < 20_000; i++) if (contains(hashKey(`absent:${String(i)}`, 0))) passed++;
      expect(passed / 20_000, String(count)).toBeLessThan(0.02);
    }
  });
});
