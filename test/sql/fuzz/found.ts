/** What random statements have found, each as small as it gets. */
export interface Found {
  readonly name: string;
  readonly statements: readonly string[];
}

/** Tables that the queries below read. */
export const tables: readonly string[] = [
  "CREATE TABLE t (a int, b numeric, c int[])",
  "INSERT INTO t VALUES (1, 1, '{1,2}'), (2, NULL, NULL), (NULL, 2, '{3,NULL}'), (-1, 4, '{}')",
  "CREATE TABLE u (x int, at timestamp)",
  "INSERT INTO u VALUES (1, '2020-01-01 10:00'), (2, '2020-01-01 11:00'), (3, NULL)",
];

export const found: readonly Found[] = [
  {
    name: "a correlated aggregate gives one value a row, whatever it is correlated by",
    statements: [
      "SELECT x, (SELECT count(*) FROM t WHERE abs(a) = u.x) FROM u",
      "SELECT x, (SELECT sum(a) FROM t WHERE a + b = u.x) FROM u",
      "SELECT d, (SELECT sum(x) FROM u WHERE at::date = d) FROM (VALUES (date '2020-01-01')) AS v (d)",
      "SELECT x, (SELECT count(*) FROM t WHERE a = u.x::bigint) FROM u",
    ],
  },
  {
    name: "records with arrays inside as keys",
    statements: [
      "SELECT (c, 1) FROM t GROUP BY 1",
      "SELECT DISTINCT (c, '{}'::jsonb) FROM t",
      "SELECT DISTINCT ARRAY[ROW(1, ARRAY[2])] FROM t",
      "SELECT DISTINCT ARRAY[[1, 2], [3, 4]], ARRAY[ROW(1, 2), ROW(NULL, 3)] FROM t",
    ],
  },
  {
    name: "the same expression in GROUP BY, though it holds a subquery or a function of its types",
    statements: [
      "SELECT ARRAY(SELECT u FROM unnest(c) AS u WHERE u > a) FROM t GROUP BY ARRAY(SELECT u FROM unnest(c) AS u WHERE u > a)",
      "SELECT a IN (SELECT 1) FROM t GROUP BY a IN (SELECT 1)",
      "SELECT a IN (SELECT 1) FROM t GROUP BY a IN (SELECT 2)",
      "SELECT array_remove(c, a) FROM t GROUP BY array_remove(c, a)",
    ],
  },
  {
    name: "arrays of several dimensions where one is expected, and of unequal ones",
    statements: [
      "SELECT array_append('{{1,2},{3,4}}'::int[], 5)",
      "SELECT 5 || '{{1,2},{3,4}}'::int[]",
      "SELECT array_replace('{{1,2},{3,4}}'::int[], 1, 9), array_append(NULL::int[], 1), ARRAY[ROW(1, 2)] || ROW(3, 4)",
      "SELECT ARRAY[ARRAY[1, 2], NULL]",
      "SELECT ARRAY[ARRAY[1, 2], ARRAY[3]]",
      "SELECT ARRAY[NULL::int[], '{}'::int[]], ARRAY['{}'::int[]], ARRAY['{1}'::int[], '{2}']",
    ],
  },
  {
    name: "GREATEST, LEAST and NULLIF compare as the type of their arguments does",
    statements: [
      "SELECT greatest('{{a,b},{c,d}}'::text[], '{b,NULL}'), least('{{a,b},{c,d}}'::text[], '{b,NULL}')",
      "SELECT nullif('{{1,2}}'::int[], '{1,2}'), nullif(interval '1 day', '24:00'), greatest('2', '10')",
      "SELECT greatest('1'::json, '2')",
    ],
  },
  {
    name: "parentheses part subscripts, and slices of more dimensions than there are hold nothing",
    statements: [
      "SELECT ((ARRAY[1, 2, 3])[2:3])[1], (ARRAY[1, 2, 3])[2:3][1], ((ARRAY[[1, 2], [3, 4]])[1:2])[2][1]",
      "SELECT (ARRAY[[1, 2], [3, 4]])[1:2][5:6], (ARRAY[1, 2])[1:2][1], (ARRAY[[1, 2], [3, 4]])[2][1:1]",
    ],
  },
  {
    name: "definitions that lead back to their own table, and changes of types",
    statements: [
      "CREATE TABLE own (a int REFERENCES own (a), b int, PRIMARY KEY (a))",
      "ALTER TABLE own DROP COLUMN a",
      "CREATE TABLE pair (a int, b int, c int, UNIQUE (a, b), FOREIGN KEY (b, c) REFERENCES pair (a, b))",
      "ALTER TABLE pair DROP COLUMN a",
      "ALTER TABLE pair DROP COLUMN b",
      "CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY)",
      "ALTER TABLE numbered ALTER id TYPE text",
      "CREATE TABLE full_of (a int NOT NULL)",
      "INSERT INTO full_of VALUES (1)",
      "ALTER TABLE full_of ALTER a TYPE date USING NULL::date",
      "CREATE TABLE made (a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
      "ALTER TABLE made ALTER b TYPE text USING NULL::text",
    ],
  },
  {
    name: "ON CONFLICT takes NULLs for equal where one of two like constraints does",
    statements: [
      "CREATE TABLE twice (k int UNIQUE, v int, UNIQUE NULLS NOT DISTINCT (k))",
      "INSERT INTO twice VALUES (NULL, 1)",
      "INSERT INTO twice VALUES (NULL, 2) ON CONFLICT (k) DO UPDATE SET v = excluded.v + 10 RETURNING v",
    ],
  },
  {
    name: "a column goes with what stands on those that are computed from it",
    statements: [
      "CREATE TABLE grown (a int, b int, g int GENERATED ALWAYS AS (a * 2) STORED, CHECK (g > 0), PRIMARY KEY (g), FOREIGN KEY (g) REFERENCES grown (g))",
      "INSERT INTO grown VALUES (1, 1), (2, 2)",
      "CREATE TABLE leading (x int REFERENCES grown (g))",
      "CREATE VIEW seen AS SELECT g FROM grown",
      "ALTER TABLE grown DROP COLUMN a",
      "ALTER TABLE grown DROP COLUMN a CASCADE",
      "TABLE grown",
      "TABLE seen",
      "INSERT INTO leading VALUES (9)",
    ],
  },
];
