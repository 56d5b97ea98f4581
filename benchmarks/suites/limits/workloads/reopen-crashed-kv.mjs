import { crashedWorkload } from "../crashed.mjs";

export default crashedWorkload({
  title: "open after a kill, to the first read: key-value, `setMany` of 1,000",
  order: 31,
  model: "kv",
});
