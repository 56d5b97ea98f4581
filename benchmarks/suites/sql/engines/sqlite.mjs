import { join } from "node:path";
import { loadTables } from "../load.mjs";

export default {
  title: "better-sqlite3",
  durability:
    "`journal_mode = WAL`, `synchronous = FULL`: every transaction is synced before it returns.",
  library: () => import("better-sqlite3"),
  async open({ default: Database }, folder) {
    const db = new Database(join(folder, "bench.sqlite"));
    db.pragma("journal_mode = WAL");
    db.pragma("synchronous = FULL");
    const runAll = db.transaction((statement, list) => {
      for (const params of list) statement.run(...params);
    });
    return {
      db,
      exec: (sql) => db.exec(sql),
      insert(table, rows) {
        const marks = rows[0].map(() => "?").join(", ");
        runAll(db.prepare(`INSERT INTO ${table} VALUES (${marks})`), rows);
      },
      async runEach(sql, list) {
        const statement = db.prepare(sql);
        for (const params of list) await statement.run(...params);
      },
      runTogether: (sql, list) => runAll(db.prepare(sql), list),
      getEach(sql, list, visit) {
        const statement = db.prepare(sql);
        for (const params of list) visit(statement.get(...params));
      },
      allEach(sql, list, visit) {
        const statement = db.prepare(sql);
        for (const params of list) visit(statement.all(...params));
      },
      all: (sql) => db.prepare(sql).all(),
    };
  },
  load: loadTables,
  checkpoint: async (store) => void store.db.pragma("wal_checkpoint(TRUNCATE)"),
  close: async (store) => void store.db.close(),
};
