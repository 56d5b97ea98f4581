import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Key } from "../base/key.js";
import type { KeyIndex } from "./key-index.js";
import { NumberKeyIndex } from "./number-key-index.js";
import { MemtableMemory } from "./shared-memory.js";
import { StringKeyIndex, type IndexedRows } from "./string-key-index.js";

const noRows: IndexedRows = { fetch: () => 0 };

/** Inserts keys and compares every answer with a Map. */
function compareWithMap(index: KeyIndex, keys: readonly Key[]): void {
  const map = new Map<Key, number>();
  keys.forEach((key, row) => {
    expect(index.find(key)).toBe(map.get(key) ?? -1);
    expect(index.insert(key, row)).toBe(map.get(key) ?? -1);
    map.set(key, row);
    expect(index.find(key)).toBe(row);
    expect(index.keyOf(row)).toBe(key);
    expect(index.newest(row)).toBe(row);
    expect(index.isBelow(row, key)).toBe(false);
    expect(index.isBelow(0, key)).toBe(keys[0]! < key);
    expect(index.isBefore(0, row)).toBe(keys[0]! < key);
    expect(index.isBefore(row, 0)).toBe(key < keys[0]!);
  });
  expect(index.size).toBe(map.size);
  for (const [key, row] of map) expect(index.find(key)).toBe(row);
  const rows = Int32Array.from(map.values());
  index.sort(rows);
  const sorted = [...map.keys()].sort((a, b) => (a < b ? -1 : 1));
  expect([...rows].map((row) => index.keyOf(row))).toEqual(sorted);
}

const anyNumber: fc.Arbitrary<Key> = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: 0, max: 40 }).map((n) => n * 2 ** 32),
  fc.constantFrom(2n ** 53n, -(2n ** 53n), 2n ** 62n),
);
const anyText = fc.string({ unit: fc.constantFrom("a", "b", "\0", "\u0100"), maxLength: 4 });

describe("the hash index", () => {
  test("of numbers answers as a Map does", () => {
    fc.assert(
      fc.property(fc.array(anyNumber, { maxLength: 300, size: "max" }), (keys) => {
        compareWithMap(new NumberKeyIndex(), keys);
      }),
      { numRuns: 50 },
    );
  });

  test("of strings answers as a Map does", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 300, size: "max" }), (keys) => {
        compareWithMap(new StringKeyIndex(noRows, new MemtableMemory(undefined)), keys);
      }),
      { numRuns: 50 },
    );
  });

  test.each([0, 5000, 100_000])(
    "grows from few to many, whatever was expected (%d)",
    (expected) => {
      const memory = new MemtableMemory(undefined);
      for (const index of [
        new NumberKeyIndex(expected),
        new StringKeyIndex(noRows, memory, expected),
      ]) {
        const keyAt = (row: number): Key =>
          index instanceof NumberKeyIndex ? row * 7919 : `key ${row * 7919}`;
        for (let row = 0; row < 20_000; row++) expect(index.insert(keyAt(row), row)).toBe(-1);
        for (let row = 0; row < 20_000; row += 7) expect(index.find(keyAt(row))).toBe(row);
        expect(index.find(keyAt(20_000))).toBe(-1);
      }
    },
  );

  test("of strings finds a key by its two parts", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 100 }), anyText, anyText, (keys, a, b) => {
        const index = new StringKeyIndex(noRows, new MemtableMemory(undefined));
        keys.forEach((key, row) => index.insert(key, row));
        expect(index.findConcat(a, b)).toBe(index.find(a + b));
      }),
      { numRuns: 100 },
    );
  });
});
