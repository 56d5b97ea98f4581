import { afterAll, beforeAll, expect, test } from "vitest";
import { Prng } from "../../../packages/core/src/base/prng.js";
import { Aegis } from "../aegis.js";
import { Postgres } from "../postgres.js";
import { compare, Counts } from "./comparison.js";
import { isError, outcomeHere, outcomeThere } from "./engines.js";
import { randomQuery } from "./queries.js";
import { randomSchema, type RandomSchema } from "./schema.js";

/** `AEGIS_FUZZ=100` takes so many seeds, `AEGIS_FUZZ_SEED` says which is the first. */
const SEEDS = Number(process.env["AEGIS_FUZZ"] ?? 6);
const FIRST_SEED = Number(process.env["AEGIS_FUZZ_SEED"] ?? 1);
/** Queries over the tables of one seed. */
const QUERIES = 20;

let postgres: Postgres;

beforeAll(async () => {
  postgres = await Postgres.start();
}, 120_000);

afterAll(async () => {
  await postgres.close();
});

/** The same tables in both; some indexes neither takes, and some over types that ours leaves out. */
async function makeTables(schema: RandomSchema, aegis: Aegis): Promise<void> {
  await postgres.exec("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  for (const sql of [...schema.script, ...schema.changes]) {
    await postgres.exec(sql);
    aegis.exec(sql);
  }
  for (const sql of schema.indexes) {
    await outcomeThere(postgres, sql);
    outcomeHere(aegis, sql);
  }
}

test(`queries of ${SEEDS} seeds over random tables give what PostgreSQL gives`, async () => {
  const counts = new Counts();
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
    const prng = new Prng(seed);
    const schema = randomSchema(prng);
    const aegis = new Aegis();
    await makeTables(schema, aegis);
    for (let i = 0; i < QUERIES; i++) {
      const { sql, features } = randomQuery(prng, schema);
      const there = await outcomeThere(postgres, sql);
      const here = outcomeHere(aegis, sql);
      const comparison = compare(here, there);
      if (comparison === "different") expect(here, `seed ${seed}: ${sql}`).toEqual(there);
      counts.add(comparison);
      for (const feature of features) counts.add(feature);
      if (!isError(there) && there.rows.length > 0) counts.add("rows");
    }
    await aegis.close();
  }
  const share = (what: string): number => counts.of(what) / (SEEDS * QUERIES);
  expect(share("rows")).toBeGreaterThan(0.3);
  expect(share("same")).toBeGreaterThan(0.9);
  for (const feature of ["GROUP BY", "windows", "scalar subquery", "LEFT JOIN"]) {
    expect(share(feature), feature).toBeGreaterThan(0.02);
  }
}, 3_600_000);
