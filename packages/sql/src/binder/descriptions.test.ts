import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boundDatabase, loadBoundDatabase } from "../testing/bound-database.js";
import { descriptionDifferences } from "../testing/description.js";
import { DESCRIBED } from "../testing/scripts/described-queries.js";
import { REFUSED } from "../testing/scripts/refused-queries.js";

describe("queries are described as by PostgreSQL", () => {
  const source = boundDatabase();
  let postgres: PGlite;

  beforeAll(async () => {
    postgres = await PGlite.create();
    await loadBoundDatabase(postgres);
  });
  afterAll(() => postgres.close());

  const topics = [...Object.entries(DESCRIBED), ...Object.entries(REFUSED)];
  it.each(topics)("%s", async (_topic, text) => {
    const queries = text.trim().split(/\n */);
    expect(queries.length).toBeGreaterThan(1);
    expect(await descriptionDifferences(postgres, source, queries)).toEqual([]);
  });
});
