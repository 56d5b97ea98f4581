import { keyOf } from "../data.mjs";

const MEMORY = { bufferPoolSize: "64MB", writeBufferSize: "16MB" };

export default {
  title: "AegisDB",
  durability:
    '`sync: "commit"`, the default; a write\'s promise settles after its commit record is on disk.',
  library: () => import("../../../../packages/core/dist/bundle/index.js"),
  async open({ open }, folder, { model, options, create = true }) {
    const db = await open({ path: folder, ...MEMORY, ...options });
    const life = {
      db,
      stats: () => db.stats(),
      checkpoint: () => db.checkpoint(),
      compact: () => db.compact(),
      close: () => db.close(),
    };
    return { ...life, ...(model === "kv" ? keyValueStore(db) : await tableStore(db, create)) };
  },
};

function keyValueStore(db) {
  return {
    write: (rows, texts) =>
      db.kv.setMany(rows.map((row, i) => ({ key: keyOf(row), value: texts[i] }))),
    writeOne: (row, text) => db.kv.set(keyOf(row), text),
    read: (row) => db.kv.get(keyOf(row)),
    /** Characters of all texts, each of which is handed out. */
    scan() {
      let bytes = 0;
      for (const { value } of db.kv.list()) bytes += value.length;
      return bytes;
    },
    count: () => db.kv.count(),
  };
}

/** `create` is false where opening is timed. */
async function tableStore(db, create) {
  if (create) {
    await db.exec(
      `CREATE TABLE IF NOT EXISTS entries (id INTEGER PRIMARY KEY, owner INTEGER NOT NULL, body TEXT NOT NULL);
       CREATE INDEX IF NOT EXISTS entries_owner_idx ON entries (owner)`,
    );
  }
  const one = db.prepare("SELECT body FROM entries WHERE id = $1");
  const every = db.prepare("SELECT id, body FROM entries");
  const totals = db.prepare("SELECT count(*) AS n, sum(owner) AS owners FROM entries");
  const add = "INSERT INTO entries VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET body = $3";
  const addOne = db.prepare(add);
  return {
    write: (rows, texts) =>
      db.transaction((tx) => {
        const statement = tx.prepare(add);
        rows.forEach((row, i) => statement.run(row, ownerOf(row), texts[i]));
      }),
    writeOne: (row, text) => addOne.run(row, ownerOf(row), text),
    read: (row) => one.get(row)?.body,
    scan() {
      let bytes = 0;
      for (const { body } of every.iterate()) bytes += body.length;
      return bytes;
    },
    /** Reads one column of every row, which no update here changes. */
    aggregate: () => Number(totals.get().owners),
    count: () => Number(totals.get().n),
  };
}

/** Ten rows an owner, far apart. */
const ownerOf = (row) => row % 100_000;
