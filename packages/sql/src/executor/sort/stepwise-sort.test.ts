import { expect, test } from "vitest";
import { SORT_RUN_ROWS } from "../limits.js";
import { numbersFrom } from "../../testing/random-rows.js";
import { rowSorter } from "./row-sorter.js";
import { StepwiseSort } from "./stepwise-sort.js";

function numberSorter(values: Float64Array): ReturnType<typeof rowSorter> {
  const none = { nulls: null, bytes: null, starts: null, ends: null, compare: null };
  return rowSorter([{ form: "number", descending: false, nullsFirst: false, values, ...none }]);
}

test("merges runs in bounded steps to one stable order", () => {
  for (const rows of [0, 1, SORT_RUN_ROWS, SORT_RUN_ROWS + 1, 5 * SORT_RUN_ROWS + 77]) {
    const below = numbersFrom(rows);
    const values = Float64Array.from({ length: rows }, () => below(1000));
    const sort = new StepwiseSort(numberSorter(values), rows);
    let steps = 1;
    while (!sort.step()) steps++;
    const { order } = sort;
    expect(order.length).toBe(rows);
    for (let i = 1; i < rows; i++) {
      const [a, b] = [order[i - 1]!, order[i]!];
      const inOrder = values[a]! < values[b]! || (values[a] === values[b] && a < b);
      if (!inOrder) expect.fail(`rows ${a} and ${b} of ${rows} are out of order`);
    }
    expect(steps).toBeLessThanOrEqual(40);
  }
});

test("leaves sorted rows as they are", () => {
  const values = Float64Array.from({ length: 1000 }, (_, i) => i);
  const sort = new StepwiseSort(numberSorter(values), 1000);
  expect(sort.step()).toBe(true);
  expect(sort.order).toEqual(Int32Array.from({ length: 1000 }, (_, i) => i));
});
