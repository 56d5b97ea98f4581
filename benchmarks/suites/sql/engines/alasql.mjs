import { loadTables } from "../load.mjs";

export default {
  title: "AlaSQL, in memory",
  durability:
    "None: its tables are JavaScript arrays, lost with the process, and there is nothing to open again.",
  onlyWhenNamed: true,
  once: true,
  inMemory: true,
  // It looks at every row for one.
  share: { "point-select": 1 / 4000, "index-lookup": 1 / 400, "point-update": 1 / 400 },
  library: () => import("alasql"),
  async open({ default: alasql }) {
    const db = new alasql.Database();
    const compiled = (sql) => alasql.compile(sql, db.databaseid);
    const each = (sql, list, take) => {
      const statement = compiled(sql);
      for (const params of list) {
        const rows = statement(params);
        take?.(rows);
      }
    };
    return {
      exec: (sql) => db.exec(sql),
      insert: (table, rows) =>
        each(`INSERT INTO ${table} VALUES (${rows[0].map(() => "?").join(", ")})`, rows),
      runEach: each,
      runTogether: each,
      getEach: (sql, list, visit) => each(sql, list, (rows) => visit(rows[0])),
      allEach: each,
      all: (sql) => db.exec(sql),
    };
  },
  load: loadTables,
  checkpoint: async () => undefined,
  close: async () => undefined,
};
