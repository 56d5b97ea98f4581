import { scanAll, verifyScan } from "../scans.mjs";

export default {
  title: "ordered scan of all keys and values",
  order: 3,
  unit: "rows/s",
  values: "string",
  repeats: true,
  phases: ["loaded", "reopened"],
  budgets: [
    { phase: "loaded", peer: "lmdb", atLeast: 1 },
    { phase: "reopened", peer: "lmdb", atLeast: 1 },
  ],
  prepare: () => undefined,
  warmUp: async (store) => void (await scanAll(store)),
  run: scanAll,
  verify: (store, { data }, result) => verifyScan(data, result),
};
