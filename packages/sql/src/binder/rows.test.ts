import { afterAll, describe, expect, it } from "vitest";
import { MemoryHost } from "../testing/memory-source.js";
import { PostgresOracle, runHere } from "../testing/script-outcomes.js";
import { QUERIES, TABLES } from "../testing/scripts/bound-queries.js";
import { HYPOTHETICAL } from "../testing/scripts/hypothetical-queries.js";

describe("rows of queries", () => {
  const oracle = new PostgresOracle();
  afterAll(() => oracle.close());

  it.each(Object.entries({ ...QUERIES, ...HYPOTHETICAL }))(
    "agree with PostgreSQL on %s",
    async (_topic, queries) => {
      const script = `${TABLES} ${queries}`;
      const wanted = await oracle.run(script);
      expect(wanted.length).toBeGreaterThan(20);
      expect(runHere(new MemoryHost(), script)).toEqual(wanted);
    },
  );
});
