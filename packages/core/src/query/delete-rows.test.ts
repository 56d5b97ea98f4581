import { afterEach, beforeEach, expect, it } from "vitest";
import { open, type Database } from "../index.js";

// A DELETE of many rows takes what indexes need from its scan; the indexes must know every row gone.

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec(`
    CREATE TABLE owners (id int PRIMARY KEY, code text UNIQUE);
    CREATE TABLE keyed (
      id int PRIMARY KEY, price numeric(8, 2), at timestamp, tag text, owner text REFERENCES owners (code)
    );
    CREATE INDEX keyed_price ON keyed (price, at);
    CREATE UNIQUE INDEX keyed_tag ON keyed (tag DESC);
    CREATE TABLE hidden (n int, day date);
    CREATE INDEX hidden_day ON hidden (day, n);
    INSERT INTO owners SELECT i, 'o' || i FROM generate_series(0, 9) AS i;
    INSERT INTO keyed SELECT i, i % 10 * 1.50, timestamp '2024-01-01' + i * interval '1 hour',
      CASE WHEN i % 4 = 0 THEN NULL ELSE 't' || i END, 'o' || i % 10 FROM generate_series(1, 5000) AS i;
    INSERT INTO hidden SELECT i, date '2024-01-01' + i % 30 FROM generate_series(1, 5000) AS i;
  `);
});

afterEach(() => db.close());

it.each(["memory", "runs"])("leaves no entry behind, of rows in %s", async (where) => {
  if (where === "runs") await db.checkpoint();
  const { rowCount } = await db.query("DELETE FROM keyed WHERE id % 10 = 3");
  expect(rowCount).toBe(500);
  await db.exec("DELETE FROM hidden h USING keyed k WHERE h.n = k.id AND k.price = 6");
  expect(db.prepare("SELECT id FROM keyed WHERE price = 4.50").all()).toEqual([]);
  expect(db.prepare("SELECT count(*) AS n FROM keyed WHERE price = 6.00").get()).toEqual({
    n: 500,
  });
  expect(db.prepare("SELECT id FROM keyed WHERE tag = 't13'").all()).toEqual([]);
  expect(db.prepare("SELECT n FROM hidden WHERE day = '2024-01-05' AND n = 4").all()).toEqual([]);
  await db.exec("INSERT INTO keyed (id, tag) VALUES (13, 't13')");
  expect(await db.check()).toMatchObject({ ok: true, problems: [] });
});

it("checks references to what it deletes, and keeps its rows where it is refused", async () => {
  await expect(db.exec("DELETE FROM owners")).rejects.toMatchObject({
    code: "FOREIGN_KEY_VIOLATION",
  });
  await db.exec("DELETE FROM keyed WHERE owner = 'o7'; DELETE FROM owners WHERE id = 7");
  expect(db.prepare("SELECT count(*) AS n FROM owners").get()).toEqual({ n: 9 });
});

it("sees what other parts of the statement wrote", async () => {
  await db.exec(`WITH changed AS (UPDATE keyed SET price = 77 WHERE id < 100 RETURNING id)
                 DELETE FROM hidden WHERE n IN (SELECT id FROM changed)`);
  expect(db.prepare("SELECT count(*) AS n FROM hidden").get()).toEqual({ n: 4901 });
  expect(db.prepare("SELECT count(*) AS n FROM keyed WHERE price = 77").get()).toEqual({ n: 99 });
});
