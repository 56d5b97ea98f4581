import assert from "node:assert/strict";

/** Reads every row, key and value, in key order. */
export async function scanAll(store) {
  let count = 0;
  let total = 0;
  let last = "";
  let isOrdered = true;
  await store.scan((key, value) => {
    isOrdered &&= key > last;
    last = key;
    count += 1;
    total += value.length;
  });
  return { count, total, isOrdered };
}

/** All rows were seen once, in order, with values of the right length. */
export function verifyScan(data, { count, total, isOrdered }) {
  assert.equal(count, data.rows);
  assert.equal(total, data.rows * data.value(0).length);
  assert.ok(isOrdered, "keys come in order");
}
