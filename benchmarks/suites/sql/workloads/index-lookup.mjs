import assert from "node:assert/strict";
import { orders } from "../queries.mjs";

const READS = 20_000;
const SQL = "SELECT id, amount FROM orders WHERE customer_id = ? LIMIT 10";

export default {
  title: "ten rows by secondary index, prepared",
  order: 3,
  unit: "ops/s",
  values: "orders",
  repeats: true,
  phases: ["loaded", "reopened"],
  engines: ["aegis", "sqlite", "pglite", "alasql"],
  budgets: [
    { phase: "loaded", peer: "sqlite", atLeast: 2 },
    { phase: "reopened", peer: "sqlite", atLeast: 2 },
  ],
  prepare: (data, { quick }) =>
    data.draw(quick ? READS / 10 : READS, data.customers, 2).map((id) => [id]),
  warmUp: async (store, { prepared }) => void (await readAll(store, prepared)),
  run: (store, { prepared }) => readAll(store, prepared),
  async verify(store, { data }) {
    const amounts = new Map(
      [...orders(data)].map(({ id, customer, amount }) => [id, { customer, amount }]),
    );
    await store.allEach(SQL, [[5]], (rows) => {
      assert.ok(rows.length > 0);
      for (const { id, amount } of rows) assert.deepEqual(amounts.get(id), { customer: 5, amount });
    });
  },
};

async function readAll(store, list) {
  let total = 0;
  await store.allEach(SQL, list, (rows) => (total += rows.length));
  return { count: list.length, total };
}
