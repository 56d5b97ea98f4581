import { eventLoopWorkload, producers } from "../event-loop.mjs";

export default eventLoopWorkload({
  title: "load of 2 million rows: `set`, 1,000 in flight",
  order: 12,
  model: "kv",
  produce: producers.inFlight,
});
