// Writes to a database and says on its standard output when each write was acknowledged: single
// awaited writes first, then groups of concurrent ones. For strace to look at.
//
//   node acknowledger.mjs <directory> <writes>

import { writeSync } from "node:fs";
import { open } from "../../packages/core/dist/index.js";

const GROUP = 5;

const [directory = "", writes = "10"] = process.argv.slice(2);
const db = await open({ path: directory });

/** @param {number} n */
async function put(n) {
  await db.kv.set(`key ${n}`, `payload ${n}.`);
  writeSync(1, `acknowledged ${n}.\n`);
}

const half = Number(writes) / 2;
for (let n = 0; n < half; n++) await put(n);
for (let n = half; n < Number(writes); n += GROUP) {
  await Promise.all(Array.from({ length: GROUP }, (_, i) => put(n + i)));
}
await db.close();
