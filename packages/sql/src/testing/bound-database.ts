import type { PGlite } from "@electric-sql/pglite";
import type { Source } from "../contract/source.js";
import { SqlEngine } from "../session/engine.js";
import { MemoryHost } from "./memory-source.js";

/** Tables without rows, of many types, and a view, for queries that are only bound. */
const DEFINITIONS: readonly string[] = [
  `CREATE TABLE t (
    id integer PRIMARY KEY, a integer, b text, n numeric, p numeric(10,2), j jsonb, arr integer[],
    v varchar(20), d date, ts timestamp, big bigint, f double precision, ok boolean, js json
  )`,
  "CREATE TABLE u (id integer PRIMARY KEY, t_id integer, c text)",
  "CREATE TABLE w (x integer, y integer, z text)",
  "CREATE TABLE w2 (x bigint, q integer)",
  "CREATE VIEW vw AS SELECT a AS k, count(*) AS cnt FROM t GROUP BY a",
];

export function boundDatabase(): Source {
  const host = new MemoryHost();
  const session = new SqlEngine(host).session();
  for (const sql of DEFINITIONS) session.run(session.prepare(sql), undefined);
  return host.latest();
}

/** The same in PostgreSQL. */
export async function loadBoundDatabase(postgres: PGlite): Promise<void> {
  for (const sql of DEFINITIONS) await postgres.exec(sql);
}
