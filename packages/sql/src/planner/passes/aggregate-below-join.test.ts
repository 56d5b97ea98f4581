import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bindQuery } from "../../binder/index.js";
import type { Source } from "../../contract/source.js";
import { registry } from "../../functions/index.js";
import { parseStatement } from "../../parser/index.js";
import {
  loadPostgres,
  memoryDatabase,
  queryDifferences,
  type TestTable,
} from "../../testing/queries.js";
import { explainLines, explainPlan } from "../explain.js";
import { optimize } from "../index.js";

/** Orders 0 to 199 of customers 0 to 15, of whom 12 to 15 are not there, and of nobody. */
const tables: readonly TestTable[] = [
  {
    name: "customers",
    columns: { id: "integer", city: "text", big: "bigint" },
    primaryKey: ["id"],
    rows: Array.from({ length: 12 }, (_, i) => [String(i), `city ${i % 3}`, String(i)]),
  },
  {
    name: "orders",
    columns: { id: "integer", customer: "integer", amount: "integer", status: "text" },
    primaryKey: ["id"],
    rows: Array.from({ length: 200 }, (_, i) => [
      String(i),
      i % 17 === 16 ? null : String(i % 17),
      i % 5 === 0 ? null : String((i * 37) % 101),
      ["new", "paid", "returned"][i % 3]!,
    ]),
  },
];

let postgres: PGlite;
let source: Source;
beforeAll(async () => {
  postgres = await PGlite.create();
  await loadPostgres(postgres, tables);
  source = memoryDatabase(tables);
});
afterAll(() => postgres.close());

const JOIN = "FROM orders o JOIN customers c ON c.id = o.customer";

const MOVED = [
  `SELECT c.id, c.city, sum(o.amount) ${JOIN} GROUP BY c.id, c.city`,
  `SELECT o.customer, upper(c.city), count(*), count(o.amount), min(o.status) ${JOIN}
   GROUP BY o.customer, upper(c.city)`,
  `SELECT c.city || c.id, avg(o.amount) ${JOIN} WHERE o.status <> 'returned'
   GROUP BY c.id, c.city HAVING count(*) > 5`,
  `SELECT c.id, o.customer, o.customer + c.id, max(o.amount) ${JOIN} GROUP BY c.id, o.customer`,
  `SELECT c.id, count(DISTINCT o.status), count(*) FILTER (WHERE true) ${JOIN} GROUP BY c.id`,
  `SELECT c.id, sum(o.amount) FROM customers c JOIN orders o ON c.id = o.customer
   WHERE c.city <> 'city 1' GROUP BY c.id`,
];

const LEFT = [
  `SELECT c.city, sum(o.amount) ${JOIN} GROUP BY c.city`,
  `SELECT c.id, o.status, sum(o.amount) ${JOIN} GROUP BY c.id, o.status`,
  `SELECT c.id, sum(o.amount + length(c.city)) ${JOIN} GROUP BY c.id`,
  `SELECT c.id, sum(100 / o.amount) ${JOIN} WHERE o.amount > 0 GROUP BY c.id`,
  `SELECT c.id, sum(o.amount) ${JOIN} AND c.big < o.amount GROUP BY c.id`,
  `SELECT c.big, sum(o.amount) FROM orders o JOIN customers c ON c.big = o.customer GROUP BY c.big`,
  `SELECT c.id, sum(o.amount) FROM customers c LEFT JOIN orders o ON c.id = o.customer GROUP BY c.id`,
  `SELECT c.id, sum(o.amount) ${JOIN} GROUP BY ROLLUP (c.id)`,
  `SELECT c.id, sum(o.amount) ${JOIN} AND c.id = o.id GROUP BY c.id`,
  `SELECT sum(o.amount) ${JOIN}`,
];

/** Whether the plan groups before it joins. */
function isMoved(sql: string): boolean {
  const statement = parseStatement(sql);
  if (statement.kind !== "query") throw new Error("not a query");
  const { plan } = bindQuery(statement, { source, registry, paramTypes: [] });
  const lines = explainLines(explainPlan(optimize(plan, source), source));
  const at = (part: string): number => lines.findIndex((line) => line.includes(part));
  return at("Aggregate") > at("Join") && at("Join") >= 0;
}

describe("groups by a key of a joined table", () => {
  test.each(MOVED)("are made before the join: %s", async (sql) => {
    expect(isMoved(sql)).toBe(true);
    expect(await queryDifferences(source, postgres, [sql])).toEqual([]);
  });

  test.each(LEFT)("stay where they say something else: %s", async (sql) => {
    expect(isMoved(sql)).toBe(false);
    expect(await queryDifferences(source, postgres, [sql])).toEqual([]);
  });
});
