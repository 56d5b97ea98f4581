import { loadInBatches } from "../load.mjs";

export default {
  title: "AegisDB",
  durability:
    '`sync: "commit"`, the default; a write\'s promise settles after its commit record is on disk.',
  library: () => import("../../../../packages/core/dist/bundle/index.js"),
  async open({ open }, folder) {
    const db = await open(folder);
    const space = db.kv.namespace("bench");
    return {
      db,
      get: (key) => space.get(key),
      put: (key, value) => space.set(key, value),
      putBatch: (keys, values) =>
        space.setMany(keys.map((key, index) => ({ key, value: values[index] }))),
      scan(visit) {
        for (const { key, value } of space.list()) visit(key, value);
      },
      scanPrefix(prefix, visit) {
        for (const { key, value } of space.list({ prefix })) visit(key, value);
      },
    };
  },
  load: loadInBatches,
  checkpoint: (store) => store.db.checkpoint(),
  close: (store) => store.db.close(),
};
