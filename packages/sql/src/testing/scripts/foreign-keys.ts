/** Foreign keys and their actions: scripts whose every answer is PostgreSQL's, by what they show. */
export const foreignKeys: Readonly<Record<string, string>> = {
  "foreign keys: want the parent of a new or changed child": `
    CREATE TABLE p (id int PRIMARY KEY, code text UNIQUE);
    CREATE TABLE c (a int, pid int REFERENCES p, code text REFERENCES p (code));
    INSERT INTO p VALUES (1, 'one'), (2, 'two');
    INSERT INTO c VALUES (1, 1, 'one'), (2, NULL, NULL), (3, 2, NULL);
    INSERT INTO c VALUES (4, 3, NULL);
    INSERT INTO c VALUES (4, 1, 'three');
    INSERT INTO c VALUES (4, 1, 'one'), (5, 9, 'one');
    UPDATE c SET pid = 2 WHERE a = 1;
    UPDATE c SET pid = 7 WHERE a = 1;
    UPDATE c SET a = 10 WHERE a = 2;
    SELECT * FROM c;
  `,
  "foreign keys: keep a parent that is referred to": `
    CREATE TABLE p (id int PRIMARY KEY, v int);
    CREATE TABLE c (pid int REFERENCES p);
    CREATE TABLE r (pid int REFERENCES p ON DELETE RESTRICT ON UPDATE RESTRICT);
    INSERT INTO p SELECT g, g FROM generate_series(1, 4) g;
    INSERT INTO c VALUES (1);
    INSERT INTO r VALUES (2);
    DELETE FROM p WHERE id = 1;
    DELETE FROM p WHERE id = 2;
    DELETE FROM p WHERE id = 3;
    UPDATE p SET id = 10 WHERE id = 1;
    UPDATE p SET id = 10 WHERE id = 2;
    UPDATE p SET id = 10 WHERE id = 4;
    UPDATE p SET v = 100, id = id;
    DELETE FROM p WHERE id < 2;
    SELECT * FROM p;
  `,
  "foreign keys: cascade, set NULL and set defaults": `
    CREATE TABLE p (id int PRIMARY KEY);
    CREATE TABLE c (id int PRIMARY KEY, pid int REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE);
    CREATE TABLE g (id int, cid int REFERENCES c ON DELETE CASCADE ON UPDATE SET NULL);
    CREATE TABLE n (pid int REFERENCES p ON DELETE SET NULL ON UPDATE SET NULL);
    CREATE TABLE d (pid int DEFAULT 5 REFERENCES p ON DELETE SET DEFAULT ON UPDATE SET DEFAULT);
    INSERT INTO p SELECT x FROM generate_series(1, 6) x;
    INSERT INTO c SELECT x * 10, x FROM generate_series(1, 6) x;
    INSERT INTO g SELECT x * 100, x * 10 FROM generate_series(1, 6) x;
    INSERT INTO n VALUES (1), (2), (6);
    INSERT INTO d VALUES (1), (2), (6);
    DELETE FROM p WHERE id = 1;
    UPDATE p SET id = 20 WHERE id = 2;
    UPDATE c SET id = 31 WHERE id = 30;
    SELECT * FROM c; SELECT * FROM g; SELECT * FROM n; SELECT * FROM d;
    DELETE FROM p WHERE id = 5;
    DELETE FROM p WHERE id = 6;
    SELECT * FROM p; SELECT * FROM c; SELECT * FROM d;
  `,
  "foreign keys: check what an action writes": `
    CREATE TABLE p (id int PRIMARY KEY);
    CREATE TABLE c (id int, pid int NOT NULL REFERENCES p ON DELETE SET NULL);
    CREATE TABLE k (pid int CHECK (pid < 100) REFERENCES p ON UPDATE CASCADE);
    CREATE TABLE gen (pid int REFERENCES p ON UPDATE CASCADE, twice int GENERATED ALWAYS AS (pid * 2) STORED);
    INSERT INTO p VALUES (1), (2), (3);
    INSERT INTO c VALUES (7, 1);
    INSERT INTO k VALUES (2);
    INSERT INTO gen VALUES (3);
    DELETE FROM p WHERE id = 1;
    UPDATE p SET id = 200 WHERE id = 2;
    UPDATE p SET id = 30 WHERE id = 3;
    SELECT * FROM gen;
  `,
  "foreign keys: of several columns match simply or fully": `
    CREATE TABLE p (a int, b text, PRIMARY KEY (a, b));
    CREATE TABLE s (b text, a int, FOREIGN KEY (a, b) REFERENCES p);
    CREATE TABLE f (b text, a int, FOREIGN KEY (a, b) REFERENCES p (a, b) MATCH FULL ON DELETE CASCADE);
    INSERT INTO p VALUES (1, 'x'), (2, 'y');
    INSERT INTO s VALUES ('x', 1), (NULL, 9), ('q', NULL), (NULL, NULL);
    INSERT INTO s VALUES ('y', 1);
    INSERT INTO f VALUES ('x', 1), (NULL, NULL);
    INSERT INTO f VALUES ('x', NULL);
    DELETE FROM p WHERE a = 1;
    DELETE FROM s;
    DELETE FROM p WHERE a = 1;
    SELECT * FROM f;
  `,
  "foreign keys: may lead to the table itself": `
    CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t ON DELETE CASCADE);
    INSERT INTO t VALUES (2, 1), (1, NULL), (3, 2), (4, 3), (5, 5), (6, 1);
    INSERT INTO t VALUES (7, 8);
    DELETE FROM t WHERE id = 2;
    SELECT * FROM t;
    DELETE FROM t WHERE id IN (1, 6);
    SELECT * FROM t;
    CREATE TABLE u (id int PRIMARY KEY, up int REFERENCES u);
    INSERT INTO u VALUES (1, NULL), (2, 1), (3, 2);
    DELETE FROM u WHERE id = 2;
    DELETE FROM u WHERE id IN (3, 2);
    DELETE FROM u;
    INSERT INTO u VALUES (1, 2), (2, 1);
    UPDATE u SET id = id + 10, up = up + 10;
    DELETE FROM u;
    SELECT * FROM u;
  `,
  "foreign keys: go round in circles and across types": `
    CREATE TABLE a (id numeric(8, 2) PRIMARY KEY, b bigint, wrong numeric);
    CREATE TABLE b (id int PRIMARY KEY, a smallint);
    ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES b ON DELETE CASCADE;
    ALTER TABLE b ADD CONSTRAINT to_a FOREIGN KEY (a) REFERENCES a ON DELETE CASCADE;
    ALTER TABLE a ADD FOREIGN KEY (wrong) REFERENCES b;
    INSERT INTO a VALUES (1, NULL), (2, NULL), (2.5, NULL);
    INSERT INTO b VALUES (1, 1), (2, 2);
    INSERT INTO b VALUES (3, 3);
    UPDATE a SET b = 2 WHERE id = 1;
    UPDATE a SET b = 1 WHERE id = 2;
    DELETE FROM a WHERE id = 1;
    SELECT * FROM a; SELECT * FROM b;
    CREATE TABLE m (k varchar(10) PRIMARY KEY);
    CREATE TABLE mc (k text REFERENCES m ON UPDATE CASCADE);
    INSERT INTO m VALUES ('x');
    INSERT INTO mc VALUES ('x');
    UPDATE m SET k = 'yy';
    SELECT * FROM mc;
  `,
};
