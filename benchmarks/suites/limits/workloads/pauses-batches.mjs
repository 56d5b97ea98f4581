import { eventLoopWorkload, producers } from "../event-loop.mjs";

export default eventLoopWorkload({
  title: "load of 2 million rows: awaited `setMany` of 1,000",
  order: 10,
  model: "kv",
  produce: producers.batches,
});
