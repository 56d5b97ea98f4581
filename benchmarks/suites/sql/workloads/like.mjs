import { orders, queryWorkload } from "../queries.mjs";

export default queryWorkload({
  title: "count with LIKE",
  order: 9,
  sql: "SELECT count(*) AS n FROM orders WHERE note LIKE '%fragile%blue%'",
  budgets: [{ phase: "reopened", peer: "sqlite", atLeast: 2 }],
  expected(data) {
    let n = 0;
    for (const { note } of orders(data)) if (/fragile.*blue/.test(note)) n++;
    return [[n]];
  },
});
