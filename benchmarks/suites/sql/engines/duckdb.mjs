import { join } from "node:path";
import { loadTables } from "../load.mjs";

/** Columns by table, as the appender wants their values. */
const APPEND = {
  customers: ["appendInteger", "appendVarchar", "appendVarchar", "appendVarchar"],
  orders: [
    "appendInteger",
    "appendInteger",
    "appendVarchar",
    "appendDouble",
    "appendInteger",
    "appendBigInt",
    "appendVarchar",
  ],
};

export default {
  title: "DuckDB, one thread",
  durability:
    "Its default: a commit is synced to the write-ahead log. Rows are loaded by its appender.",
  onlyWhenNamed: true,
  library: () => import("@duckdb/node-api"),
  async open({ DuckDBInstance }, folder) {
    const instance = await DuckDBInstance.create(join(folder, "bench.duckdb"), { threads: "1" });
    const connection = await instance.connect();
    return {
      instance,
      connection,
      exec: (sql) => connection.run(sql),
      async insert(table, rows) {
        const appender = await connection.createAppender(table);
        const calls = APPEND[table];
        for (const row of rows) {
          row.forEach((value, i) =>
            appender[calls[i]](calls[i] === "appendBigInt" ? BigInt(value) : value),
          );
          appender.endRow();
        }
        appender.closeSync();
      },
      async runTogether(sql, list) {
        const statement = await connection.prepare(sql);
        await connection.run("BEGIN");
        for (const params of list) {
          statement.bind(params);
          await statement.run();
        }
        await connection.run("COMMIT");
      },
      async all(sql) {
        const reader = await connection.runAndReadAll(sql);
        return reader.getRowObjectsJS();
      },
    };
  },
  load: loadTables,
  checkpoint: (store) => store.connection.run("CHECKPOINT"),
  async close(store) {
    store.connection.closeSync();
    store.instance.closeSync();
  },
};
