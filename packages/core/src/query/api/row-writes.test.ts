import { expect, test } from "vitest";
import { open, type Database, type QueryOptions } from "../../index.js";
import { AegisError } from "../../errors.js";

/**
 * A write of one row takes a short way; with a deadline it takes the way of every other write. Both
 * must do the same, whatever the table has to say about its rows.
 */

const SCHEMA = `
  CREATE TABLE owners (id INT PRIMARY KEY, name TEXT NOT NULL UNIQUE);
  CREATE TABLE things (
    id INT PRIMARY KEY,
    owner INT REFERENCES owners ON DELETE CASCADE ON UPDATE CASCADE,
    label TEXT NOT NULL DEFAULT 'none',
    price NUMERIC(8, 2) CHECK (price >= 0),
    doubled NUMERIC(9, 2) GENERATED ALWAYS AS (price * 2) STORED,
    UNIQUE (owner, label)
  );
  CREATE INDEX things_price ON things (price);
  CREATE TABLE notes (body TEXT);
  INSERT INTO owners VALUES (1, 'Ada'), (2, 'Bo');
`;

const WRITES: readonly (readonly [text: string, ...params: readonly unknown[]])[] = [
  ["INSERT INTO things VALUES ($1, $2, $3, $4)", 1, 1, "lamp", "9.999"],
  ["INSERT INTO things VALUES ($1, $2, $3, $4)", 1, 1, "again", 1],
  ["INSERT INTO things VALUES ($1, $2, $3, $4)", 2, 1, "lamp", 1],
  ["INSERT INTO things VALUES ($1, $2, $3, $4)", 2, 9, "of nobody", 1],
  ["INSERT INTO things VALUES ($1, $2, $3, $4)", 2, 1, null, 1],
  ["INSERT INTO things VALUES ($1, $2, $3, $4)", 2, 1, "cheap", -1],
  ["INSERT INTO things VALUES ($1, $2, $3, $4)", "x", 1, "no number", 1],
  ["INSERT INTO things (id, owner) VALUES ($1, $2) RETURNING *", 2, 1],
  ["INSERT INTO things (id, price) VALUES ($1, $2) RETURNING id, doubled AS twice", 3, "1.5"],
  ["INSERT INTO things (id) VALUES ($1) ON CONFLICT DO NOTHING", 3],
  ["INSERT INTO things (id) VALUES (3) ON CONFLICT (id) DO UPDATE SET label = $1", "taken"],
  ["INSERT INTO notes VALUES ($1)", "no key"],
  ["INSERT INTO notes VALUES ((SELECT max(label) FROM things)) RETURNING body"],
  ["UPDATE things SET price = price + $2 WHERE id = $1", 1, 5],
  ["UPDATE things SET price = price - $2 WHERE id = $1", 1, 500],
  ["UPDATE things SET label = NULL WHERE id = $1", 1],
  ["UPDATE things SET label = 'none' WHERE id = $1", 1],
  ["UPDATE things SET id = id + 10, owner = 2 WHERE id = $1 RETURNING id, owner, doubled", 1],
  ["UPDATE things SET id = 2 WHERE id = $1", 11],
  ["UPDATE things SET owner = $2 WHERE id = $1", 11, 9],
  ["UPDATE things SET price = 1 WHERE id = $1 AND label = 'another'", 11],
  ["UPDATE things SET price = 1 WHERE id = $1", 99],
  ["UPDATE things SET price = 1 WHERE id = $1", null],
  ["UPDATE owners SET id = $2 WHERE id = $1", 1, 7],
  ["DELETE FROM things WHERE id = $1 RETURNING label", 3],
  ["DELETE FROM things WHERE id = $1", 3],
  ["DELETE FROM owners WHERE id = $1", 7],
];

async function outcomes(
  write: (text: string, params: readonly unknown[]) => Promise<unknown>,
): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [text, ...params] of WRITES) {
    try {
      found.push(await write(text, params));
    } catch (error) {
      if (!(error instanceof AegisError)) throw error;
      const { code, message, detail } = error;
      found.push({ code, message, detail });
    }
  }
  return found;
}

async function contents(db: Database): Promise<unknown[]> {
  const tables = ["owners ORDER BY id", "things ORDER BY id", "notes ORDER BY body"];
  const found: unknown[] = [];
  for (const table of tables) found.push((await db.query(`SELECT * FROM ${table}`)).rows);
  const byIndex = "SELECT id FROM things WHERE price = $1";
  found.push((await db.query(byIndex, ["15.00"])).rows);
  return found;
}

async function problems(db: Database): Promise<readonly unknown[]> {
  return (await db.check()).problems;
}

async function single(options: QueryOptions): Promise<unknown> {
  const db = await open(":memory:");
  await db.exec(SCHEMA);
  const results = await outcomes(async (text, params) => {
    const { rows, rowCount, command } = await db.query(text, params, options);
    return { rows, rowCount, command };
  });
  const found = { results, contents: await contents(db), problems: await problems(db) };
  await db.close();
  return found;
}

test("a write of one row does what it does with a deadline", async () => {
  const short = await single({});
  expect(short).toEqual(await single({ timeout: 600_000 }));
  expect(short).toMatchObject({
    contents: [
      [{ id: 2, name: "Bo" }],
      [{ id: 11, owner: 2, label: "lamp", price: 15, doubled: 30 }],
      [{ body: "no key" }, { body: "taken" }],
      [{ id: 11 }],
    ],
    problems: [],
  });
});

test("inside of a transaction one that fails takes back what it did, and nothing else", async () => {
  const alone = await single({});
  const db = await open(":memory:");
  await db.exec(SCHEMA);
  let results: unknown[] = [];
  await db.transaction(async (tx) => {
    results = await outcomes(async (text, params) => {
      const { rows, rowCount, command } = tx.query(text, params);
      await Promise.resolve();
      return { rows, rowCount, command };
    });
  });
  expect({ results, contents: await contents(db), problems: await problems(db) }).toEqual(alone);
  await db.close();
});
