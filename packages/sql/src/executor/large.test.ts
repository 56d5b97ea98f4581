import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryDatabase, postgresText, queryText } from "../testing/queries.js";

/** Inputs of many batches, runs and dictionaries, told apart by a sum over the rows' texts. */

const source = memoryDatabase([]);
let postgres: PGlite;
beforeAll(async () => {
  postgres = await PGlite.create();
}, 60_000);
afterAll(() => postgres.close());

const ROWS = `(SELECT i, (i * 7919) % 10007 AS k, (i * 31) % 13 AS g, 'text ' || (i % 5003) AS t,
  CASE WHEN i % 11 = 0 THEN NULL ELSE (i * 17) % 1000 / 8.0::float8 END AS f
  FROM generate_series(1, 20000) i)`;

const QUERIES = [
  `SELECT i FROM ${ROWS} r ORDER BY k DESC, i`,
  `SELECT i FROM ${ROWS} r ORDER BY f NULLS FIRST, g DESC, i`,
  `SELECT i FROM ${ROWS} r ORDER BY t, i DESC`,
  `SELECT i FROM ${ROWS} r ORDER BY g, f DESC, i LIMIT 5000 OFFSET 3000`,
  `SELECT a.i, b.t FROM ${ROWS} a JOIN ${ROWS} b ON a.k = b.i AND a.g = b.g ORDER BY 1, 2`,
  `SELECT a.i, b.i AS j FROM ${ROWS} a LEFT JOIN ${ROWS} b ON a.k = b.i + 15000 ORDER BY 1, 2`,
  `SELECT a.i, b.i AS j FROM ${ROWS} a FULL JOIN ${ROWS} b ON a.t = b.t AND a.i > b.i + 16000
   ORDER BY 1, 2`,
  `SELECT a.i, b.i AS j FROM generate_series(1, 3) a(i) JOIN ${ROWS} b ON a.i = b.g % 3
   ORDER BY 1, 2`,
  `SELECT a.i, b.i AS j FROM generate_series(1, 5) a(i) LEFT JOIN ${ROWS} b ON a.i * 4000 < b.i
   ORDER BY 1, 2`,
  `SELECT i FROM generate_series(1, 30000) x(i) WHERE i NOT IN (SELECT k FROM ${ROWS} r) ORDER BY 1`,
  `SELECT a.i FROM generate_series(1, 40) a(i)
   WHERE NOT EXISTS (SELECT 1 FROM ${ROWS} b WHERE b.i < a.i * 500 AND b.g > a.i) ORDER BY 1`,
  `SELECT DISTINCT t, g FROM ${ROWS} r ORDER BY t, g`,
  `SELECT t, g FROM ${ROWS} r EXCEPT ALL SELECT t, g FROM ${ROWS} q WHERE i % 3 > 0
   ORDER BY t, g`,
  `SELECT i, sum(g) OVER (PARTITION BY k % 4 ORDER BY i ROWS 100 PRECEDING) AS s,
     rank() OVER (PARTITION BY k % 4 ORDER BY f) AS r, max(k) OVER (ORDER BY i ROWS 9 PRECEDING)
   FROM ${ROWS} r ORDER BY i`,
  `WITH x AS MATERIALIZED (SELECT * FROM ${ROWS} r)
   SELECT x.i, y.t FROM x JOIN x y ON x.i = y.k ORDER BY 1, 2`,
  `WITH RECURSIVE n(i, v) AS (
     SELECT i, i FROM generate_series(1, 5000) i UNION SELECT i, v / 2 FROM n WHERE v > 0)
   SELECT i, v FROM n ORDER BY i, v`,
  `SELECT x.i, l.k FROM generate_series(1, 300) x(i),
     LATERAL (SELECT k FROM generate_series(1, x.i) k WHERE k % 7 = 0) l ORDER BY 1, 2`,
];

for (const query of QUERIES) {
  test(query.replaceAll(ROWS, "rows").replace(/\s+/g, " "), async () => {
    const wanted = await postgresText(postgres, query);
    expect(wanted.length).toBeGreaterThan(20);
    const found = queryText(source, query);
    expect(found.length).toBe(wanted.length);
    const at = found.findIndex((line, i) => line !== wanted[i]);
    if (at >= 0) expect(`row ${at}: ${found[at]}`).toBe(`row ${at}: ${wanted[at]}`);
  });
}
