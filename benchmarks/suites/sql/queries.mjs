import assert from "node:assert/strict";

/** A query that reads much and gives little; `expected` computes from the data what it must give. */
export function queryWorkload({ title, order, sql, engines, budgets, expected }) {
  return {
    title,
    order,
    unit: "ms",
    values: "orders",
    phases: ["loaded", "reopened"],
    engines: engines ?? ["aegis", "sqlite", "duckdb", "pglite", "alasql"],
    budgets,
    prepare: () => undefined,
    async warmUp(store) {
      for (let i = 0; i < WARM_UPS; i++) await store.all(sql);
    },
    async run(store) {
      const times = [];
      let rows;
      for (let i = 0; i < RUNS; i++) {
        const started = performance.now();
        rows = await store.all(sql);
        times.push(performance.now() - started);
      }
      times.sort((a, b) => a - b);
      return { count: 1, ms: times[RUNS >> 1], rows };
    },
    verify(store, { data }, { rows }) {
      const found = rows.map((row) => Object.values(row).map(plain));
      assert.deepEqual(
        found,
        expected(data).map((row) => row.map(plain)),
      );
    },
  };
}

const WARM_UPS = 3;
const RUNS = 9;

/** Numbers however an engine gives them, rounded where sums depend on their order. */
function plain(value) {
  if (typeof value === "string" && value.trim() !== "" && !Number.isNaN(Number(value)))
    return plain(Number(value));
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? Number(value.toPrecision(10)) : value;
}

/** All orders as objects. */
export function* orders(data) {
  for (let row = 0; row < data.rows; row++) {
    const [id, customer, status, amount, quantity, created, note] = data.order(row);
    yield { id, customer, status, amount, quantity, created, note };
  }
}
