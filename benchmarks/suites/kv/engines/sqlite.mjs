import { join } from "node:path";
import { loadInBatches } from "../load.mjs";

const LAST = "\uffff";

export default {
  title: "better-sqlite3",
  durability:
    "`journal_mode = WAL`, `synchronous = FULL`: every transaction is synced before it returns; " +
    "concurrent writes are made one after another, for SQLite has no group commit.",
  library: () => import("better-sqlite3"),
  async open({ default: Database }, folder, workload) {
    const db = new Database(join(folder, "bench.sqlite"));
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.exec("CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
    const isObject = workload.values === "object";
    const encode = isObject ? JSON.stringify : (value) => value;
    const decode = isObject ? JSON.parse : (value) => value;
    const select = db.prepare("SELECT value FROM kv WHERE key = ?").pluck();
    const upsert = db.prepare("INSERT OR REPLACE INTO kv VALUES (?, ?)");
    const all = db.prepare("SELECT key, value FROM kv ORDER BY key").raw();
    const range = db
      .prepare("SELECT key, value FROM kv WHERE key >= ? AND key < ? ORDER BY key")
      .raw();
    const putBatch = db.transaction((keys, values) => {
      for (let i = 0; i < keys.length; i++) upsert.run(keys[i], encode(values[i]));
    });
    return {
      db,
      get(key) {
        const value = select.get(key);
        return value === undefined ? undefined : decode(value);
      },
      put: (key, value) => void upsert.run(key, encode(value)),
      putBatch,
      scan(visit) {
        for (const [key, value] of all.iterate()) visit(key, decode(value));
      },
      scanPrefix(prefix, visit) {
        for (const [key, value] of range.all(prefix, prefix + LAST)) visit(key, decode(value));
      },
    };
  },
  load: loadInBatches,
  checkpoint: async (store) => void store.db.pragma("wal_checkpoint(TRUNCATE)"),
  close: async (store) => void store.db.close(),
};
