import { expect, test } from "vitest";
import { SORT_RUN_ROWS } from "../limits.js";
import { numbersFrom } from "../../testing/random-rows.js";
import { rowSorter } from "./row-sorter.js";
import type { SortKeyData } from "./sort-keys.js";
import { StepwiseSort } from "./stepwise-sort.js";

const NO_BYTES = { bytes: null, starts: null, ends: null };

function numberKey(values: Float64Array, over: Partial<SortKeyData> = {}): SortKeyData {
  const order = { descending: false, nullsFirst: false, nulls: null };
  return { form: "number", ...order, values, ...NO_BYTES, compare: null, ...over };
}

/** The same key in a form that only comparisons sort. */
function compared(key: SortKeyData): SortKeyData {
  const compare = (a: unknown, b: unknown): number => Number(a) - Number(b);
  return { ...key, form: "datum", values: Array.from(key.values as Float64Array), compare };
}

function orderOf(keys: readonly SortKeyData[], rows: number): { order: Int32Array; steps: number } {
  const sort = new StepwiseSort(keys, rows);
  let steps = 1;
  while (!sort.step()) steps++;
  return { order: sort.order, steps };
}

test("sorts in bounded steps to one stable order, by digits and by comparisons", () => {
  for (const rows of [0, 1, SORT_RUN_ROWS, SORT_RUN_ROWS + 1, 5 * SORT_RUN_ROWS + 77]) {
    const below = numbersFrom(rows);
    const key = numberKey(Float64Array.from({ length: rows }, () => below(1000)));
    for (const sorted of [orderOf([key], rows), orderOf([compared(key)], rows)]) {
      const { order, steps } = sorted;
      expect(order.length).toBe(rows);
      for (let i = 1; i < rows; i++) {
        const [a, b] = [order[i - 1]!, order[i]!];
        const [x, y] = [key.values[a]!, key.values[b]!];
        if (!(x < y || (x === y && a < b))) expect.fail(`rows ${a} and ${b} are out of order`);
      }
      expect(steps).toBeGreaterThanOrEqual(Math.floor(rows / SORT_RUN_ROWS));
    }
  }
});

test("orders numbers of every range by digits as by comparisons", () => {
  const rows = 3000;
  const ranges: readonly ((n: number) => number)[] = [
    (n) => n,
    (n) => n - 2000,
    (n) => n * 1e6 - 1e9,
    (n) => n * 1e12 - 4e15,
    (n) => n / 8 - 100,
    (n) => (n % 7 === 0 ? NaN : n % 5 === 0 ? -Infinity : n % 3 === 0 ? -0 : 1 / n),
    (n) => (n % 2 === 0 ? 0 : -0),
    () => NaN,
    (n) => (n % 2 === 0 ? Infinity : 1),
  ];
  for (const [i, range] of ranges.entries()) {
    for (const flags of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const below = numbersFrom(100 * i + flags);
      const values = Float64Array.from({ length: rows }, () => range(below(4000)));
      const nulls = flags < 4 ? null : Uint8Array.from(values, () => Number(below(9) === 0));
      const order = { descending: flags % 2 === 1, nullsFirst: flags % 4 > 1, nulls };
      const other = numberKey(Float64Array.from(values, () => below(3)));
      const keys = [numberKey(values, { form: "float", ...order }), other];
      const sorter = rowSorter(keys);
      const wanted = Int32Array.from(values, (_, row) => row);
      sorter.sort(wanted, new Int32Array(rows), 0, rows);
      expect(orderOf(keys, rows).order, `range ${i}, flags ${flags}`).toEqual(wanted);
    }
  }
});

test("rows that are all NULL keep their order", () => {
  const rows = 3000;
  const key = numberKey(new Float64Array(rows), { nulls: new Uint8Array(rows).fill(1) });
  expect(orderOf([key], rows).order).toEqual(Int32Array.from({ length: rows }, (_, row) => row));
});
