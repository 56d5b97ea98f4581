// The scripts of packages/sql, over the engine: what they answer is PostgreSQL's there, too.

import { afterAll, beforeAll, expect, it } from "vitest";
import { SqlFixture } from "../../packages/core/src/testing/sql-fixture.js";
import { PostgresOracle, runHere } from "../../packages/sql/src/testing/script-outcomes.js";
import { alterations } from "../../packages/sql/src/testing/scripts/alterations.js";
import { definitionDetails } from "../../packages/sql/src/testing/scripts/definition-details.js";
import { definitions } from "../../packages/sql/src/testing/scripts/definitions.js";
import { foreignKeys } from "../../packages/sql/src/testing/scripts/foreign-keys.js";
import { writesInWith } from "../../packages/sql/src/testing/scripts/writes-in-with.js";
import { writes } from "../../packages/sql/src/testing/scripts/writes.js";

const oracle = new PostgresOracle();
beforeAll(() => oracle.run(""));
afterAll(() => oracle.close());

const scripts = {
  ...writes,
  ...writesInWith,
  ...foreignKeys,
  ...definitions,
  ...definitionDetails,
  ...alterations,
};

it.each(Object.entries(scripts))("%s", async (_name, script) => {
  const fixture = new SqlFixture();
  try {
    expect(runHere(fixture.host, script)).toEqual(await oracle.run(script));
  } finally {
    await fixture.close();
  }
});
