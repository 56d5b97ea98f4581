import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Source } from "../../contract/source.js";
import {
  loadPostgres,
  memoryDatabase,
  queryDifferences,
  type TestTable,
} from "../../testing/queries.js";

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

function salesTable(): TestTable {
  const next = numbers(7);
  const maybe = (text: string): string | null => (next(9) === 0 ? null : text);
  const rows = Array.from({ length: 400 }, (_, i) => [
    String(i),
    maybe(["north", "south", "east", "west", "größe", ""][next(6)]!),
    maybe(String(next(2000) - 1000)),
    maybe(String(BigInt(next(1_000_000)) * 9_007_199_254n)),
    maybe(`${next(100_000) - 50_000}.${next(10)}${next(10)}`),
    maybe(`${next(1000)}.${"1234567".slice(0, next(7) + 1)}`),
    maybe(String((next(100_000) - 50_000) / 64)),
    maybe(next(2) === 0 ? "true" : "false"),
    maybe(`2024-0${next(9) + 1}-1${next(10)}`),
    maybe(`2024-01-0${next(9) + 1} 0${next(10)}:00:00.5`),
    maybe(["a", "B", "ä", "z", "\u{1f600}"][next(5)]!),
  ]);
  return {
    name: "sales",
    columns: {
      id: "integer",
      region: "text",
      quantity: "integer",
      big: "bigint",
      price: { name: "numeric", precision: 10, scale: 2 },
      free: "numeric",
      ratio: "double precision",
      open: "boolean",
      day: "date",
      moment: "timestamp",
      tag: { name: "varchar", length: 8 },
    },
    primaryKey: ["id"],
    rows,
  };
}

const tables = [salesTable(), { name: "nothing", columns: { a: "integer", t: "text" }, rows: [] }];

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
  expect((await queryDifferences(source, postgres, queries)).join("\n")).toEqual("");
};

test("groups by keys of every type", async () => {
  const keys = ["region", "quantity % 7", "big % 5", "price", "free", "ratio", "open", "day"];
  const queries = [...keys, "moment", "tag", "region, open", "day, tag, quantity % 2"].map(
    (key) => `SELECT ${key}, count(*), sum(quantity) FROM sales GROUP BY ${key}`,
  );
  const long = "SELECT repeat(region, 200) || tag, count(*) FROM sales GROUP BY 1";
  await same([...queries, long, "SELECT lower(region), max(id) FROM sales GROUP BY 1"]);
});

test("aggregates of every type", async () => {
  const columns = ["quantity", "big", "price", "free", "ratio"];
  const calls = columns.flatMap((column) =>
    ["count", "sum", "avg", "min", "max"].map((fn) => `${fn}(${column})`),
  );
  const others = ["day", "moment", "tag", "region"].flatMap((c) => [`min(${c})`, `max(${c})`]);
  const all = [...calls, ...others, "count(*)", "bool_and(open)", "bool_or(open)", "count(open)"];
  await same([
    ...all.map((call) => `SELECT ${call} FROM sales`),
    ...all.map((call) => `SELECT region, ${call} FROM sales GROUP BY region`),
    `SELECT ${calls.join(", ")} FROM sales WHERE quantity > 100`,
    "SELECT count(*), sum(a), min(t), array_agg(a) FROM nothing",
    "SELECT t, count(*) FROM nothing GROUP BY t",
    "SELECT sum(big * 9000) FROM sales",
    "SELECT sum(price * (1 - 0.05)), avg(price + quantity) FROM sales",
    "SELECT region, sum(price * price * price) FROM sales GROUP BY region",
    "SELECT region, sum(CASE WHEN quantity > 900 THEN price ELSE 0 END) FROM sales GROUP BY region",
    "SELECT region, avg(CASE WHEN open THEN price WHEN quantity > 0 THEN free END) FROM sales GROUP BY region",
    "SELECT sum(CASE WHEN quantity > 5000 THEN price ELSE 0 END) FROM sales",
    "SELECT sum(CASE WHEN quantity <> 0 THEN price / quantity ELSE 0.5 END) FROM sales",
    "SELECT sum(CASE WHEN open THEN price END) FILTER (WHERE quantity > 0) FROM sales",
    "SELECT sum(price * 2), avg(price * 2), sum(DISTINCT CASE WHEN open THEN price ELSE 0 END) FROM sales",
  ]);
});

test("DISTINCT, FILTER and ORDER BY in calls", async () => {
  await same([
    "SELECT count(DISTINCT region), count(DISTINCT quantity % 5), sum(DISTINCT quantity) FROM sales",
    "SELECT open, count(DISTINCT tag), array_agg(DISTINCT tag) FROM sales GROUP BY open",
    "SELECT open, string_agg(DISTINCT region, ',') FROM sales GROUP BY open",
    "SELECT region, string_agg(tag, ',' ORDER BY id DESC) FROM sales GROUP BY region",
    "SELECT region, array_agg(quantity ORDER BY quantity DESC NULLS LAST, id) FROM sales GROUP BY region",
    "SELECT region, array_agg(id ORDER BY price, id) FILTER (WHERE open) FROM sales GROUP BY region",
    "SELECT count(*) FILTER (WHERE open), sum(quantity) FILTER (WHERE price > 0) FROM sales",
    "SELECT sum(100 / quantity) FILTER (WHERE quantity <> 0) FROM sales",
    "SELECT region, count(DISTINCT tag) FILTER (WHERE quantity > 0) FROM sales GROUP BY region",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ratio) FROM sales",
    "SELECT region, percentile_disc(0.3) WITHIN GROUP (ORDER BY quantity DESC) FROM sales GROUP BY region",
    "SELECT mode() WITHIN GROUP (ORDER BY tag) FROM sales",
  ]);
});

test("grouping sets", async () => {
  await same([
    "SELECT region, open, sum(quantity), grouping(region, open) FROM sales GROUP BY ROLLUP (region, open)",
    "SELECT region, open, count(*) FROM sales GROUP BY CUBE (region, open)",
    "SELECT region, tag, count(*) FROM sales GROUP BY GROUPING SETS ((region), (tag), ())",
    "SELECT a, count(*) FROM nothing GROUP BY GROUPING SETS ((a), ())",
    "SELECT a, t, count(*) FROM nothing GROUP BY ROLLUP (a, t)",
  ]);
});

test("HAVING and expressions over aggregates", async () => {
  await same([
    "SELECT region, sum(quantity) FROM sales GROUP BY region HAVING sum(quantity) > 0",
    "SELECT region, avg(price)::numeric(10,3), count(*) * 2 + 1 FROM sales GROUP BY region",
    "SELECT max(quantity) - min(quantity), round(avg(ratio)::numeric, 4) FROM sales",
    "SELECT count(*) FROM sales HAVING count(*) < 0",
  ]);
});
