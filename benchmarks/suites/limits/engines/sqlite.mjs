import { join } from "node:path";
import { keyOf } from "../data.mjs";

const CACHE_KB = 64 * 1024;

export default {
  title: "better-sqlite3",
  durability:
    "`journal_mode = WAL`, `synchronous = FULL`: every transaction is synced before it returns.",
  library: () => import("better-sqlite3"),
  async open({ default: Database }, folder, { model }) {
    const db = new Database(join(folder, "limits.sqlite"));
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    db.pragma(`cache_size = -${CACHE_KB}`);
    const life = {
      checkpoint: async () => void db.pragma("wal_checkpoint(TRUNCATE)"),
      close: async () => void db.close(),
    };
    return { ...life, ...(model === "kv" ? keyValueStore(db) : tableStore(db)) };
  },
};

function keyValueStore(db) {
  db.exec("CREATE TABLE IF NOT EXISTS kv (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
  const add = db.prepare("INSERT OR REPLACE INTO kv VALUES (?, ?)");
  const one = db.prepare("SELECT value FROM kv WHERE key = ?").pluck();
  const every = db.prepare("SELECT key, value FROM kv ORDER BY key").raw();
  const write = db.transaction((rows, texts) => {
    for (let i = 0; i < rows.length; i++) add.run(keyOf(rows[i]), texts[i]);
  });
  return {
    write,
    read: (row) => one.get(keyOf(row)),
    scan() {
      let bytes = 0;
      for (const [, value] of every.iterate()) bytes += value.length;
      return bytes;
    },
  };
}

function tableStore(db) {
  db.exec(
    `CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, body TEXT NOT NULL);
     CREATE INDEX IF NOT EXISTS entries_owner_idx ON entries (owner)`,
  );
  const add = db.prepare("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)");
  const one = db.prepare("SELECT body FROM entries WHERE id = ?").pluck();
  const every = db.prepare("SELECT id, body FROM entries").raw();
  const write = db.transaction((rows, texts) => {
    for (let i = 0; i < rows.length; i++) add.run(rows[i], rows[i] % 100_000, texts[i]);
  });
  return {
    write,
    read: (row) => one.get(row),
    scan() {
      let bytes = 0;
      for (const [, body] of every.iterate()) bytes += body.length;
      return bytes;
    },
  };
}
