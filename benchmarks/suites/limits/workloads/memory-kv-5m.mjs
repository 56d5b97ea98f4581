import { memoryWorkload } from "../memory.mjs";

export default memoryWorkload({
  title: "5 million rows of 100 bytes, key-value",
  order: 3,
  engines: ["aegis"],
  model: "kv",
  rows: 5_000_000,
  quickRows: 300_000,
  boundMB: 450,
  whenQuick: false,
});
