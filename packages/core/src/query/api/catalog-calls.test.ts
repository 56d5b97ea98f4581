import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../database.js";
import { open } from "../../open.js";

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec(`
    CREATE SCHEMA app;
    CREATE TABLE app.items (id int PRIMARY KEY, oid int, c text);
    CREATE INDEX items_c ON app.items (c DESC);
    INSERT INTO app.items SELECT n, n, 'item ' || n FROM generate_series(1, 500) n;
    CREATE VIEW app.named AS SELECT id, c FROM app.items;`);
});

afterEach(() => db.close());

async function one(text: string): Promise<unknown[]> {
  const { rows } = await db.query<unknown[]>(text, [], { rowMode: "array" });
  return rows[0]!;
}

describe("functions over the catalog", () => {
  test("give the text of views and indexes, by number and by name", async () => {
    const views = `SELECT pg_get_viewdef(oid), pg_get_viewdef('app.named', true), pg_get_viewdef('no')
      FROM pg_class WHERE relname = 'named'`;
    const text = "SELECT id, c FROM app.items";
    expect(await one(views)).toEqual([text, text, null]);
    const index = "SELECT pg_get_indexdef(indexrelid) FROM pg_index ORDER BY indisprimary LIMIT 1";
    expect(await one(index)).toEqual(["CREATE INDEX items_c ON app.items USING btree (c DESC)"]);
  });

  test("give sizes in PostgreSQL's pages", async () => {
    const [table, same, indexes, total] = (await one(`SELECT pg_relation_size('app.items'),
      pg_table_size('items'), pg_indexes_size('items'), pg_total_relation_size('items')`)) as number[];
    expect(table).toBeGreaterThan(0);
    expect(table! % 8192).toBe(0);
    expect(same).toBe(table);
    expect(indexes).toBeGreaterThan(0);
    expect(total).toBe(table! + indexes!);
    expect(await one("SELECT pg_relation_size('items_c')")).toEqual([indexes]);
  });

  test("do not take a column around the call for one of the catalog", async () => {
    expect(await one("SELECT pg_get_viewdef(oid) FROM app.items WHERE oid = 1")).toEqual([null]);
  });

  test("number the items of arrays", async () => {
    const text =
      "SELECT array_agg(x), array_agg(n) FROM information_schema._pg_expandarray('{5,6}'::int[])";
    expect(await one(text)).toEqual([
      [5, 6],
      [1, 2],
    ]);
  });

  test("say that there is no such overload, rather than no such function", async () => {
    await expect(db.query("SELECT pg_get_viewdef()")).rejects.toMatchObject({
      code: "FUNCTION_NOT_FOUND",
      hint: expect.stringContaining("No function matches") as string,
    });
  });

  test("refuse what would wait, and say what to do instead", async () => {
    for (const call of ["pg_sleep(1)", "pg_advisory_xact_lock(7)", "pg_try_advisory_lock(1, 2)"]) {
      await expect(db.query(`SELECT ${call}`)).rejects.toMatchObject({
        code: "UNSUPPORTED",
        hint: expect.stringMatching(/\w/) as string,
      });
    }
  });
});

describe("setseed", () => {
  test("makes the random numbers of a session follow from it, and of no other", async () => {
    using session = db.session();
    const draw = async (): Promise<unknown> =>
      (await session.sql`SELECT random(), random() AS b`)[0];
    await session.query("SELECT setseed(0.25)");
    const first = await draw();
    expect(await draw()).not.toEqual(first);
    await session.query("SELECT setseed(0.25)");
    expect(await draw()).toEqual(first);
    await session.query("SELECT setseed(-1)");
    expect(await draw()).not.toEqual(first);
    await expect(session.query("SELECT setseed(1.5)")).rejects.toMatchObject({ sqlState: "22023" });
    await expect(db.query("SELECT setseed(0.25)")).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  test("gives numbers all over [0, 1)", async () => {
    using session = db.session();
    await session.query("SELECT setseed(0)");
    const { rows } = await session.query<{ low: number; high: number; mean: number }>(
      "SELECT min(r) AS low, max(r) AS high, avg(r) AS mean FROM (SELECT random() AS r FROM generate_series(1, 10000)) x",
    );
    const { low, high, mean } = rows[0]!;
    expect(low).toBeLessThan(0.01);
    expect(high).toBeGreaterThan(0.99);
    expect(high).toBeLessThan(1);
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  });
});

test("txid_current is the same all through a transaction", async () => {
  await db.transaction(async (tx) => {
    const id = (): unknown => tx.query("SELECT txid_current() AS id").rows[0]!["id"];
    const before = id();
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(id()).toBe(before);
  });
});
