import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Source } from "../contract/source.js";
import {
  loadPostgres,
  memoryDatabase,
  queryDifferences,
  queryText,
  type TestTable,
} from "../testing/queries.js";

const tables: readonly TestTable[] = [
  {
    name: "people",
    columns: { id: "integer", name: "text", boss: "integer", pay: "numeric", team: "text" },
    primaryKey: ["id"],
    rows: [
      ["1", "ann", null, "10.50", "a"],
      ["2", "bob", "1", "7", "a"],
      ["3", "cid", "1", null, "b"],
      ["4", "dee", "2", "7.00", "b"],
      ["5", "eve", "9", "3.25", null],
    ],
  },
  {
    name: "tasks",
    columns: {
      id: "bigint",
      owner: "integer",
      hours: "integer",
      tags: { name: "array", element: { name: "text" } },
    },
    primaryKey: ["id"],
    rows: Array.from({ length: 60 }, (_, i) => [
      String(i),
      i % 7 === 0 ? null : String((i % 5) + 1),
      i % 11 === 0 ? null : String((i * 13) % 17),
      i % 4 === 0 ? null : `{t${i % 3},NULL,"a b"}`,
    ]),
  },
  { name: "empty", columns: { x: "integer" }, rows: [] },
];

let postgres: PGlite;
let source: Source;
beforeAll(async () => {
  postgres = await PGlite.create();
  await loadPostgres(postgres, tables);
  source = memoryDatabase(tables);
});
afterAll(async () => {
  await postgres.close();
});

const same = async (queries: readonly string[]): Promise<void> => {
  expect((await queryDifferences(source, postgres, queries)).join("\n")).toBe("");
};

test("subqueries as values", async () => {
  await same([
    "SELECT name, (SELECT count(*) FROM tasks WHERE owner = p.id) FROM people p",
    "SELECT name, (SELECT max(hours) FROM tasks WHERE owner = p.id AND hours < p.id * 4) FROM people p",
    "SELECT name, (SELECT b.name FROM people b WHERE b.id = p.boss) FROM people p",
    "SELECT (SELECT x FROM empty), (SELECT 5), (SELECT max(x) FROM empty)",
    "SELECT name FROM people WHERE pay > (SELECT avg(pay) FROM people)",
    "SELECT (SELECT id FROM people)",
    "SELECT name, (SELECT id FROM people b WHERE b.team = p.team) FROM people p",
    "SELECT ARRAY(SELECT name FROM people ORDER BY id DESC)",
    "SELECT name, ARRAY(SELECT hours FROM tasks WHERE owner = p.id ORDER BY id LIMIT 3) FROM people p",
    "SELECT sum((SELECT count(*) FROM tasks t WHERE t.owner = p.id)) FROM people p GROUP BY team",
    "SELECT CASE WHEN id > 0 THEN 1 ELSE (SELECT id FROM people) END FROM people",
    "SELECT name, (SELECT (SELECT count(*) FROM tasks t WHERE t.owner = p.id AND t.hours > b.id) FROM people b WHERE b.id = p.boss) FROM people p",
  ]);
});

test("subqueries over CTEs of correlated queries", async () => {
  await same([
    "SELECT name, (WITH c AS (SELECT p.id AS x) SELECT (SELECT x FROM c) + 1) FROM people p",
    "SELECT name, (WITH c AS MATERIALIZED (SELECT hours FROM tasks WHERE owner = p.id) SELECT count(*) FROM tasks WHERE hours IN (SELECT hours FROM c)) FROM people p",
    "WITH c AS MATERIALIZED (SELECT max(id) AS m FROM people) SELECT name FROM people WHERE id = (SELECT m FROM c) OR id = 1",
    "WITH c AS MATERIALIZED (SELECT boss FROM people) SELECT name, (SELECT count(*) FROM c WHERE boss = p.id) FROM people p",
  ]);
});

test("EXISTS, IN, ANY and ALL", async () => {
  await same([
    "SELECT name FROM people p WHERE EXISTS (SELECT FROM tasks WHERE owner = p.id AND hours > 15)",
    "SELECT name FROM people p WHERE NOT EXISTS (SELECT FROM tasks WHERE owner = p.id AND hours > 15) OR id = 1",
    "SELECT name, EXISTS (SELECT FROM people b WHERE b.boss = p.id) FROM people p",
    "SELECT name FROM people WHERE id IN (SELECT boss FROM people)",
    "SELECT name, id IN (SELECT boss FROM people), id NOT IN (SELECT boss FROM people) FROM people",
    "SELECT name, boss IN (SELECT id FROM people WHERE team = 'b') FROM people",
    "SELECT name, boss NOT IN (SELECT x FROM empty), boss = ALL (SELECT x FROM empty) FROM people",
    "SELECT name, pay >= ALL (SELECT pay FROM people WHERE pay IS NOT NULL) FROM people",
    "SELECT name, pay > ANY (SELECT pay FROM people), pay < ALL (SELECT pay FROM people) FROM people",
    "SELECT name, (id, team) IN (SELECT boss, team FROM people) FROM people",
    "SELECT name, (id, team) NOT IN (SELECT boss, team FROM people) FROM people",
    "SELECT name, pay = ANY (SELECT p2.pay FROM people p2 WHERE p2.id <> p.id) FROM people p",
    "SELECT name FROM people p WHERE pay = (SELECT max(pay) FROM people q WHERE q.team = p.team) OR team IS NULL",
  ]);
});

test("VALUES, LIMIT and OFFSET", async () => {
  await same([
    "VALUES (1, 'a'), (2, NULL), (3, 'c')",
    "SELECT * FROM (VALUES (1), (2), (3)) v(a) ORDER BY a DESC LIMIT 2",
    "SELECT id FROM tasks ORDER BY id LIMIT 3 OFFSET 5",
    "SELECT id FROM tasks ORDER BY id OFFSET 57",
    "SELECT id FROM tasks ORDER BY id LIMIT 0",
    "SELECT id FROM tasks ORDER BY id LIMIT NULL OFFSET 58",
    "SELECT id FROM tasks ORDER BY id LIMIT (SELECT 2)",
    "SELECT pay FROM people ORDER BY pay FETCH FIRST 2 ROWS WITH TIES",
    "SELECT pay FROM people ORDER BY pay DESC FETCH FIRST 1 ROW WITH TIES",
    "SELECT id FROM tasks LIMIT -1",
    "SELECT id FROM tasks OFFSET -1",
    "SELECT count(*) FROM (SELECT id FROM tasks LIMIT 40) t",
  ]);
});

test("arrays and their elements", async () => {
  await same([
    "SELECT id, tags, tags[1], array_length(tags, 1) FROM tasks",
    "SELECT tags, count(*) FROM tasks GROUP BY tags",
    "SELECT id FROM tasks WHERE 't1' = ANY (tags)",
    "SELECT id FROM tasks WHERE tags @> ARRAY['t2']",
  ]);
});

test("keys read single rows", async () => {
  await same([
    "SELECT name FROM people WHERE id = 3",
    "SELECT name FROM people WHERE id = 33",
    "SELECT name FROM people WHERE id = NULL",
    "SELECT hours FROM tasks WHERE id = 5",
    "SELECT name FROM people WHERE id = 3 AND team = 'a'",
    "SELECT name FROM people WHERE id BETWEEN 2 AND 4",
    "SELECT name FROM people WHERE id > 2 AND id <= 4",
  ]);
  expect(queryText(source, "SELECT name FROM people WHERE id = $1", ["2"])).toEqual(["bob"]);
  expect(queryText(source, "SELECT name FROM people WHERE id > $1", ["4"])).toEqual(["eve"]);
});

test("what was planned wrongly once", async () => {
  await same([
    "SELECT count(*) FROM tasks HAVING current_user = 'nobody'",
    "SELECT owner, count(*) FROM tasks GROUP BY ROLLUP (owner) HAVING current_user = 'nobody'",
    "SELECT id, (SELECT 'x' FROM tasks t WHERE t.owner = p.id HAVING p.id < 2) FROM people p",
    "SELECT id FROM people WHERE 77 NOT IN (SELECT hours FROM tasks UNION ALL SELECT NULL)",
    "SELECT id FROM people WHERE 77 NOT IN (SELECT boss FROM people)",
    `SELECT (SELECT (SELECT c.n + 1) FROM (SELECT count(*) AS n FROM tasks t WHERE t.owner = p.id) c)
     FROM people p`,
    `WITH w AS (SELECT id AS k FROM people)
     SELECT k FROM w WHERE k = 3 OR EXISTS (SELECT 1 FROM tasks WHERE owner = w.k)`,
    `SELECT k FROM (SELECT 1 AS one, p.id AS k, t.hours AS h FROM people p JOIN tasks t ON p.id = t.owner)
     d WHERE (one = 1 AND h > 2) OR (one = 2 AND h = k)`,
    "SELECT sum(pay * 1.0), sum(pay * 1.00) FROM people",
    `SELECT max(date '2024-01-31' + interval '1 month'), max(date '2024-01-31' + interval '30 days')
     FROM people`,
  ]);
});

test("constants keep their signs", async () => {
  await same([
    "SELECT coalesce(NULL::float8 + id, '-0'), coalesce(NULL::float8 + id, 0) FROM people",
    "SELECT CASE WHEN id > 2 THEN '-0'::float8 ELSE 0::float8 END FROM people",
  ]);
});

test("large expressions and lists", () => {
  const list = Array.from({ length: 5000 }, (_, i) => i + 3).join(", ");
  const all = queryText(source, `SELECT count(*) FROM people WHERE id IN (${list})`);
  expect(all).toEqual(["3"]);
  const chain = Array.from({ length: 900 }, (_, i) => `id <> ${i + 4}`).join(" AND ");
  expect(queryText(source, `SELECT count(*) FROM people WHERE ${chain}`)).toEqual(["3"]);
  const sum = Array.from({ length: 900 }, () => "id").join(" + ");
  expect(queryText(source, `SELECT max(${sum}) FROM people`)).toEqual(["4500"]);
});
