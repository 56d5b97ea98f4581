import { orders, queryWorkload } from "../queries.mjs";

export default queryWorkload({
  title: "join, group, top ten",
  order: 7,
  sql: `SELECT c.id, c.city, sum(o.amount) AS revenue FROM orders o JOIN customers c ON c.id = o.customer_id
        WHERE o.status <> 'returned' GROUP BY c.id, c.city ORDER BY revenue DESC, c.id LIMIT 10`,
  budgets: [
    { phase: "loaded", peer: "sqlite", atLeast: 20 },
    { phase: "reopened", peer: "sqlite", atLeast: 20 },
    { phase: "reopened", peer: "duckdb", atLeast: 0.6 },
  ],
  expected(data) {
    const totals = new Map();
    for (const { customer, status, amount } of orders(data)) {
      if (status !== "returned") totals.set(customer, (totals.get(customer) ?? 0) + amount);
    }
    const best = [...totals].sort(([a, x], [b, y]) => y - x || a - b).slice(0, 10);
    return best.map(([id, total]) => [id, data.customer(id)[2], total]);
  },
});
