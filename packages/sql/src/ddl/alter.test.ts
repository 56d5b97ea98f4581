import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MemoryHost } from "../testing/memory-source.js";
import { PostgresOracle, runHere } from "../testing/scripts.js";

const oracle = new PostgresOracle();
beforeAll(() => oracle.run(""));
afterAll(() => oracle.close());

async function same(script: string): Promise<void> {
  expect(runHere(new MemoryHost(), script)).toEqual(await oracle.run(script));
}

describe("ALTER TABLE", () => {
  it("adds columns and fills them", async () => {
    await same(`
      CREATE TABLE t (a int PRIMARY KEY);
      INSERT INTO t VALUES (1), (2);
      ALTER TABLE t ADD COLUMN b text;
      ALTER TABLE t ADD c int DEFAULT 5 NOT NULL, ADD COLUMN d numeric(4,1) DEFAULT 1.25;
      ALTER TABLE t ADD e int GENERATED ALWAYS AS (a * 10) STORED;
      ALTER TABLE t ADD f serial, ADD g int GENERATED ALWAYS AS IDENTITY;
      SELECT a, b, c, d, e FROM t;
      SELECT sum(f), sum(g) FROM t;
      ALTER TABLE t ADD h int NOT NULL;
      ALTER TABLE t ADD a int;
      ALTER TABLE t ADD COLUMN IF NOT EXISTS a int;
      ALTER TABLE t ADD i int CHECK (i > 0) DEFAULT 0;
      ALTER TABLE t ADD j int UNIQUE DEFAULT 1;
      ALTER TABLE t ADD k int REFERENCES t DEFAULT 99;
      ALTER TABLE t ADD l int REFERENCES t DEFAULT 1;
      ALTER TABLE nope ADD x int;
      ALTER TABLE IF EXISTS nope ADD x int;
      INSERT INTO t (a, l) VALUES (3, 3);
      INSERT INTO t (a, l) VALUES (4, 44);
      SELECT a, b, c, d, e, l FROM t;
    `);
  });

  it("drops columns with what stands on them", async () => {
    await same(`
      CREATE TABLE p (id int PRIMARY KEY, x int, y int UNIQUE, z int GENERATED ALWAYS AS (x + 1) STORED,
        CHECK (x < y), CONSTRAINT only_y CHECK (y > 0));
      CREATE TABLE c (y int REFERENCES p (y), w int);
      CREATE VIEW v AS SELECT w FROM c;
      INSERT INTO p VALUES (1, 2, 3);
      ALTER TABLE p DROP COLUMN nope;
      ALTER TABLE p DROP COLUMN IF EXISTS nope;
      ALTER TABLE p DROP COLUMN x;
      ALTER TABLE p DROP COLUMN y;
      ALTER TABLE c DROP COLUMN w;
      ALTER TABLE p DROP COLUMN y CASCADE;
      INSERT INTO c VALUES (44);
      SELECT * FROM p;
      ALTER TABLE p DROP COLUMN x CASCADE;
      ALTER TABLE p DROP COLUMN id;
      INSERT INTO p DEFAULT VALUES;
      SELECT * FROM p;
      ALTER TABLE c DROP COLUMN w CASCADE;
      SELECT * FROM v;
      SELECT * FROM c;
    `);
  });

  it("changes types", async () => {
    await same(`
      CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT '5', c numeric(8,3), d timestamp, e varchar(10), f int CHECK (f > 2));
      INSERT INTO t VALUES (1, '10', 1.237, '2024-02-03 04:05:06', 'abcdef', 3), (2, NULL, NULL, NULL, NULL, NULL);
      ALTER TABLE t ALTER a TYPE bigint;
      ALTER TABLE t ALTER b TYPE int;
      ALTER TABLE t ALTER COLUMN b SET DATA TYPE int USING b::int + 1;
      ALTER TABLE t ALTER b DROP DEFAULT, ALTER b TYPE int USING b::int + 1;
      ALTER TABLE t ALTER c TYPE numeric(4,1);
      ALTER TABLE t ALTER d TYPE date, ALTER e TYPE varchar(20);
      ALTER TABLE t ALTER e TYPE varchar(3);
      ALTER TABLE t ALTER e TYPE int USING length(e);
      ALTER TABLE t ALTER f TYPE int USING f - 2;
      ALTER TABLE t ALTER f TYPE text;
      ALTER TABLE t ALTER nope TYPE int;
      ALTER TABLE t ALTER a TYPE nothing;
      SELECT * FROM t;
      INSERT INTO t (a) VALUES (3000000000);
      INSERT INTO t (a) VALUES (1);
      CREATE VIEW v AS SELECT c FROM t;
      ALTER TABLE t ALTER c TYPE text;
      CREATE TABLE g (a int, b int GENERATED ALWAYS AS (a) STORED);
      ALTER TABLE g ALTER a TYPE text;
    `);
  });

  it("changes defaults and NOT NULL", async () => {
    await same(`
      CREATE TABLE t (a int PRIMARY KEY, b int, c int GENERATED ALWAYS AS (b) STORED, d int GENERATED ALWAYS AS IDENTITY);
      INSERT INTO t (a, b) VALUES (1, NULL);
      ALTER TABLE t ALTER b SET NOT NULL;
      UPDATE t SET b = 1;
      ALTER TABLE t ALTER b SET NOT NULL, ALTER COLUMN b SET DEFAULT 4 + 4;
      INSERT INTO t (a) VALUES (2);
      INSERT INTO t (a, b) VALUES (3, NULL);
      ALTER TABLE t ALTER b DROP DEFAULT;
      INSERT INTO t (a) VALUES (3);
      ALTER TABLE t ALTER b DROP NOT NULL;
      INSERT INTO t (a) VALUES (3);
      ALTER TABLE t ALTER a DROP NOT NULL;
      ALTER TABLE t ALTER d DROP NOT NULL;
      ALTER TABLE t ALTER c SET DEFAULT 1;
      ALTER TABLE t ALTER d SET DEFAULT 1;
      ALTER TABLE t ALTER b SET DEFAULT 'x';
      ALTER TABLE t ALTER b SET DEFAULT a;
      ALTER TABLE t ALTER nope SET DEFAULT 1;
      SELECT * FROM t;
    `);
  });

  it("adds, drops and renames constraints", async () => {
    await same(`
      CREATE TABLE p (a int, b int);
      CREATE TABLE c (pa int, q int);
      INSERT INTO p VALUES (1, 1), (2, 1);
      INSERT INTO c VALUES (1, 1), (4, 1);
      ALTER TABLE p ADD PRIMARY KEY (b);
      INSERT INTO p VALUES (3, NULL);
      ALTER TABLE p ALTER b SET NOT NULL;
      ALTER TABLE p ADD PRIMARY KEY (a);
      ALTER TABLE p ADD PRIMARY KEY (a);
      ALTER TABLE p ADD UNIQUE (b);
      ALTER TABLE p ADD CONSTRAINT small CHECK (a < 3);
      ALTER TABLE p ADD CONSTRAINT small CHECK (a < 5);
      ALTER TABLE p ADD CONSTRAINT small CHECK (a < 6);
      ALTER TABLE c ADD FOREIGN KEY (pa) REFERENCES p;
      DELETE FROM c WHERE pa = 4;
      ALTER TABLE c ADD FOREIGN KEY (pa) REFERENCES p;
      INSERT INTO c VALUES (9, 9);
      INSERT INTO p VALUES (9, 9);
      ALTER TABLE p DROP CONSTRAINT p_pkey;
      ALTER TABLE p DROP CONSTRAINT nope;
      ALTER TABLE p DROP CONSTRAINT IF EXISTS nope;
      ALTER TABLE p RENAME CONSTRAINT small TO tiny;
      ALTER TABLE p RENAME CONSTRAINT small TO tiny;
      INSERT INTO p VALUES (9, 9);
      ALTER TABLE p DROP CONSTRAINT tiny;
      INSERT INTO p VALUES (9, 9);
      ALTER TABLE p RENAME CONSTRAINT p_pkey TO p_key;
      INSERT INTO p VALUES (9, 9);
      ALTER TABLE p DROP CONSTRAINT p_key CASCADE;
      INSERT INTO p VALUES (9, 9);
      INSERT INTO c VALUES (99, 9);
      INSERT INTO p VALUES (NULL, 9);
      ALTER TABLE p ADD UNIQUE (a);
      SELECT * FROM p;
    `);
  });

  it("renames tables, columns, views and indexes", async () => {
    await same(`
      CREATE TABLE p (id serial PRIMARY KEY, a int CHECK (a > 0), b int GENERATED ALWAYS AS (a + 1) STORED, CHECK (p.a < 100));
      CREATE TABLE c (pid int REFERENCES p);
      CREATE VIEW v AS SELECT p.id, x.pid FROM p JOIN c x ON x.pid = p.id;
      INSERT INTO p (a) VALUES (1);
      INSERT INTO c VALUES (1);
      ALTER TABLE p RENAME TO q;
      SELECT * FROM v;
      ALTER TABLE q RENAME COLUMN a TO z;
      INSERT INTO q (z) VALUES (-1);
      INSERT INTO q (z) VALUES (500);
      INSERT INTO q (z) VALUES (5);
      INSERT INTO c VALUES (77);
      DELETE FROM q WHERE id = 1;
      SELECT * FROM q;
      SELECT * FROM p;
      ALTER TABLE q RENAME nope TO x;
      ALTER TABLE q RENAME z TO b;
      ALTER TABLE q RENAME TO c;
      ALTER TABLE nope RENAME TO x;
      ALTER INDEX p_pkey RENAME TO q_pkey;
      INSERT INTO q (id, z) VALUES (1, 1);
      ALTER VIEW v RENAME TO w;
      SELECT * FROM w;
      CREATE SCHEMA s;
      ALTER TABLE q SET SCHEMA s;
      SELECT * FROM w;
      INSERT INTO s.q (z) VALUES (7);
      INSERT INTO c VALUES (88);
      SELECT * FROM s.q;
      DROP VIEW w;
      ALTER TABLE c RENAME pid TO parent;
      INSERT INTO c VALUES (88);
      ALTER TABLE s.q RENAME id TO key;
      INSERT INTO c VALUES (88);
      INSERT INTO s.q (z) VALUES (8);
      SELECT key, z FROM s.q;
    `);
  });
});
