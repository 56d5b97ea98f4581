import assert from "node:assert/strict";

const SCANS = 20_000;
/** Two digits less than a key has: 100 keys. */
const CUT = 2;
const ROWS = 100;

async function scanPrefixes(store, prefixes) {
  let rows = 0;
  let total = 0;
  const visit = (key, value) => {
    rows += 1;
    total += value.length;
  };
  for (const prefix of prefixes) {
    const scanned = store.scanPrefix(prefix, visit);
    if (scanned !== undefined) await scanned;
  }
  return { count: prefixes.length, rows, total };
}

export default {
  title: "prefix scan of 100 keys",
  order: 5,
  unit: "ops/s",
  values: "string",
  repeats: true,
  phases: ["loaded", "reopened"],
  budgets: [
    { phase: "loaded", peer: "lmdb", atLeast: 1 },
    { phase: "reopened", peer: "lmdb", atLeast: 1 },
  ],
  prepare: (data, { quick }) =>
    data.draw(quick ? SCANS / 10 : SCANS, 4).map((row) => data.keys[row].slice(0, -CUT)),
  warmUp: async (store, { prepared }) =>
    void (await scanPrefixes(store, prepared.slice(0, prepared.length / 5))),
  run: (store, { prepared }) => scanPrefixes(store, prepared),
  verify(store, { data, prepared }, { rows, total }) {
    assert.equal(rows, prepared.length * ROWS);
    assert.equal(total, rows * data.value(0).length);
  },
};
