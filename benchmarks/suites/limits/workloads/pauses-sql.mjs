import { eventLoopWorkload, producers } from "../event-loop.mjs";

export default eventLoopWorkload({
  title: "load of 2 million rows: SQL transactions of 1,000 INSERTs, with an index",
  order: 13,
  model: "sql",
  produce: producers.batches,
});
