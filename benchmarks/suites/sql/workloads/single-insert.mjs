import assert from "node:assert/strict";

const INSERTS = 10_000;
const SQL = "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?)";

export default {
  title: "durable single inserts, awaited one by one",
  order: 5,
  unit: "ops/s",
  values: "orders",
  phases: ["loaded"],
  engines: ["aegis", "sqlite", "pglite", "alasql"],
  budgets: [{ phase: "loaded", peer: "sqlite", atLeast: 1 }],
  prepare: (data, { quick }) =>
    Array.from({ length: quick ? INSERTS / 10 : INSERTS }, (_, i) => data.order(data.rows + i)),
  async run(store, { prepared }) {
    await store.runEach(SQL, prepared);
    return { count: prepared.length };
  },
  async verify(store, { prepared }) {
    const [row] = await store.all("SELECT count(*) AS n, max(id) AS last FROM orders");
    assert.equal(Number(row.last), prepared.at(-1)[0]);
  },
};
