import assert from "node:assert/strict";
import { loadTables } from "../load.mjs";

export default {
  title: "bulk insert with primary key and index",
  order: 1,
  unit: "rows/s",
  values: "orders",
  phases: ["loaded"],
  load: false,
  engines: ["aegis", "sqlite", "duckdb", "pglite", "alasql"],
  budgets: [{ phase: "loaded", peer: "sqlite", atLeast: 1 }],
  // Rows are made before the clock starts; the data set makes them when asked.
  prepare(data) {
    const orders = Array.from({ length: data.rows }, (_, id) => data.order(id));
    return { ...data, order: (id) => orders[id] };
  },
  async run(store, { prepared }) {
    await loadTables(store, prepared);
    return { count: prepared.rows };
  },
  async verify(store, { data }) {
    const [row] = await store.all("SELECT count(*) AS n FROM orders");
    assert.equal(Number(row.n), data.rows);
  },
};
