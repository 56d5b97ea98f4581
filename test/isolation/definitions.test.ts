import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../packages/core/src/database.js";
import { open } from "../../packages/core/src/open.js";

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec(`
    CREATE TABLE t (id int PRIMARY KEY, v int, w text);
    CREATE TABLE parents (id int PRIMARY KEY);
    CREATE SCHEMA s;
    INSERT INTO t VALUES (1, 1, 'a'), (2, 2, 'b');
    INSERT INTO parents VALUES (1), (2);
  `);
});

afterEach(() => db.close());

const CONFLICT = { code: "SERIALIZATION_FAILURE", sqlState: "40001" };

/** A definition, and what another transaction does between it and its commit. */
const MEANWHILE: readonly (readonly [definition: string, meanwhile: string])[] = [
  ["CREATE INDEX ON t (v)", "INSERT INTO t VALUES (3, 3, 'c')"],
  ["CREATE INDEX ON t (v)", "DELETE FROM t WHERE id = 1"],
  ["CREATE UNIQUE INDEX ON t (v)", "INSERT INTO t VALUES (3, 2, 'c')"],
  ["ALTER TABLE t ADD UNIQUE (v)", "UPDATE t SET v = 2 WHERE id = 1"],
  ["ALTER TABLE t ADD CHECK (v < 10)", "UPDATE t SET v = 20 WHERE id = 1"],
  ["ALTER TABLE t ALTER v SET NOT NULL", "UPDATE t SET v = NULL WHERE id = 1"],
  ["ALTER TABLE t ADD COLUMN x int DEFAULT 7", "INSERT INTO t VALUES (3, 3, 'c')"],
  ["ALTER TABLE t DROP COLUMN w", "UPDATE t SET v = 5 WHERE id = 2"],
  ["ALTER TABLE t ALTER v TYPE text", "INSERT INTO t VALUES (3, 3, 'c')"],
  ["ALTER TABLE t ADD FOREIGN KEY (v) REFERENCES parents", "DELETE FROM parents WHERE id = 1"],
  ["ALTER TABLE t ADD FOREIGN KEY (v) REFERENCES parents", "UPDATE t SET v = 9 WHERE id = 1"],
  ["CREATE TABLE c (p int REFERENCES parents)", "DROP TABLE parents"],
  ["CREATE VIEW s AS SELECT v FROM t", "DROP TABLE t"],
  ["CREATE VIEW s AS SELECT v FROM t", "ALTER TABLE t DROP COLUMN v"],
  ["DROP TABLE parents", "ALTER TABLE t ADD FOREIGN KEY (v) REFERENCES parents"],
  ["DROP TABLE t", "CREATE VIEW s AS SELECT v FROM t"],
  ["CREATE TABLE s.a (x int)", "DROP SCHEMA s"],
  ["CREATE INDEX one ON t (v)", "CREATE INDEX one ON parents (id)"],
  ["ALTER TABLE t RENAME TO u", "ALTER TABLE t ADD COLUMN y int"],
];

describe.each(["SERIALIZABLE", "REPEATABLE READ"])("definitions at %s", (level) => {
  it.each(MEANWHILE)("%s loses against %s", async (definition, meanwhile) => {
    using session = db.session();
    await session.exec(`BEGIN ISOLATION LEVEL ${level}`);
    await session.exec(definition);
    await db.exec(meanwhile);
    await expect(session.exec("COMMIT")).rejects.toMatchObject(CONFLICT);
    expect(await db.check()).toMatchObject({ ok: true, problems: [] });
  });

  it.each(MEANWHILE)("%s is what %s loses against", async (definition, meanwhile) => {
    using session = db.session();
    await session.exec(`BEGIN ISOLATION LEVEL ${level}`);
    await session.exec(meanwhile);
    await db.exec(definition);
    await expect(session.exec("COMMIT")).rejects.toMatchObject(CONFLICT);
    expect(await db.check()).toMatchObject({ ok: true, problems: [] });
  });

  it("rows that were read are not there any more after TRUNCATE", async () => {
    using session = db.session();
    await session.exec(`BEGIN ISOLATION LEVEL ${level}`);
    await session.exec("SELECT v FROM t WHERE id = 1; INSERT INTO parents VALUES (3)");
    await db.exec("TRUNCATE t");
    await expect(session.exec("COMMIT")).rejects.toMatchObject(CONFLICT);
  });

  it("the first two of a database do not take the same name", async () => {
    await using fresh = await open(":memory:");
    using session = fresh.session();
    await session.exec(`BEGIN ISOLATION LEVEL ${level}; CREATE TABLE first (a int)`);
    await fresh.exec("CREATE TABLE first (b text)");
    await expect(session.exec("COMMIT")).rejects.toMatchObject(CONFLICT);
  });

  it("TRUNCATE leaves no index entries of rows that came meanwhile", async () => {
    await db.exec("CREATE INDEX ON t (v)");
    using session = db.session();
    await session.exec(`BEGIN ISOLATION LEVEL ${level}; TRUNCATE t`);
    await db.exec("INSERT INTO t VALUES (3, 3, 'c')");
    await session.exec("COMMIT").catch(() => undefined);
    expect(await db.check()).toMatchObject({ ok: true, problems: [] });
  });
});
