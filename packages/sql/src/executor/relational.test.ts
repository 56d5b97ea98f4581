import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Source } from "../contract/source.js";
import {
  loadPostgres,
  memoryDatabase,
  postgresText,
  queryDifferences,
  queryText,
  type TestTable,
} from "../testing/queries.js";
import { numbersFrom } from "../testing/random-rows.js";

/** Each operator through SQL, with PostgreSQL's answers as the measure. */

function table(name: string, seed: number, count: number): TestTable {
  const below = numbersFrom(seed);
  const maybe = (text: string): string | null => (below(7) === 0 ? null : text);
  const rows = Array.from({ length: count }, (_, i) => [
    String(i),
    maybe(String(below(12))),
    maybe(["red", "green", "blue", "größe", ""][below(5)]!),
    maybe(`${below(9)}.${below(10)}0`),
    maybe(`${below(4)}.${"5000".slice(0, below(4) + 1)}`),
    maybe(`2024-01-${String(below(9) + 1).padStart(2, "0")}`),
    maybe(`2024-01-0${below(5) + 1} 0${below(9)}:30:00`),
    maybe(String(below(64) / 8)),
  ]);
  return {
    name,
    columns: {
      id: "integer",
      k: "integer",
      t: "text",
      price: { name: "numeric", precision: 8, scale: 2 },
      free: "numeric",
      day: "date",
      moment: "timestamp",
      ratio: "double precision",
    },
    primaryKey: ["id"],
    rows,
  };
}

const tables: readonly TestTable[] = [
  table("a", 1, 150),
  table("b", 2, 90),
  { ...table("nothing", 3, 0), name: "nothing" },
  {
    name: "edge",
    columns: { source: "integer", target: "integer" },
    rows: [
      ["1", "2"],
      ["2", "3"],
      ["3", "1"],
      ["3", "4"],
      ["4", "5"],
      ["6", "6"],
      [null, "1"],
    ],
  },
];

let postgres: PGlite;
let source: Source;
beforeAll(async () => {
  postgres = await PGlite.create();
  await loadPostgres(postgres, tables);
  source = memoryDatabase(tables);
}, 60_000);
afterAll(() => postgres.close());

async function same(queries: readonly string[]): Promise<void> {
  expect(await queryDifferences(source, postgres, queries)).toEqual([]);
}

test("joins", async () => {
  await same([
    "SELECT a.id, b.id FROM a JOIN b ON a.k = b.k",
    "SELECT a.id, b.id FROM a JOIN b ON a.k = b.k AND a.id < b.id",
    "SELECT a.id, b.id FROM a LEFT JOIN b ON a.k = b.k AND a.t = b.t",
    "SELECT a.id, b.id FROM a LEFT JOIN b ON a.k = b.k AND a.price < b.price",
    "SELECT a.id, b.id, b.t FROM a RIGHT JOIN b ON a.id = b.id AND a.k > 3",
    "SELECT a.id, a.t, b.id, b.free FROM a FULL JOIN b ON a.id = b.id + 50",
    "SELECT a.id, b.id FROM a FULL JOIN b ON a.free = b.price",
    "SELECT a.id, b.id FROM a JOIN b ON a.free = b.price AND a.day = b.day",
    "SELECT a.id, b.id FROM a JOIN b ON a.moment < b.moment AND a.k = 3 AND b.k = 4",
    "SELECT a.id, b.id FROM a JOIN b ON a.t IS NOT DISTINCT FROM b.t AND a.k = b.k",
    "SELECT count(*) FROM a CROSS JOIN b",
    "SELECT * FROM a NATURAL JOIN b",
    "SELECT * FROM a JOIN b USING (k, t)",
    "SELECT k, a.id, b.id FROM a FULL JOIN b USING (k) WHERE a.id < 9 OR b.id < 9",
    "SELECT a.id FROM a LEFT JOIN nothing n ON a.k = n.k",
    "SELECT a.id, n.id FROM nothing n RIGHT JOIN a ON true",
    "SELECT a.id FROM a JOIN nothing n ON a.k = n.k",
    "SELECT x.id, y.id, z.id FROM a x JOIN b y ON x.k = y.k JOIN a z ON z.id = y.id + x.id",
    "SELECT a.id, b.id FROM a JOIN b ON a.k::numeric = b.free",
    "SELECT a.id, b.id FROM a JOIN b ON a.k = b.ratio",
  ]);
});

test("semi-joins, anti-joins and scalar subqueries", async () => {
  await same([
    "SELECT id FROM a WHERE k IN (SELECT k FROM b)",
    "SELECT id FROM a WHERE k NOT IN (SELECT k FROM b)",
    "SELECT id FROM a WHERE k NOT IN (SELECT k FROM b WHERE k > 5)",
    "SELECT id FROM a WHERE k NOT IN (SELECT k FROM nothing)",
    "SELECT id FROM a WHERE (k, t) IN (SELECT k, t FROM b)",
    "SELECT id FROM a WHERE (k, t) NOT IN (SELECT k, t FROM b WHERE k > 8)",
    "SELECT id FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.price > a.price)",
    "SELECT id FROM a WHERE NOT EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.price > a.price)",
    "SELECT id FROM a WHERE price > ALL (SELECT price FROM b WHERE b.k = a.k)",
    "SELECT id FROM a WHERE price = ANY (SELECT free FROM b)",
    "SELECT id, (SELECT max(b.id) FROM b WHERE b.k = a.k) FROM a",
    "SELECT id, (SELECT b.t FROM b WHERE b.id = a.k) FROM a",
    "SELECT id, (SELECT b.t FROM b WHERE b.k = a.k) FROM a",
    "SELECT id, (SELECT count(*) FROM b WHERE b.k = a.k AND b.id < a.id) FROM a",
  ]);
});

test("lateral joins", async () => {
  await same([
    "SELECT a.id, x.id FROM a, LATERAL (SELECT id FROM b WHERE b.k = a.k ORDER BY id LIMIT 2) x",
    `SELECT a.id, x.n FROM a LEFT JOIN LATERAL
       (SELECT count(*) AS n FROM b WHERE b.k = a.k HAVING count(*) > 6) x ON true`,
    "SELECT a.id, g FROM a, generate_series(1, a.k) g WHERE a.id < 20",
    "SELECT a.id, u FROM a CROSS JOIN LATERAL unnest(ARRAY[a.k, a.id]) u",
    "SELECT a.id, s.price FROM a LEFT JOIN LATERAL (SELECT a.price) s ON s.price > 4",
  ]);
});

test("set operations and DISTINCT", async () => {
  await same([
    "SELECT k, t FROM a UNION SELECT k, t FROM b",
    "SELECT k, t FROM a UNION ALL SELECT k, t FROM b",
    "SELECT k, t FROM a INTERSECT SELECT k, t FROM b",
    "SELECT k, t FROM a INTERSECT ALL SELECT k, t FROM b",
    "SELECT k, t FROM a EXCEPT SELECT k, t FROM b",
    "SELECT k, t FROM a EXCEPT ALL SELECT k, t FROM b",
    "SELECT price FROM a UNION ALL SELECT free FROM b",
    "SELECT round(free, 1) FROM a INTERSECT SELECT round(price, 1) FROM b",
    "SELECT DISTINCT k, day FROM a",
    "SELECT DISTINCT ratio FROM a",
    "SELECT DISTINCT ON (k) k, id FROM a ORDER BY k, id DESC",
    "SELECT DISTINCT ON (t, k % 2) t, k, id FROM a ORDER BY t, k % 2, id",
    "SELECT NULL UNION SELECT NULL",
  ]);
});

test("sorting", async () => {
  const queries = [
    "SELECT id FROM a ORDER BY k, id",
    "SELECT id FROM a ORDER BY k DESC NULLS LAST, t NULLS FIRST, id DESC",
    "SELECT id FROM a ORDER BY free DESC, id LIMIT 10",
    "SELECT id FROM a ORDER BY price + k, id LIMIT 10 OFFSET 5",
    'SELECT id, t FROM a ORDER BY t COLLATE "C", id LIMIT 25',
    "SELECT id FROM a ORDER BY day, moment DESC, id FETCH FIRST 7 ROWS ONLY",
    "SELECT k FROM a ORDER BY k FETCH FIRST 5 ROWS WITH TIES",
    "SELECT id FROM a ORDER BY k % 3, -id LIMIT 0",
  ];
  for (const query of queries) {
    expect(queryText(source, query), query).toEqual(await postgresText(postgres, query));
  }
});

test("common tables and recursion", async () => {
  await same([
    "WITH x AS (SELECT k, count(*) AS n FROM a GROUP BY k) SELECT * FROM x JOIN x y USING (k)",
    "WITH x AS MATERIALIZED (SELECT * FROM a) SELECT * FROM x UNION ALL SELECT * FROM x",
    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 50) SELECT * FROM n",
    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT * FROM n LIMIT 5",
    `WITH RECURSIVE r(v) AS (SELECT 1 UNION SELECT target FROM edge JOIN r ON source = v)
     SELECT * FROM r`,
    `WITH RECURSIVE r(v, path) AS (
       SELECT 1, ARRAY[1]
       UNION ALL
       SELECT target, path || target FROM edge JOIN r ON source = v
       WHERE target <> ALL (path))
     SELECT * FROM r`,
    `WITH RECURSIVE r(v, d) AS (
       SELECT source, 0 FROM edge UNION SELECT e.target, d + 1 FROM r, edge e
       WHERE e.source = r.v AND d < 4)
     SELECT v, min(d), max(d) FROM r GROUP BY v`,
    `WITH x AS (SELECT 1 AS v), y AS (SELECT v + 1 AS v FROM x), x2 AS (SELECT * FROM x, y AS z)
     SELECT * FROM x2, y`,
  ]);
});

test("functions in FROM", async () => {
  await same([
    "SELECT * FROM generate_series(1, 10000, 3) WITH ORDINALITY",
    "SELECT * FROM ROWS FROM (generate_series(1, 3), unnest(ARRAY['x', 'y'])) WITH ORDINALITY",
    "SELECT * FROM unnest(ARRAY[1, 2, NULL], ARRAY['a', 'b']) AS u(n, t)",
    "SELECT * FROM generate_series(1, NULL)",
    "SELECT id, generate_series(1, k) FROM a WHERE id < 12",
    'SELECT * FROM jsonb_each(\'{"a": 1, "b": [2]}\') AS j(key, value)',
  ]);
});
