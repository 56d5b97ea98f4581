import { join } from "node:path";
import { loadTables } from "../load.mjs";

/** `?` as the suite writes it, numbered. */
const numbered = (sql) => {
  let n = 0;
  return sql.replaceAll("?", () => `$${++n}`);
};
const csv = (row) => row.map((value) => `"${value}"`).join(",");

async function each(db, sql, list, take) {
  const text = numbered(sql);
  for (const params of list) {
    const { rows } = await db.query(text, params);
    take?.(rows);
  }
}

export default {
  title: "PGlite",
  durability:
    "A folder on disk, its default: PostgreSQL compiled to WebAssembly, which it runs with `fsync = off`, so that a commit survives the process and not a power cut. Rows are loaded by COPY.",
  onlyWhenNamed: true,
  once: true,
  share: {
    "point-select": 1 / 20,
    "index-lookup": 1 / 10,
    "point-update": 1 / 10,
    "single-insert": 1 / 10,
  },
  library: () => import("@electric-sql/pglite"),
  async open({ PGlite }, folder) {
    const db = await PGlite.create(join(folder, "pglite"));
    return {
      db,
      exec: (sql) => db.exec(sql),
      insert: (table, rows) =>
        db.query(`COPY ${table} FROM '/dev/blob' WITH (FORMAT csv)`, [], {
          blob: new Blob([rows.map(csv).join("\n"), "\n"]),
        }),
      runEach: (sql, list) => each(db, sql, list),
      runTogether: (sql, list) => db.transaction((tx) => each(tx, sql, list)),
      getEach: (sql, list, visit) => each(db, sql, list, (rows) => visit(rows[0])),
      allEach: (sql, list, visit) => each(db, sql, list, visit),
      all: async (sql) => (await db.query(sql)).rows,
    };
  },
  load: loadTables,
  // CHECKPOINT fails on a folder; closing makes one.
  checkpoint: async () => undefined,
  close: (store) => store.db.close(),
};
