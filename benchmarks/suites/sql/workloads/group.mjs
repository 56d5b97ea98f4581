import { orders, queryWorkload } from "../queries.mjs";

export default queryWorkload({
  title: "filter and group by",
  order: 6,
  sql: `SELECT status, count(*) AS n, sum(amount) AS revenue, avg(quantity) AS mean
        FROM orders WHERE amount > 250 AND quantity < 8 GROUP BY status ORDER BY status`,
  budgets: [
    { phase: "loaded", peer: "sqlite", atLeast: 10 },
    { phase: "reopened", peer: "sqlite", atLeast: 10 },
    { phase: "reopened", peer: "duckdb", atLeast: 0.7 },
  ],
  expected(data) {
    const groups = new Map();
    for (const { status, amount, quantity } of orders(data)) {
      if (!(amount > 250 && quantity < 8)) continue;
      const group = groups.get(status) ?? [0, 0, 0];
      groups.set(status, [group[0] + 1, group[1] + amount, group[2] + quantity]);
    }
    const sorted = [...groups].sort(([a], [b]) => (a < b ? -1 : 1));
    return sorted.map(([status, [n, total, quantity]]) => [status, n, total, quantity / n]);
  },
});
