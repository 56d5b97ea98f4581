import { orders, queryWorkload } from "../queries.mjs";

export default queryWorkload({
  title: "window: the three dearest orders of each customer",
  order: 8,
  sql: `SELECT count(*) AS n, sum(amount) AS revenue FROM (
          SELECT amount, row_number() OVER (PARTITION BY customer_id ORDER BY amount DESC, id) AS place
          FROM orders) ranked WHERE place <= 3`,
  // AlaSQL numbers the rows of all customers together.
  engines: ["aegis", "sqlite", "duckdb", "pglite"],
  budgets: [{ phase: "reopened", peer: "sqlite", atLeast: 2 }],
  expected(data) {
    const byCustomer = new Map();
    for (const { customer, amount } of orders(data)) {
      if (!byCustomer.has(customer)) byCustomer.set(customer, []);
      byCustomer.get(customer).push(amount);
    }
    let n = 0;
    let total = 0;
    for (const amounts of byCustomer.values()) {
      for (const amount of amounts.sort((a, b) => b - a).slice(0, 3)) {
        n++;
        total += amount;
      }
    }
    return [[n, total]];
  },
});
