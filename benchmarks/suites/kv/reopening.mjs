import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";

/** From before `open` in a fresh process to the first value; the import of the library not counted. */
export function reopenWorkload({ title, order, ending, budgets }) {
  return {
    title,
    order,
    unit: "ms",
    values: "string",
    phases: ["reopened"],
    ending,
    budgets,
    prepare: (data) => data.keys[data.rows >> 1],
    run(store, { prepared, openMs }) {
      const start = performance.now();
      const value = store.get(prepared);
      return { count: 1, value, ms: openMs + performance.now() - start };
    },
    verify: (store, { data }, { value }) => assert.equal(value, data.value(data.rows >> 1)),
  };
}
