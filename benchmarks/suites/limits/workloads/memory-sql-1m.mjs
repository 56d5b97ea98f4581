import { memoryWorkload } from "../memory.mjs";

export default memoryWorkload({
  title: "1 million rows of 100 bytes, SQL table with an index",
  order: 2,
  engines: ["aegis", "sqlite"],
  model: "sql",
  rows: 1_000_000,
  quickRows: 300_000,
  boundMB: 350,
});
