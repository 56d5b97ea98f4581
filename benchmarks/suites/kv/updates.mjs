import assert from "node:assert/strict";

const CHECKED = 100;

/** Distinct rows to replace, with their new values. */
export function drawUpdates(data, count, seed) {
  const rows = [...new Set(data.draw(count, seed))];
  return {
    rows,
    keys: rows.map((row) => data.keys[row]),
    values: rows.map((row) => data.value(row, 1)),
  };
}

export function verifyUpdates(store, data, { rows }) {
  for (const row of rows.slice(-CHECKED)) {
    assert.deepEqual(store.get(data.keys[row]), data.value(row, 1));
  }
}
