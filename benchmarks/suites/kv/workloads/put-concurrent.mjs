import { drawUpdates, verifyUpdates } from "../updates.mjs";

const PUTS = 100_000;
const IN_FLIGHT = 1000;

/** 1,000 clients, each of which awaits its put before it makes the next. */
async function putAll(store, { keys, values }) {
  let next = 0;
  const client = async () => {
    while (next < keys.length) {
      const mine = next++;
      await store.put(keys[mine], values[mine]);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, client));
  return { count: keys.length };
}

export default {
  title: "durable single puts, 1,000 in flight",
  order: 8,
  unit: "ops/s",
  values: "string",
  phases: ["loaded"],
  budgets: [{ phase: "loaded", peer: "lmdb", atLeast: 2 }],
  prepare: (data, { quick }) => drawUpdates(data, quick ? PUTS / 10 : PUTS, 5),
  run: (store, { prepared }) => putAll(store, prepared),
  verify: (store, { data, prepared }) => verifyUpdates(store, data, prepared),
};
