import { eventLoopWorkload, producers } from "../event-loop.mjs";

export default eventLoopWorkload({
  title: "load of 2 million rows: `set`, every thousandth awaited",
  order: 11,
  model: "kv",
  produce: producers.everyThousandth,
});
