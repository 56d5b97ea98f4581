import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sortRowsByNumber, sortRowsByText } from "./key-sort.js";
import { RowKeys } from "./row-keys.js";
import { MemtableMemory } from "./shared-memory.js";
import { SoughtKey } from "./sought-key.js";

function identity(count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => i);
}

function keysOf(texts: readonly string[]): RowKeys {
  const keys = new RowKeys(new MemtableMemory(undefined));
  const key = new SoughtKey();
  texts.forEach((text, row) => {
    key.set("", text);
    keys.add(row, key);
  });
  return keys;
}

const few = { numRuns: 60 };

describe("sorting rows by number", () => {
  test("orders any safe integers", () => {
    const keys = fc.uniqueArray(
      fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -500, max: 500 })),
      { maxLength: 400, size: "max" },
    );
    fc.assert(
      fc.property(keys, (numbers) => {
        const rows = identity(numbers.length);
        sortRowsByNumber(rows, Float64Array.from(numbers));
        expect([...rows].map((row) => numbers[row])).toEqual([...numbers].sort((a, b) => a - b));
      }),
      few,
    );
  });

  test("orders keys whose distances are not safe integers", () => {
    const numbers = Array.from({ length: 100 }, (_, i) =>
      i % 2 === 0 ? Number.MIN_SAFE_INTEGER + i : Number.MAX_SAFE_INTEGER - i,
    );
    const rows = identity(numbers.length);
    sortRowsByNumber(rows, Float64Array.from(numbers));
    expect([...rows].map((row) => numbers[row])).toEqual([...numbers].sort((a, b) => a - b));
  });

  test.each([2 ** 11, 2 ** 22, 2 ** 33, 2 ** 44])("orders a range of exactly %d", (range) => {
    const numbers = Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? range - i : i));
    const rows = identity(numbers.length);
    sortRowsByNumber(rows, Float64Array.from(numbers));
    expect([...rows].map((row) => numbers[row])).toEqual([...numbers].sort((a, b) => a - b));
  });
});

describe("sorting rows by text", () => {
  const unit = fc.constantFrom("\0", "\x01", "a", "b", "z", "\u00ff", "\u0100", "\ud800", "\uffff");
  const piece = fc.string({ unit, maxLength: 9 });
  const prefixed = fc
    .tuple(fc.constantFrom("", "user:", "user:1:", "a rather long prefix that all share "), piece)
    .map(([prefix, rest]) => prefix + rest);

  test("orders by UTF-16 units, whatever the keys share and wherever they end", () => {
    const keys = fc.uniqueArray(fc.oneof(piece, prefixed), { maxLength: 500, size: "max" });
    fc.assert(
      fc.property(keys, (texts) => {
        const rows = identity(texts.length);
        sortRowsByText(rows, keysOf(texts));
        expect([...rows].map((row) => texts[row])).toEqual([...texts].sort());
      }),
      few,
    );
  });

  test("orders many keys that differ late and in their ends only", () => {
    const texts = Array.from({ length: 3000 }, (_, i) => {
      const shuffled = (i * 1009) % 3000;
      return `namespace/${String(shuffled).padStart(12, "0")}${"\0".repeat(i % 3)}`;
    });
    texts.push("namespace/", "namespace", "namespace/\0", ...texts.map((text) => `${text}!`));
    const rows = identity(texts.length);
    sortRowsByText(rows, keysOf(texts));
    expect([...rows].map((row) => texts[row])).toEqual([...texts].sort());
  });
});
