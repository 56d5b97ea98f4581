import { loadTables } from "../load.mjs";

const marks = (count) => Array.from({ length: count }, (_, i) => `$${i + 1}`).join(", ");
/** `?` as the suite writes it, numbered. */
const numbered = (sql) => {
  let n = 0;
  return sql.replaceAll("?", () => `$${++n}`);
};

export default {
  title: "AegisDB",
  durability:
    '`sync: "commit"`, the default; a write\'s promise settles after its commit record is on disk.',
  library: () => import("../../../../packages/core/dist/bundle/index.js"),
  async open({ open }, folder) {
    const db = await open(folder);
    return {
      db,
      exec: (sql) => db.exec(sql),
      insert: (table, rows) =>
        db.transaction((tx) => {
          const statement = tx.prepare(`INSERT INTO ${table} VALUES (${marks(rows[0].length)})`);
          for (const row of rows) statement.run(...row);
        }),
      async runEach(sql, list) {
        const statement = db.prepare(numbered(sql));
        for (const params of list) await statement.run(...params);
      },
      runTogether: (sql, list) =>
        db.transaction((tx) => {
          const statement = tx.prepare(numbered(sql));
          for (const params of list) statement.run(...params);
        }),
      getEach(sql, list, visit) {
        const statement = db.prepare(numbered(sql));
        for (const params of list) visit(statement.get(...params));
      },
      allEach(sql, list, visit) {
        const statement = db.prepare(numbered(sql));
        for (const params of list) visit(statement.all(...params));
      },
      all: (sql) => db.prepare(sql).all(),
    };
  },
  load: loadTables,
  checkpoint: (store) => store.db.checkpoint(),
  close: (store) => store.db.close(),
};
