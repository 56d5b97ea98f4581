import { unawaitedWorkload } from "../unawaited.mjs";

export default unawaitedWorkload({
  title: "the same with a turn of the event loop after every 10,000",
  order: 21,
  yieldEvery: 10_000,
});
