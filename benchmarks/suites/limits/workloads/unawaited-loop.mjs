import { unawaitedWorkload } from "../unawaited.mjs";

export default unawaitedWorkload({
  title: "5 million sets that nobody awaits, in one loop",
  order: 20,
  yieldEvery: Infinity,
});
