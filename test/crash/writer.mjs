// A process that writes to a database until somebody kills it. On its standard output it tells
// first that it opens, then what it found, then each write that was acknowledged, in the order of the
// acknowledgements. A line on its standard input makes it close the database while they go on.
//
//   node writer.mjs <directory> <writers> [sync]
//
// Writer w counts 1, 2, 3 …; its transaction n writes the number itself, one of SLOTS values and one
// row that stands for an index, so that the number alone says what everything else must be.

import { openDatabase, tell, WRITERS, writeUntilClosed } from "./writing.mjs";

const SLOTS = 20;
const SIZES = [10, 100, 1000, 20_000];

/**
 * @param {number} writer
 * @param {number} n
 */
function textOf(writer, n) {
  return `${writer}:${n}:`.padEnd(SIZES[(n * 7 + writer) % SIZES.length] ?? 0, "x");
}

const db = await openDatabase();
const counts = db.kv.namespace("counts");
const values = db.kv.namespace("values");
const index = db.kv.namespace("index");

/**
 * What is wrong with what a writer left behind, or undefined.
 * @param {number} writer
 * @param {number} count
 */
function problemOf(writer, count) {
  for (let slot = 0; slot < SLOTS; slot++) {
    // The last n up to the count that fell on this slot; none yet if that is not above 0.
    const n = count - ((count - slot + SLOTS) % SLOTS);
    const expected = n > 0 ? textOf(writer, n) : undefined;
    const found = values.get(`${writer}/${slot}`);
    if (found !== expected) return `slot ${slot} of ${writer}: ${String(found).slice(0, 20)}`;
  }
  const indexed = [...index.list({ prefix: `${writer}/` })];
  const wanted = Math.min(count, SLOTS);
  if (indexed.length !== wanted) return `${indexed.length} index rows of ${writer}, not ${wanted}`;
  const wrong = indexed.find(({ key, value }) => key !== `${writer}/${Number(value) % SLOTS}`);
  return wrong === undefined ? undefined : `index row ${wrong.key} says ${String(wrong.value)}`;
}

/** @type {number[]} */
const found = [];
const problems = (await db.check()).problems.map(({ where, problem }) => `${where}: ${problem}`);
for (let writer = 0; writer < WRITERS; writer++) {
  const count = Number(counts.get(String(writer)) ?? 0);
  found.push(count);
  const problem = problemOf(writer, count);
  if (problem !== undefined) problems.push(problem);
}
tell({ kind: "found", counts: found, problems });

await writeUntilClosed(db, found, async (writer, n) => {
  const slot = `${writer}/${n % SLOTS}`;
  await db.transaction(async ({ kv }) => {
    kv.namespace("counts").set(String(writer), n);
    if (n % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
    kv.namespace("values").set(slot, textOf(writer, n));
    kv.namespace("index").set(slot, n);
  });
});
