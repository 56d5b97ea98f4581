import assert from "node:assert/strict";

const READS = 200_000;
const SQL = "SELECT id, status, amount FROM orders WHERE id = ?";

export default {
  title: "select one row by its key, prepared",
  order: 2,
  unit: "ops/s",
  values: "orders",
  repeats: true,
  phases: ["loaded", "reopened"],
  engines: ["aegis", "sqlite", "pglite", "alasql"],
  budgets: [
    { phase: "loaded", peer: "sqlite", atLeast: 3 },
    { phase: "reopened", peer: "sqlite", atLeast: 3 },
  ],
  prepare: (data, { quick }) =>
    data.draw(quick ? READS / 10 : READS, data.rows, 1).map((id) => [id]),
  warmUp: async (store, { prepared }) => void (await readAll(store, prepared)),
  run: (store, { prepared }) => readAll(store, prepared),
  async verify(store, { data }) {
    await store.getEach(SQL, [[17]], (row) => {
      const [id, , status, amount] = data.order(17);
      assert.deepEqual({ ...row }, { id, status, amount });
    });
  },
};

async function readAll(store, list) {
  let total = 0;
  await store.getEach(SQL, list, (row) => (total += row.amount));
  return { count: list.length, total };
}
