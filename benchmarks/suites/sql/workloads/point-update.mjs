import assert from "node:assert/strict";

const UPDATES = 20_000;
const SQL = "UPDATE orders SET quantity = quantity + 1, status = ? WHERE id = ?";

export default {
  title: "update one row by its key, in a transaction",
  order: 4,
  unit: "ops/s",
  values: "orders",
  phases: ["loaded"],
  engines: ["aegis", "sqlite", "pglite", "alasql"],
  budgets: [{ phase: "loaded", peer: "sqlite", atLeast: 1 }],
  prepare: (data, { quick }) =>
    [...new Set(data.draw(quick ? UPDATES / 10 : UPDATES, data.rows, 3))].map((id) => [
      "changed",
      id,
    ]),
  async run(store, { prepared }) {
    await store.runTogether(SQL, prepared);
    return { count: prepared.length };
  },
  async verify(store, { prepared, data }) {
    const [, id] = prepared.at(-1);
    await store.getEach("SELECT status, quantity FROM orders WHERE id = ?", [[id]], (row) => {
      assert.deepEqual({ ...row }, { status: "changed", quantity: data.order(id)[4] + 1 });
    });
  },
};
