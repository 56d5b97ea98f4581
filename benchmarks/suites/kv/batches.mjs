import assert from "node:assert/strict";
import { BATCH } from "./load.mjs";

const CHECKED = 100;

/** Fills an empty database in durable batches of 1,000, in the given order of rows. */
export function batchWorkload({ title, order, rowOrder, budgets }) {
  return {
    title,
    order,
    unit: "ops/s",
    values: "string",
    phases: ["loaded"],
    load: false,
    budgets,
    prepare(data) {
      const rows = rowOrder(data);
      const batches = [];
      for (let from = 0; from < rows.length; from += BATCH) {
        const batch = Array.from(rows.slice(from, from + BATCH));
        batches.push({
          keys: batch.map((row) => data.keys[row]),
          values: batch.map((row) => data.value(row)),
        });
      }
      return batches;
    },
    async run(store, { data, prepared }) {
      for (const { keys, values } of prepared) await store.putBatch(keys, values);
      return { count: data.rows };
    },
    verify(store, { data }) {
      for (const row of data.draw(CHECKED, 2)) {
        assert.equal(store.get(data.keys[row]), data.value(row));
      }
    },
  };
}
