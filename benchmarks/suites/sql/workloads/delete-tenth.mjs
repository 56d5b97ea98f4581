import assert from "node:assert/strict";

export default {
  title: "delete a tenth of the rows",
  order: 10,
  unit: "ms",
  values: "orders",
  phases: ["loaded"],
  engines: ["aegis", "sqlite", "duckdb", "pglite", "alasql"],
  budgets: [{ phase: "loaded", peer: "sqlite", atLeast: 1 }],
  prepare: () => undefined,
  async run(store) {
    await store.exec("DELETE FROM orders WHERE id % 10 = 3");
    return { count: 1 };
  },
  async verify(store, { data }) {
    const [row] = await store.all("SELECT count(*) AS n FROM orders");
    assert.equal(Number(row.n), data.rows - Math.floor((data.rows + 6) / 10));
  },
};
