import { join } from "node:path";
import { loadInBatches } from "../load.mjs";

const LAST = "\uffff";
/** Rows fetched at a time by a scan. */
const CHUNK = 1000;

export default {
  title: "classic-level",
  durability: "`sync: true` on every write: LevelDB syncs its log before the promise settles.",
  library: () => import("classic-level"),
  async open({ ClassicLevel }, folder, workload) {
    const valueEncoding = workload.values === "object" ? "json" : "utf8";
    const db = new ClassicLevel(join(folder, "level"), { valueEncoding });
    await db.open();
    const scan = async (options, visit) => {
      const iterator = db.iterator(options);
      for (;;) {
        const entries = await iterator.nextv(CHUNK);
        if (entries.length === 0) break;
        for (const [key, value] of entries) visit(key, value);
      }
      await iterator.close();
    };
    return {
      db,
      get: (key) => db.getSync(key),
      put: (key, value) => db.put(key, value, { sync: true }),
      putBatch: (keys, values) =>
        db.batch(
          keys.map((key, index) => ({ type: "put", key, value: values[index] })),
          { sync: true },
        ),
      scan: (visit) => scan({}, visit),
      scanPrefix: (prefix, visit) => scan({ gte: prefix, lt: prefix + LAST }, visit),
    };
  },
  load: loadInBatches,
  checkpoint: (store) => store.db.compactRange("", LAST),
  close: (store) => store.db.close(),
};
