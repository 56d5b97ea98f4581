import { batchWorkload } from "../batches.mjs";

export default batchWorkload({
  title: "durable puts, batches of 1,000, key order",
  order: 7,
  rowOrder: (data) => data.order.toSorted(),
  budgets: [{ phase: "loaded", peer: "lmdb", atLeast: 2 }],
});
