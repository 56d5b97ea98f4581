import { afterAll, beforeAll, expect, it } from "vitest";
import { MemoryHost } from "../testing/memory-source.js";
import { PostgresOracle, runHere } from "../testing/script-outcomes.js";
import { definitionDetails } from "../testing/scripts/definition-details.js";
import { definitions } from "../testing/scripts/definitions.js";

const oracle = new PostgresOracle();
beforeAll(() => oracle.run(""));
afterAll(() => oracle.close());

it.each(Object.entries({ ...definitions, ...definitionDetails }))("%s", async (_name, script) => {
  expect(runHere(new MemoryHost(), script)).toEqual(await oracle.run(script));
});
