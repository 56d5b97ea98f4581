import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Aegis } from "./aegis.js";
import { chinookForPostgres, chinookScript, hasChinook } from "./chinook.js";
import { chinookQueries } from "./chinook-queries.js";
import { chinook, type Kind } from "./chinook-schema.js";
import { Postgres, type TextResult } from "./postgres.js";
import { randomQuery, type Samples } from "./random-query.js";

/** `AEGIS_QUERIES=1000` runs so many random queries, `AEGIS_QUERY_SEED` says where they begin. */
const QUERIES = Number(process.env["AEGIS_QUERIES"] ?? 250);
const FIRST_SEED = Number(process.env["AEGIS_QUERY_SEED"] ?? 1);
const VALUES_PER_COLUMN = 200;

const literal: Record<Kind, (quoted: string) => string> = {
  int: (quoted) => quoted.slice(1, -1),
  numeric: (quoted) => quoted.slice(1, -1),
  text: (quoted) => quoted,
  timestamp: (quoted) => `TIMESTAMP ${quoted}`,
};

async function samplesOf(postgres: Postgres): Promise<Samples> {
  const samples = new Map<string, string[]>();
  for (const { name: table, columns } of chinook) {
    for (const { name, kind } of columns) {
      const { rows } = await postgres.query(
        `SELECT DISTINCT quote_literal(${name}) FROM ${table} WHERE ${name} IS NOT NULL
         ORDER BY 1 LIMIT ${VALUES_PER_COLUMN}`,
      );
      const values = rows.map(([value]) => literal[kind](value!));
      samples.set(`${table}.${name}`, values);
    }
  }
  return samples;
}

/** A result as lines; in a fixed order where the query leaves it open. */
function linesOf({ rows }: TextResult, ordered: boolean): string[] {
  const lines = rows.map((row) => JSON.stringify(row));
  return ordered ? lines : lines.sort();
}

describe.skipIf(!hasChinook)("the Chinook database (its script is not on this machine)", () => {
  let postgres: Postgres;
  let aegis: Aegis;

  beforeAll(async () => {
    postgres = await Postgres.start();
    await postgres.exec(chinookForPostgres());
    aegis = new Aegis();
    aegis.exec(chinookScript());
  }, 120_000);

  afterAll(async () => {
    await postgres.close();
    await aegis.close();
  });

  test.each(chinook.map((table) => table.name))("has all rows of %s", async (table) => {
    const sql = `SELECT * FROM ${table}`;
    const expected = linesOf(await postgres.query(sql), false);
    expect(linesOf(aegis.query(sql), false)).toEqual(expected);
    expect(expected.length).toBeGreaterThan(0);
  });

  test.each(chinookQueries)("$name", async ({ sql, ordered }) => {
    const expected = await postgres.query(sql);
    const result = aegis.query(sql);
    expect(result.columns).toEqual(expected.columns);
    expect(linesOf(result, ordered)).toEqual(linesOf(expected, ordered));
    expect(expected.rows.length).toBeGreaterThan(0);
  });

  test(`${QUERIES} random queries give what PostgreSQL gives`, async () => {
    const samples = await samplesOf(postgres);
    const coverage = new Map<string, number>();
    const count = (feature: string): void => {
      coverage.set(feature, (coverage.get(feature) ?? 0) + 1);
    };
    for (let seed = FIRST_SEED; seed < FIRST_SEED + QUERIES; seed++) {
      const { sql, features } = randomQuery(seed, samples);
      const expected = await postgres.query(sql);
      expect(linesOf(aegis.query(sql), false), `seed ${seed}: ${sql}`).toEqual(
        linesOf(expected, false),
      );
      for (const feature of features) count(feature);
      if (expected.rows.length > 0) count("rows");
      if (expected.rows.some((row) => row.includes(null))) count("NULLs in results");
    }
    const shares = [...coverage].sort().map(([name, n]) => `${name} ${percent(n)}`);
    process.stdout.write(`coverage of ${QUERIES} queries: ${shares.join(", ")}\n`);
    expect(percent(coverage.get("rows"))).toBeGreaterThanOrEqual(60);
    for (const feature of ["joins", "NULLs in results", "subqueries", "windows"]) {
      expect(percent(coverage.get(feature)), feature).toBeGreaterThanOrEqual(10);
    }
  }, 600_000);
});

function percent(n = 0): number {
  return Math.round((100 * n) / QUERIES);
}
