import { BATCH } from "../load.mjs";
import { scanAll, verifyScan } from "../scans.mjs";

const SHARE = 0.05;

/** Replaces a share of the rows, scattered, in durable batches. */
async function update(store, data) {
  const rows = data.draw(Math.ceil(data.rows * SHARE), 3);
  for (let from = 0; from < rows.length; from += BATCH) {
    const batch = [...new Set(rows.slice(from, from + BATCH))];
    await store.putBatch(
      batch.map((row) => data.keys[row]),
      batch.map((row) => data.value(row, 1)),
    );
  }
}

export default {
  title: "the same after 5 % scattered updates",
  order: 4,
  unit: "rows/s",
  values: "string",
  repeats: true,
  phases: ["reopened"],
  budgets: [{ phase: "reopened", peer: "aegis", peerWorkload: "scan", atLeast: 0.5 }],
  prepare: () => undefined,
  async warmUp(store, { data }) {
    await update(store, data);
    await scanAll(store);
  },
  run: scanAll,
  verify: (store, { data }, result) => verifyScan(data, result),
};
