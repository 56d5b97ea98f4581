import assert from "node:assert/strict";

const GETS = 300_000;
const CHECKED = 100;

/** Random gets of keys that are all there. */
export function getWorkload({ title, order, values, engines, budgets, size }) {
  return {
    title,
    order,
    unit: "ops/s",
    values,
    repeats: true,
    phases: ["loaded", "reopened"],
    ...(engines === undefined ? {} : { engines }),
    budgets,
    prepare: (data, { quick }) =>
      data.draw(quick ? GETS / 10 : GETS, 1).map((row) => data.keys[row]),
    warmUp: (store, { prepared }) => void getAll(store, prepared, size),
    run: (store, { prepared }) => getAll(store, prepared, size),
    verify(store, { data }) {
      for (const row of data.draw(CHECKED, 2)) {
        assert.deepEqual(store.get(data.keys[row]), data.value(row));
      }
    },
  };
}

/** `size` looks into each value, so that none stays undecoded. */
function getAll(store, keys, size) {
  let total = 0;
  for (const key of keys) total += size(store.get(key));
  return { count: keys.length, total };
}
