import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { open, type Database } from "../index.js";

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec(`
    CREATE TABLE items (id int PRIMARY KEY, shelf int, code text UNIQUE, price numeric(8, 2), note text);
    CREATE INDEX items_shelf ON items (shelf, note);
    CREATE TABLE parts (note text, id text PRIMARY KEY, shelf int NOT NULL);
    CREATE INDEX parts_shelf ON parts (shelf);
    INSERT INTO items SELECT i, i % 7, 'c' || i, i * 1.5, CASE WHEN i % 3 = 0 THEN NULL ELSE 'n' || i END
      FROM generate_series(1, 700) AS i;
    INSERT INTO items VALUES (0, NULL, NULL, NULL, NULL);
    INSERT INTO parts SELECT 'n' || i, 'p' || i, i % 7 FROM generate_series(1, 70) AS i;
  `);
});

afterEach(() => db.close());

/** OFFSET 0 changes nothing but that the statement runs over batches. */
function overBatches(text: string): string {
  return `${text} OFFSET 0`;
}

const LOOKUPS = [
  "SELECT * FROM items WHERE shelf = $1",
  "SELECT id, note FROM items WHERE shelf = $1 ORDER BY note LIMIT 40",
  "SELECT id, price * 2 AS double FROM items WHERE shelf = $1 LIMIT 3",
  "SELECT shelf, id FROM items WHERE shelf = $1",
  "SELECT note FROM items WHERE shelf = $1 AND note = 'n8'",
  "SELECT id FROM items WHERE shelf = $1 AND price > 100",
  "SELECT (SELECT count(*) FROM parts p WHERE p.shelf = i.shelf) AS n FROM items i WHERE shelf = $1",
  "SELECT id, note FROM items WHERE shelf = $1 ORDER BY note LIMIT 5",
  "SELECT id, note FROM items WHERE shelf = $1 ORDER BY note DESC LIMIT 5",
  "SELECT id, price FROM items WHERE code = 'c' || $1::int",
  "SELECT note, id FROM parts WHERE shelf = $1",
  "SELECT id, note FROM parts WHERE shelf = $1 LIMIT 2",
];

const sorted = (rows: readonly unknown[]): string[] =>
  rows.map((row) => JSON.stringify(row)).sort();

describe("lookups by index", () => {
  it.each(LOOKUPS)("give what the plan gives over batches: %s", async (text) => {
    for (const phase of ["memory", "runs", "both"]) {
      if (phase === "runs") await db.checkpoint();
      if (phase === "both") await db.exec("UPDATE items SET note = 'n8' WHERE id % 11 = 1");
      for (const shelf of [0, 1, 6, 8, null]) {
        const rows = db.prepare(text).all(shelf);
        const wanted = db.prepare(overBatches(text)).all(shelf);
        if (text.includes("ORDER BY")) expect(rows).toEqual(wanted);
        else expect(sorted(rows)).toEqual(sorted(wanted));
        expect(db.prepare(text).get(shelf)).toEqual(rows[0]);
      }
    }
  });

  it("see the transaction's own rows", async () => {
    await db.transaction((tx) => {
      const find = tx.prepare("SELECT id, note FROM items WHERE shelf = $1");
      const [first] = find.all(3);
      tx.prepare("INSERT INTO items VALUES (1001, 99, NULL, 1, 'own')").run();
      tx.prepare("UPDATE items SET shelf = 99 WHERE id = 3").run();
      expect(first).toEqual({ id: 10, note: "n10" });
      expect(find.all(99)).toEqual([
        { id: 1001, note: "own" },
        { id: 3, note: null },
      ]);
      expect(find.all(3).some((row) => (row as { id: number }).id === 3)).toBe(false);
    });
  });

  it("stay at their snapshot", async () => {
    const snapshot = db.snapshot();
    const find = snapshot.prepare("SELECT id FROM items WHERE shelf = $1 AND note = 'n8'");
    expect(find.all(1)).toEqual([{ id: 8 }]);
    await db.exec("DELETE FROM items WHERE id = 8; UPDATE items SET note = 'n8' WHERE id = 1");
    await db.checkpoint();
    expect(find.all(1)).toEqual([{ id: 8 }]);
    snapshot.release();
  });

  it("are reads that a transaction is validated by, as far as they came", async () => {
    const outcome = async (shelf: number): Promise<string> => {
      const session = db.session();
      await session.exec("BEGIN");
      const find = session.prepare("SELECT id, price FROM items WHERE shelf = 5 LIMIT 2");
      expect(find.all()).toHaveLength(2);
      await session.exec("INSERT INTO parts VALUES ('x', 'x', 1)");
      await db.exec(`INSERT INTO items VALUES (${2000 + shelf}, ${shelf}, NULL, 1, 'n0')`);
      try {
        await session.exec("COMMIT");
        return "committed";
      } catch (error) {
        return (error as { sqlState: string }).sqlState;
      } finally {
        session.close();
      }
    };
    expect(await outcome(5)).toBe("40001");
    expect(await outcome(6)).toBe("committed");
  });
});
