import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { QueryComparison } from "../testing/query-comparison.js";

let postgres: PGlite;
let comparison: QueryComparison;
beforeAll(async () => {
  postgres = await PGlite.create();
  comparison = new QueryComparison(postgres);
  await comparison.setUp([
    "CREATE TABLE w (id integer PRIMARY KEY, g text, v numeric(6,2), f double precision)",
    `INSERT INTO w VALUES (1, 'a', 1.5, 1), (2, 'a', 2.25, 2), (3, 'a', 2.25, 1e300), (4, 'b', NULL, 4),
      (5, 'b', 7, NULL), (6, 'b', -1.25, 5), (7, 'b', 7, 1e-300), (8, 'c', 0, 3)`,
  ]);
});
afterAll(async () => {
  await postgres.close();
});

const RANKS = [
  "row_number()",
  "rank()",
  "dense_rank()",
  "percent_rank()",
  "cume_dist()",
  "ntile(2)",
  "ntile(3)",
  "ntile(NULL)",
  "ntile(0)",
];

const SHIFTS = [
  "lag(v)",
  "lag(v, 2)",
  "lag(v, 2, -1)",
  "lag(v, -1, 0)",
  "lag(v, 0)",
  "lag(v, NULL)",
  "lead(id)",
  "lead(g, 2, 'none')",
  "lead(v, id % 3)",
];

const FRAMED = [
  "first_value(v)",
  "last_value(v)",
  "nth_value(v, 2)",
  "nth_value(v, NULL)",
  "nth_value(v, 0)",
  "sum(v)",
  "sum(id)",
  "avg(v)",
  "count(v)",
  "count(*)",
  "min(v)",
  "max(id)",
  "sum(f)",
  "bool_and(v > 0)",
  "stddev_pop(id)",
  "var_samp(v)",
  "string_agg(g, ',')",
  "array_agg(id)",
  "sum(v * interval '1 hour')",
];

const FRAMES = [
  "",
  "ROWS UNBOUNDED PRECEDING",
  "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
  "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
  "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
  "RANGE BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING",
  "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
  "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW",
  "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES",
  "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP",
];

test("ranks and neighbours", async () => {
  const queries = [...RANKS, ...SHIFTS].flatMap((call) =>
    ["ORDER BY v", "PARTITION BY g ORDER BY v, id", "PARTITION BY g ORDER BY v DESC"].map(
      (window) => `SELECT id, ${call} OVER (${window}, id) FROM w ORDER BY id`,
    ),
  );
  const withPeers = RANKS.map(
    (call) => `SELECT id, ${call} OVER (ORDER BY g) FROM w ORDER BY g, id`,
  );
  expect(await comparison.differences([...queries, ...withPeers])).toEqual([]);
});

test.each(FRAMES)("frame %s", async (frame) => {
  const queries = FRAMED.flatMap((call) =>
    ["ORDER BY id", "PARTITION BY g ORDER BY id", "ORDER BY g"].map(
      (window) => `SELECT id, ${call} OVER (${window} ${frame}) FROM w ORDER BY id`,
    ),
  );
  expect(await comparison.differences(queries)).toEqual([]);
});
