import { afterAll, beforeAll, expect, test } from "vitest";
import { Aegis } from "../aegis.js";
import { Postgres } from "../postgres.js";
import { linesOf, outcomeHere, outcomeThere } from "./engines.js";
import { found, tables } from "./found.js";

let postgres: Postgres;
let aegis: Aegis;

beforeAll(async () => {
  postgres = await Postgres.start();
  aegis = new Aegis();
  for (const statement of tables) {
    await postgres.exec(statement);
    aegis.exec(statement);
  }
});

afterAll(async () => {
  await postgres.close();
  await aegis.close();
});

test.each(found)("$name", async ({ statements }) => {
  for (const sql of statements) {
    const expected = linesOf(await outcomeThere(postgres, sql), false);
    expect(linesOf(outcomeHere(aegis, sql), false), sql).toEqual(expected);
  }
});
