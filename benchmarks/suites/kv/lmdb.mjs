import { join } from "node:path";
import { loadInBatches } from "./load.mjs";

/** Above every character of a key, so that prefix + LAST is past all keys with the prefix. */
const LAST = "\uffff";

/** lmdb-js with the given options; a folder of its own because LMDB makes two files. */
export function lmdbEngine(engine, options) {
  return {
    ...engine,
    durability:
      "`overlappingSync: false`: a write's promise settles after the transaction is synced to disk " +
      "(faster here than the default with `await db.flushed`); its own batching of concurrent " +
      "writes into transactions is on.",
    library: () => import("lmdb"),
    async open({ open }, folder) {
      const db = open({ path: join(folder, "lmdb"), overlappingSync: false, ...options });
      return {
        db,
        get: (key) => db.get(key),
        put: (key, value) => db.put(key, value),
        putBatch: (keys, values) =>
          db.batch(() => {
            for (let i = 0; i < keys.length; i++) db.put(keys[i], values[i]);
          }),
        scan(visit) {
          for (const { key, value } of db.getRange()) visit(key, value);
        },
        scanPrefix(prefix, visit) {
          const range = db.getRange({ start: prefix, end: prefix + LAST });
          for (const { key, value } of range) visit(key, value);
        },
      };
    },
    load: loadInBatches,
    checkpoint: async (store) => store.db.flushed,
    close: (store) => store.db.close(),
  };
}
