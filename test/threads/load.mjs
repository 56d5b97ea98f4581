// Loads a database faster than it can be flushed, in one of two ways, and says what became of it.
//
//   node load.mjs <directory> awaited | loop
//
// awaited: by writes in flight, which are slowed down. loop: by one synchronous loop, which has to
// wait. Every third key is overwritten and every fifth deleted, so that compactions have work.

import { open } from "../../packages/core/dist/index.js";

const ROWS = 60_000;
const IN_FLIGHT = 500;

const [directory = "", mode = "awaited"] = process.argv.slice(2);
const options = { path: directory, writeBufferSize: "2MB", bufferPoolSize: "4MB" };

/** @param {number} i */
const keyOf = (i) => `key ${(i * 7919) % ROWS}`;
/** @param {number} i */
const valueOf = (i) => ({ i, text: `${i} `.repeat(20) });

const db = await open(options);
await db.query("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
await db.query("CREATE INDEX t_name ON t (name)");
/** @type {Promise<unknown>[]} */
let writes = [];
for (let i = 0; i < ROWS; i++) {
  writes.push(db.kv.set(keyOf(i), valueOf(i)));
  if (i % 3 === 0) writes.push(db.kv.set(keyOf(i), valueOf(-i)));
  if (i % 5 === 0) writes.push(db.kv.delete(keyOf(i)));
  if (i % 50 === 0) {
    writes.push(db.query("INSERT INTO t VALUES ($1, $2)", [i, `name ${i % 1000}`]));
  }
  if (mode === "awaited" && writes.length >= IN_FLIGHT) {
    await Promise.all(writes);
    writes = [];
  }
}
await Promise.all(writes);
const loading = db.stats();

/** @param {import("../../packages/core/dist/index.js").Database} database */
function wrongKeys(database) {
  let wrong = 0;
  for (let i = 0; i < ROWS; i++) {
    const expected = i % 5 === 0 ? undefined : JSON.stringify(valueOf(i % 3 === 0 ? -i : i));
    const found = database.kv.get(keyOf(i));
    if ((found === undefined ? undefined : JSON.stringify(found)) !== expected) wrong++;
  }
  return wrong;
}

const wrong = [wrongKeys(db)];
await db.checkpoint();
wrong.push(wrongKeys(db));
const checkpointed = db.stats();
await db.compact();
const compacted = db.stats();
const { problems } = await db.check();
await db.close();

const again = await open(options);
wrong.push(wrongKeys(again));
const counted = await again.query("SELECT count(*) AS n FROM t WHERE name = 'name 50'");
// Given up in the middle of whatever it does.
await again.query("UPDATE t SET name = name || '!'");
await again.close();

console.log(
  JSON.stringify({
    threads: [loading, checkpointed, compacted].map((stats) => stats.backgroundThread),
    errors: [loading, checkpointed, compacted].map((stats) => stats.backgroundError ?? null),
    flushes: checkpointed.flushes,
    compactions: compacted.compactions,
    stalls: loading.writeStalls,
    problems,
    wrong,
    named: counted.rows,
  }),
);
