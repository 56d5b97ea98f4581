import { drawUpdates, verifyUpdates } from "../updates.mjs";

const PUTS = 10_000;

export default {
  title: "durable single puts, awaited one by one",
  order: 9,
  unit: "ops/s",
  values: "string",
  phases: ["loaded"],
  budgets: [{ phase: "loaded", peer: "sqlite", atLeast: 1 }],
  prepare: (data, { quick }) => drawUpdates(data, quick ? PUTS / 10 : PUTS, 6),
  async run(store, { prepared: { keys, values } }) {
    for (let i = 0; i < keys.length; i++) await store.put(keys[i], values[i]);
    return { count: keys.length };
  },
  verify: (store, { data, prepared }) => verifyUpdates(store, data, prepared),
};
