import { batchWorkload } from "../batches.mjs";

export default batchWorkload({
  title: "durable puts, batches of 1,000, random order",
  order: 6,
  rowOrder: (data) => data.order,
  budgets: [{ phase: "loaded", peer: "lmdb", atLeast: 2 }],
});
