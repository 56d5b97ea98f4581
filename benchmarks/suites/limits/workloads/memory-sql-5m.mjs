import { memoryWorkload } from "../memory.mjs";

export default memoryWorkload({
  title: "5 million rows of 100 bytes, SQL table with an index",
  order: 4,
  engines: ["aegis"],
  model: "sql",
  rows: 5_000_000,
  quickRows: 300_000,
  boundMB: 450,
  whenQuick: false,
});
