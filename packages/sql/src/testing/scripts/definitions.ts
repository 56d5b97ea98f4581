/** CREATE, DROP and TRUNCATE: scripts whose every answer is PostgreSQL's, by what they show. */
export const definitions: Readonly<Record<string, string>> = {
  "CREATE TABLE: names constraints as PostgreSQL does": `
    CREATE TABLE p (id int PRIMARY KEY, a int UNIQUE, b int CHECK (b > 0) CHECK (b < 10), c int,
      UNIQUE (a, b), UNIQUE (a, b, c), CHECK (a > b), CHECK (c > 0 AND c < 5), FOREIGN KEY (a) REFERENCES p);
    INSERT INTO p VALUES (1, 2, 1, 1);
    INSERT INTO p VALUES (1, 1, -1, 1);
    INSERT INTO p VALUES (1, 20, 11, 1);
    INSERT INTO p VALUES (1, 1, 2, 1);
    INSERT INTO p VALUES (1, 3, 2, 9);
    INSERT INTO p VALUES (5, 5, 1, 1);
    INSERT INTO p VALUES (5, 6, 1, 1);
    INSERT INTO p VALUES (6, 5, 1, 1);
    CREATE TABLE q (a int CONSTRAINT a_positive CHECK (a > 0), CONSTRAINT u UNIQUE (a));
    INSERT INTO q VALUES (1), (1);
    INSERT INTO q VALUES (-1);
    CREATE TABLE r (a int, CONSTRAINT u UNIQUE (a));
  `,
  "CREATE TABLE: refuses what contradicts itself": `
    CREATE TABLE t (a int, a text);
    CREATE TABLE t (a int PRIMARY KEY, b int PRIMARY KEY);
    CREATE TABLE t (a int, PRIMARY KEY (b));
    CREATE TABLE t (a int, UNIQUE (a, a));
    CREATE TABLE t (a int, PRIMARY KEY (a, a));
    CREATE TABLE t (a int NULL NOT NULL);
    CREATE TABLE t (a int DEFAULT 1 DEFAULT 2);
    CREATE TABLE t (a int DEFAULT 1 GENERATED ALWAYS AS IDENTITY);
    CREATE TABLE t (a int DEFAULT 1 GENERATED ALWAYS AS (5) STORED);
    CREATE TABLE t (a text GENERATED ALWAYS AS IDENTITY);
    CREATE TABLE t (a int DEFAULT 'x');
    CREATE TABLE t (a int DEFAULT b);
    CREATE TABLE t (a int DEFAULT (SELECT 1));
    CREATE TABLE t (a int DEFAULT true);
    CREATE TABLE t (a int CHECK (a));
    CREATE TABLE t (a int CHECK (b > 0));
    CREATE TABLE t (a int CHECK (a > (SELECT 1)));
    CREATE TABLE t (a int CHECK (sum(a) > 1));
    CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + c) STORED);
    CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a) STORED, c int GENERATED ALWAYS AS (b) STORED);
    CREATE TABLE t (a float, b float GENERATED ALWAYS AS (a * random()) STORED);
    CREATE TABLE t (a int REFERENCES nowhere);
    CREATE TABLE t (a int REFERENCES t);
    CREATE TABLE t (a nothing);
    CREATE TABLE t (a numeric(2000));
    CREATE TABLE nowhere.t (a int);
    CREATE TABLE t (a serial DEFAULT 5);
    CREATE TABLE p (a int, b int UNIQUE, c text PRIMARY KEY);
    CREATE TABLE t (a int REFERENCES p);
    CREATE TABLE t (a int REFERENCES p (a));
    CREATE TABLE t (a int REFERENCES p (x));
    CREATE TABLE t (a int REFERENCES p (b, c));
    CREATE TABLE t (a int, FOREIGN KEY (z) REFERENCES p (b));
    CREATE TABLE t (a int, CONSTRAINT x CHECK (a > 0), CONSTRAINT x CHECK (a > 1));
    CREATE TABLE p (a int);
    CREATE TABLE IF NOT EXISTS p (z int);
    CREATE INDEX p ON p (a);
    SELECT * FROM p;
    SELECT * FROM t;
  `,
  "CREATE TABLE: makes sequences that go with their columns": `
    CREATE TABLE t (a serial, b bigserial, c smallserial, d int);
    INSERT INTO t (d) VALUES (1), (2);
    SELECT * FROM t;
    INSERT INTO t (a, d) VALUES (NULL, 1);
    SELECT nextval('t_a_seq'), nextval('t_b_seq'), currval('t_c_seq');
    CREATE SEQUENCE t_d_seq;
    CREATE TABLE t_e (d serial);
    ALTER TABLE t ADD COLUMN e serial;
    SELECT * FROM t;
    DROP SEQUENCE t_a_seq;
    DROP SEQUENCE t_a_seq CASCADE;
    INSERT INTO t (d) VALUES (1);
    INSERT INTO t (a, d) VALUES (50, 1);
    DROP TABLE t;
    SELECT nextval('t_b_seq');
  `,
  "CREATE TABLE: makes a table of a query": `
    CREATE TABLE t AS SELECT g AS a, 'x' || g AS b, NULL AS c, 1.5 AS d FROM generate_series(1, 3) g;
    SELECT * FROM t;
    INSERT INTO t VALUES (NULL, NULL, 'text', 2.25);
    CREATE TABLE u (x, y) AS SELECT a, b FROM t WITH NO DATA;
    SELECT x, y FROM u;
    CREATE TABLE v (x, y, z) AS SELECT 1, 2;
    CREATE TABLE v AS SELECT 1 AS a, 2 AS a;
    CREATE TABLE t AS SELECT 1;
    CREATE TABLE IF NOT EXISTS t AS SELECT 1;
    SELECT count(*) FROM t;
  `,
  "indexes, views, sequences and schemas: indexes": `
    CREATE TABLE t (a int, b text, c int);
    INSERT INTO t VALUES (1, 'x', 1), (1, 'y', 2), (2, NULL, 3), (3, NULL, 3);
    CREATE INDEX ON t (a);
    CREATE INDEX ON t (a);
    CREATE INDEX t_c ON t (c DESC, a);
    CREATE UNIQUE INDEX t_a_u ON t (a);
    CREATE UNIQUE INDEX t_b_u ON t (b);
    CREATE UNIQUE INDEX nn ON t (b) NULLS NOT DISTINCT;
    INSERT INTO t VALUES (9, 'x', 1);
    CREATE INDEX t_c ON t (c);
    CREATE INDEX IF NOT EXISTS t_c ON t (c);
    CREATE INDEX x ON t (nope);
    CREATE INDEX x ON nope (a);
    DROP INDEX t_a_idx, t_a_idx1;
    DROP INDEX t_a_idx;
    DROP INDEX IF EXISTS t_a_idx;
    DROP INDEX t;
    DROP INDEX t_b_u;
    INSERT INTO t VALUES (9, 'x', 1);
    SELECT * FROM t WHERE a = 1 ORDER BY b;
  `,
  "indexes, views, sequences and schemas: views": `
    CREATE TABLE t (a int, b text);
    INSERT INTO t VALUES (1, 'x'), (2, 'y');
    CREATE VIEW v AS SELECT a, upper(b) AS b FROM t;
    CREATE VIEW w (one) AS SELECT a + 1 FROM v;
    SELECT * FROM v; SELECT * FROM w;
    CREATE VIEW v AS SELECT 1;
    CREATE OR REPLACE VIEW v AS SELECT a, b, a * 2 AS c FROM t;
    SELECT * FROM v;
    CREATE OR REPLACE VIEW v AS SELECT a FROM t;
    CREATE OR REPLACE VIEW v AS SELECT a AS z, b, a AS c FROM t;
    CREATE OR REPLACE VIEW v AS SELECT b AS a, b, a AS c FROM t;
    CREATE VIEW x (p, q) AS SELECT 1;
    CREATE VIEW x AS SELECT 1 AS a, 2 AS a;
    DROP TABLE t;
    DROP VIEW v;
    DROP VIEW t;
    DROP TABLE v;
    DROP VIEW v, w;
    SELECT * FROM v;
    CREATE VIEW v AS SELECT * FROM t;
    DROP TABLE t CASCADE;
    SELECT * FROM v;
  `,
  "indexes, views, sequences and schemas: sequences": `
    CREATE SEQUENCE s START 5 INCREMENT 2 MAXVALUE 9;
    SELECT nextval('s'), nextval('s'), nextval('s');
    SELECT nextval('s');
    ALTER SEQUENCE s CYCLE;
    SELECT nextval('s');
    ALTER SEQUENCE s RESTART WITH 7;
    SELECT nextval('s');
    ALTER SEQUENCE s RESTART;
    SELECT nextval('s');
    SELECT setval('s', 5), nextval('s'), setval('s', 5, false), nextval('s');
    CREATE SEQUENCE d INCREMENT -1;
    SELECT nextval('d'), nextval('d');
    CREATE SEQUENCE s;
    CREATE SEQUENCE IF NOT EXISTS s;
    CREATE SEQUENCE bad INCREMENT 0;
    CREATE SEQUENCE bad MINVALUE 5 MAXVALUE 4;
    CREATE SEQUENCE bad START 5 MAXVALUE 4;
    CREATE SEQUENCE bad START 0;
    ALTER SEQUENCE nope RESTART;
    CREATE TABLE t (a int DEFAULT nextval('s'));
    DROP SEQUENCE s;
    ALTER SEQUENCE s OWNED BY t.a;
    ALTER SEQUENCE s RENAME TO s2;
    INSERT INTO t DEFAULT VALUES;
    DROP TABLE t;
    SELECT nextval('s2');
  `,
  "indexes, views, sequences and schemas: schemas": `
    CREATE SCHEMA app;
    CREATE TABLE app.t (a serial PRIMARY KEY, b int);
    CREATE TABLE t (a int REFERENCES app.t);
    INSERT INTO app.t (b) VALUES (1);
    INSERT INTO t VALUES (1), (2);
    INSERT INTO t VALUES (1);
    SELECT app.t.b FROM app.t;
    CREATE SCHEMA app;
    CREATE SCHEMA IF NOT EXISTS app;
    DROP SCHEMA app;
    DROP SCHEMA nope;
    DROP SCHEMA IF EXISTS nope;
    DROP SCHEMA app CASCADE;
    INSERT INTO t VALUES (99);
    SELECT * FROM app.t;
  `,
  "DROP and TRUNCATE: mind what depends on a table": `
    CREATE TABLE p (id serial PRIMARY KEY, v int UNIQUE);
    CREATE TABLE c (id serial, pid int REFERENCES p, v int REFERENCES p (v));
    CREATE VIEW w AS SELECT v FROM c;
    INSERT INTO p (v) VALUES (1), (2);
    INSERT INTO c (pid, v) VALUES (1, 2);
    DROP TABLE p;
    DROP TABLE nope;
    DROP TABLE IF EXISTS nope;
    TRUNCATE p;
    TRUNCATE p, c RESTART IDENTITY;
    INSERT INTO p (v) VALUES (1);
    INSERT INTO c (pid, v) VALUES (1, 1);
    TRUNCATE p CASCADE;
    SELECT count(*) FROM c;
    INSERT INTO p (v) VALUES (1);
    SELECT * FROM p;
    TRUNCATE w;
    DROP TABLE p CASCADE;
    INSERT INTO c (pid, v) VALUES (77, 77);
    SELECT * FROM w;
    CREATE TABLE p2 (id int PRIMARY KEY);
    CREATE TABLE c2 (id int REFERENCES p2);
    DROP TABLE p2, c2;
    DROP TABLE c, nope;
    DROP TABLE c CASCADE;
  `,
};
