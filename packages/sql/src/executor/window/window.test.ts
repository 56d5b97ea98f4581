import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Source } from "../../contract/source.js";
import {
  loadPostgres,
  memoryDatabase,
  queryDifferences,
  type TestTable,
} from "../../testing/queries.js";
import { numbersFrom } from "../../testing/random-rows.js";

function sales(): TestTable {
  const below = numbersFrom(5);
  const maybe = (text: string): string | null => (below(8) === 0 ? null : text);
  const rows = Array.from({ length: 120 }, (_, i) => [
    String(i),
    maybe(["x", "y", "z"][below(3)]!),
    maybe(String(below(15))),
    maybe(`${below(30)}.5`),
    maybe(`2024-0${below(3) + 1}-0${below(9) + 1}`),
    maybe(`2024-01-0${below(9) + 1} 1${below(9)}:00:00`),
    maybe(String(below(40) / 4)),
    maybe(`0${below(9)}:15:00`),
  ]);
  return {
    name: "sales",
    columns: {
      id: "integer",
      region: "text",
      n: "integer",
      price: "numeric",
      day: "date",
      moment: "timestamp",
      ratio: "double precision",
      hour: "time",
    },
    primaryKey: ["id"],
    rows,
  };
}

let postgres: PGlite;
let source: Source;
beforeAll(async () => {
  const tables = [sales(), { ...sales(), name: "nothing", rows: [] }];
  postgres = await PGlite.create();
  await loadPostgres(postgres, tables);
  source = memoryDatabase(tables);
}, 60_000);
afterAll(() => postgres.close());

async function same(queries: readonly string[]): Promise<void> {
  expect(await queryDifferences(source, postgres, queries)).toEqual([]);
}

test("ranks, shifts and buckets", async () => {
  const functions = [
    "row_number()",
    "rank()",
    "dense_rank()",
    "percent_rank()",
    "cume_dist()",
    "ntile(4)",
    "lag(id)",
    "lead(id, 2, -1)",
    "first_value(id)",
    "last_value(id)",
    "nth_value(id, 3)",
  ];
  const orders = ["ORDER BY n, id", "ORDER BY n DESC NULLS LAST, id", "ORDER BY region, id"];
  await same(
    orders.flatMap((order) => [
      ...functions.map((fn) => `SELECT id, ${fn} OVER (PARTITION BY region ${order}) FROM sales`),
      `SELECT id, ${functions.map((fn) => `${fn} OVER (${order})`).join(", ")} FROM sales`,
    ]),
  );
  await same([
    "SELECT id, rank() OVER (ORDER BY n), dense_rank() OVER (ORDER BY n DESC) FROM sales",
    "SELECT id, count(*) OVER () FROM sales",
    "SELECT row_number() OVER (ORDER BY id) FROM nothing",
    "SELECT n, sum(count(*)) OVER (ORDER BY n) FROM sales GROUP BY n",
  ]);
});

test("frames of every kind", async () => {
  const bounds = [
    ["UNBOUNDED PRECEDING", "CURRENT ROW"],
    ["UNBOUNDED PRECEDING", "UNBOUNDED FOLLOWING"],
    ["CURRENT ROW", "UNBOUNDED FOLLOWING"],
    ["2 PRECEDING", "CURRENT ROW"],
    ["2 PRECEDING", "3 FOLLOWING"],
    ["3 PRECEDING", "2 PRECEDING"],
    ["1 FOLLOWING", "4 FOLLOWING"],
    ["CURRENT ROW", "CURRENT ROW"],
    ["0 PRECEDING", "UNBOUNDED FOLLOWING"],
  ];
  const calls = [
    "sum(n)",
    "avg(price)",
    "max(n)",
    "count(*) FILTER (WHERE n > 4)",
    "last_value(n)",
  ];
  const queries = ["ROWS", "RANGE", "GROUPS"].flatMap((mode) =>
    bounds.flatMap(([start, end]) =>
      ["n", "n DESC", "n NULLS FIRST"].map((order) => {
        const window = `PARTITION BY region ORDER BY ${order}`;
        const tie = mode === "ROWS" ? ", id" : "";
        const list = calls.map((call) => `${call} OVER w`).join(", ");
        return `SELECT id, ${list} FROM sales
          WINDOW w AS (${window}${tie} ${mode} BETWEEN ${start} AND ${end})`;
      }),
    ),
  );
  const wanted = queries.filter(
    (query) => !query.includes("last_value") || !/RANGE|GROUPS/.test(query),
  );
  await same(wanted);
  await same(
    queries
      .filter((query) => /RANGE|GROUPS/.test(query))
      .map((query) => query.replace(", last_value(n) OVER w", "")),
  );
}, 30_000);

test("frames by value of every type that has distances", async () => {
  const columns = [
    ["price", "2.5"],
    ["ratio", "1.5"],
    ["day", "interval '5 days'"],
    ["day", "interval '1 month'"],
    ["moment", "interval '30 hours'"],
    ["hour", "interval '2 hours'"],
    ["n", "3"],
  ];
  await same(
    columns.flatMap(([column, offset]) =>
      ["ASC", "DESC", "DESC NULLS LAST"].flatMap((order) =>
        [
          `${offset} PRECEDING AND ${offset} FOLLOWING`,
          `${offset} PRECEDING AND CURRENT ROW`,
          `${offset} FOLLOWING AND UNBOUNDED FOLLOWING`,
          `UNBOUNDED PRECEDING AND ${offset} PRECEDING`,
        ].map(
          (frame) => `SELECT id, count(*) OVER w, sum(id) OVER w, max(id) OVER w FROM sales
            WINDOW w AS (ORDER BY ${column} ${order} RANGE BETWEEN ${frame})`,
        ),
      ),
    ),
  );
}, 30_000);

test("exclusions", async () => {
  const exclusions = ["NO OTHERS", "CURRENT ROW", "GROUP", "TIES"];
  const frames = [
    "ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING",
    "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING",
  ];
  await same(
    exclusions.flatMap((exclusion) =>
      frames.map((frame) => {
        // Peers have no order among themselves, so only what does not show it is asked for.
        const order = frame.startsWith("ROWS") ? "n, id" : "n";
        return `SELECT id, sum(n) OVER w, min(id) OVER w, count(ratio) OVER w, sum(ratio) OVER w
          FROM sales WINDOW w AS (PARTITION BY region ORDER BY ${order} ${frame} EXCLUDE ${exclusion})`;
      }),
    ),
  );
});

test("lists of running frames are not changed by the rows that follow", async () => {
  await same([
    "SELECT id, array_agg(id) OVER (PARTITION BY region ORDER BY id) FROM sales",
    "SELECT id, string_agg(region, ',') OVER (ORDER BY id ROWS 2 PRECEDING) FROM sales",
    "SELECT id, jsonb_agg(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM sales",
    "SELECT id, json_agg(n) OVER (ORDER BY id) FROM sales WHERE id < 20",
  ]);
});

test("offsets that make no sense", async () => {
  await same([
    "SELECT sum(n) OVER (ORDER BY id ROWS -1 PRECEDING) FROM sales",
    "SELECT sum(n) OVER (ORDER BY id ROWS NULL PRECEDING) FROM sales",
    "SELECT sum(n) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND NULL::int FOLLOWING) FROM sales",
    "SELECT sum(n) OVER (ORDER BY n RANGE -1 PRECEDING) FROM sales",
    "SELECT sum(n) OVER (ORDER BY day RANGE interval '-1 day' PRECEDING) FROM sales",
    "SELECT ntile(0) OVER (ORDER BY id) FROM sales",
    "SELECT nth_value(n, 0) OVER (ORDER BY id) FROM sales",
  ]);
});
