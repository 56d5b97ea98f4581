/** Writes inside of WITH, transactions and odd names: as in `writes`. */
export const writesInWith: Readonly<Record<string, string>> = {
  "WITH: all parts see what was before": `
    CREATE TABLE p (id serial PRIMARY KEY, name text UNIQUE);
    CREATE TABLE c (id int PRIMARY KEY, pid int REFERENCES p ON DELETE CASCADE);
    WITH ins AS (INSERT INTO p (name) VALUES ('x') ON CONFLICT (name) DO NOTHING RETURNING id) SELECT id, 'new' FROM ins UNION ALL SELECT id, 'old' FROM p WHERE name = 'x';
    WITH ins AS (INSERT INTO p (name) VALUES ('x') ON CONFLICT (name) DO NOTHING RETURNING id) SELECT id, 'new' FROM ins UNION ALL SELECT id, 'old' FROM p WHERE name = 'x';
    WITH ins AS (INSERT INTO p (name) VALUES ('y'), ('z') RETURNING id), kids AS (INSERT INTO c SELECT id * 10, id FROM ins RETURNING *) SELECT * FROM kids;
    WITH kids AS (INSERT INTO c VALUES (900, 900) RETURNING *), par AS (INSERT INTO p VALUES (900, 'late')) SELECT * FROM kids;
    WITH kids AS (INSERT INTO c VALUES (901, 901) RETURNING *) SELECT * FROM kids;
    WITH a AS (UPDATE p SET name = name || '1' WHERE id = 1 RETURNING name), b AS (UPDATE p SET name = name || '2' WHERE id = 1 RETURNING name) SELECT (SELECT count(*) FROM a) + (SELECT count(*) FROM b) > 0;
    SELECT name LIKE 'x_' FROM p WHERE id = 1;
    WITH d AS (DELETE FROM p WHERE name IN ('y', 'z') RETURNING id) SELECT count(*), (SELECT count(*) FROM c) FROM d;
    SELECT * FROM c;
    WITH d AS (DELETE FROM c RETURNING *) INSERT INTO c SELECT id, pid FROM d;
    SELECT * FROM c;
    WITH a AS (INSERT INTO p VALUES (77, 'dup')), b AS (INSERT INTO p VALUES (77, 'dup2')) SELECT 1;
    WITH a AS (INSERT INTO p VALUES (78, 'l') RETURNING id) SELECT * FROM p, a WHERE p.id = 1 LIMIT 1;
    SELECT count(*) FROM p WHERE id = 78;
    WITH a AS (INSERT INTO p VALUES (79, 'l2') RETURNING id) SELECT 1 / 0 FROM a;
    SELECT count(*) FROM p WHERE id = 79;
    WITH m AS (SELECT max(id) AS m FROM p), u AS (UPDATE p SET name = 'moved' FROM m WHERE p.id = m.m RETURNING p.*) SELECT name FROM u;
    WITH u AS (INSERT INTO p VALUES (900, 'w') ON CONFLICT (id) DO UPDATE SET name = excluded.name || p.name RETURNING name) SELECT u.name, p.name FROM u, p WHERE p.id = 900;
    SELECT name FROM p WHERE id = 900;
    WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) INSERT INTO p SELECT n + 1000, 'r' || n FROM r;
    WITH x AS (DELETE FROM nowhere) SELECT 1;
    WITH d1 AS (DELETE FROM c WHERE id < 50 RETURNING id), d2 AS (DELETE FROM c WHERE id < 50 RETURNING id) SELECT 'd1', id FROM d1 UNION ALL SELECT 'd2', id FROM d2;
    INSERT INTO c WITH x AS (DELETE FROM c RETURNING *) SELECT * FROM x;
    UPDATE c SET c.id = 1;
    UPDATE c SET id.x = 1;
    SELECT (WITH x AS (DELETE FROM p RETURNING id) SELECT count(*) FROM x);
    WITH x AS (DELETE FROM p WHERE id > 1000) SELECT * FROM x;
    SELECT count(*) FROM p;
  `,
  "transactions: take back what savepoints and failures end": `
    CREATE TABLE p (id int PRIMARY KEY);
    INSERT INTO p SELECT g FROM generate_series(1, 5) g;
    BEGIN;
    SELECT count(*) FROM p;
    SAVEPOINT s;
    DELETE FROM p;
    ROLLBACK TO s;
    SELECT count(*) FROM p;
    INSERT INTO p VALUES (1, 'one');
    SELECT 1;
    ROLLBACK;
    SELECT count(*) FROM p;
  `,
  "names: are quoted where they have to be": `
    CREATE TABLE IF NOT EXISTS "Odd Table" ("Id" serial PRIMARY KEY, "select" int CHECK ("select" > 0), "a""b" text);
    INSERT INTO "Odd Table" ("select") VALUES (1), (2) RETURNING *;
    INSERT INTO "Odd Table" ("select") VALUES (0);
    ALTER TABLE "Odd Table" RENAME COLUMN "select" TO "from";
    INSERT INTO "Odd Table" ("from") VALUES (0);
    ALTER TABLE "Odd Table" RENAME TO odd;
    INSERT INTO odd ("from") VALUES (5);
    SELECT * FROM odd;
  `,
};
