import { crashedWorkload } from "../crashed.mjs";

export default crashedWorkload({
  title: "open after a kill, to the first read: SQL table with an index",
  order: 32,
  model: "sql",
});
