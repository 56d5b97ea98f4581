import { expect, test } from "vitest";
import { NumberTable } from "./number-table.js";

/** Numbers keys one by one, as a map does it: -0 is 0, and NaN is itself. */
function numbered(keys: readonly number[]): number[] {
  const ids = new Map<number, number>();
  return keys.map((key) => {
    if (!ids.has(key)) ids.set(key, ids.size);
    return ids.get(key)!;
  });
}

function internInBatches(keys: readonly number[], size: number): number[] {
  const table = new NumberTable();
  const found: number[] = [];
  for (let from = 0; from < keys.length; from += size) {
    const values = Float64Array.from(keys.slice(from, from + size));
    const rows = Int32Array.from(values.keys());
    const ids = new Int32Array(rows.length);
    table.internAll(values, rows, rows.length, ids);
    found.push(...ids);
  }
  return found;
}

test.each([
  ["near zero", (i: number): number => (i * 7919) % 20_011],
  ["dense, then far away", (i: number): number => (i < 5000 ? i % 2500 : i * 1_000_003)],
  ["far away, then dense", (i: number): number => (i < 700 ? -i * 1e9 : (i * 31) % 9000)],
  ["halves, negatives and specials", (i: number): number => [-0, NaN, Infinity, i / 2, -i][i % 5]!],
  ["past what an array may hold", (i: number): number => 65_536 + ((i * 7919) % 300_007)],
])("keys %s have the numbers of their first appearance", (_name, key) => {
  const keys = Array.from({ length: 40_000 }, (_, i) => key(i));
  expect(internInBatches(keys, 1024)).toEqual(numbered(keys));
});
