import { memoryWorkload } from "../memory.mjs";

export default memoryWorkload({
  title: "1 million rows of 100 bytes, key-value",
  order: 1,
  engines: ["aegis", "sqlite", "lmdb"],
  model: "kv",
  rows: 1_000_000,
  quickRows: 300_000,
  boundMB: 350,
});
