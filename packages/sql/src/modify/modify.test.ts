import { afterAll, beforeAll, expect, it } from "vitest";
import { MemoryHost } from "../testing/memory-source.js";
import { PostgresOracle, runHere } from "../testing/script-outcomes.js";
import { writes } from "../testing/scripts/writes.js";
import { writesInWith } from "../testing/scripts/writes-in-with.js";

const oracle = new PostgresOracle();
beforeAll(() => oracle.run(""));
afterAll(() => oracle.close());

it.each(Object.entries({ ...writes, ...writesInWith }))("%s", async (_name, script) => {
  expect(runHere(new MemoryHost(), script)).toEqual(await oracle.run(script));
});
