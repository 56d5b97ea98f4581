import { PGlite } from "@electric-sql/pglite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AegisError } from "../contract/index.js";
import { MemoryHost } from "../testing/memory-source.js";
import { type Datum, toText } from "../types/index.js";
import { SqlEngine } from "./engine.js";
import type { SqlSession } from "./session.js";

/** What a statement gave, as text: its rows, or the SQLSTATE of its error. */
type Answer = string;

/** Types by their numbers in PostgreSQL: bool, int8, int4, numeric, date, timestamptz. */
const AS_TEXT = Object.fromEntries(
  [16, 20, 23, 1700, 1082, 1184].map((oid) => [oid, (value: string) => value]),
);

let oracle: PGlite;

beforeAll(async () => {
  oracle = await PGlite.create();
  await oracle.exec("SET timezone TO 'UTC'");
}, 60_000);

afterAll(() => oracle.close());

async function askPostgres(text: string): Promise<Answer> {
  try {
    const [result] = await oracle.exec(text, {
      rowMode: "array",
      parsers: AS_TEXT,
    });
    return JSON.stringify(result?.rows ?? []);
  } catch (error) {
    return (error as { code: string }).code;
  }
}

function askAegis(session: SqlSession, text: string): Answer {
  try {
    const { rows, columns } = session.run(session.prepare(text), undefined, { form: "datums" });
    const texts = (rows as (readonly Datum[])[]).map((row) =>
      row.map((datum, i) =>
        datum === null ? null : toText(datum, columns[i]!.type, session.settings.get("timezone")!),
      ),
    );
    return JSON.stringify(texts);
  } catch (error) {
    if (error instanceof AegisError) return error.sqlState ?? error.code;
    throw error;
  }
}

/** Statements that are run one after the other, by both, in a session of their own. */
const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  "errors fail the transaction": [
    "CREATE TABLE t (a int PRIMARY KEY)",
    "BEGIN",
    "INSERT INTO t VALUES (1)",
    "INSERT INTO t VALUES (1)",
    "SELECT 1",
    "SAVEPOINT s",
    "RELEASE s",
    "BEGIN",
    "SET timezone TO 'UTC'",
    "SHOW timezone",
    "PREPARE p AS SELECT 1",
    "DEALLOCATE p",
    "COMMIT",
    "SELECT * FROM t",
    "DROP TABLE t",
  ],
  savepoints: [
    "SAVEPOINT s",
    "ROLLBACK TO s",
    "RELEASE s",
    "CREATE TABLE t (a int)",
    "BEGIN",
    "SAVEPOINT a",
    "INSERT INTO t VALUES (1)",
    "SAVEPOINT b",
    "INSERT INTO t VALUES (2)",
    "SAVEPOINT a",
    "INSERT INTO t VALUES (3)",
    "ROLLBACK TO a",
    "SELECT * FROM t ORDER BY a",
    "RELEASE a",
    "SELECT * FROM nowhere",
    "RELEASE b",
    "ROLLBACK TO nowhere",
    "ROLLBACK TO b",
    "SELECT * FROM t ORDER BY a",
    "ROLLBACK TO a",
    "ROLLBACK TO b",
    "ROLLBACK",
    "SELECT * FROM t",
    "DROP TABLE t",
  ],
  settings: [
    "SET statement_timeout = '90s'",
    "SHOW statement_timeout",
    "SELECT current_setting('statement_timeout')",
    "SET statement_timeout = 1500",
    "SHOW statement_timeout",
    "RESET statement_timeout",
    "SHOW statement_timeout",
    "SET statement_timeout = 'soon'",
    "SET nothing_like_this = 1",
    "SHOW nothing_like_this",
    "SET a.b = 'c'",
    "SHOW a.b",
    "SET TIME ZONE 'America/New_York'",
    "SHOW TimeZone",
    "SELECT '2024-07-01 12:00'::timestamptz",
    "SET TIME ZONE 'Atlantis'",
    "SET timezone TO DEFAULT",
    "SET datestyle = 'ISO, DMY'",
    "SHOW datestyle",
    "RESET datestyle",
    'SET search_path TO a, "B c"',
    "SHOW search_path",
    "SELECT set_config('search_path', 'x, y', false)",
    "SHOW search_path",
    "SET search_path = 'x, y'",
    "SHOW search_path",
    "SET server_version = '1'",
    "SET row_security = maybe",
    "SET client_encoding = 'UTF8'",
    "SHOW client_encoding",
    "SHOW standard_conforming_strings",
    "BEGIN",
    "SET LOCAL a.b = 'local'",
    "SHOW a.b",
    "COMMIT",
    "SHOW a.b",
    "BEGIN",
    "SET a.b = 'gone'",
    "ROLLBACK",
    "SHOW a.b",
  ],
  "digits of floats": ["1", "3", "0", "-3", "-15"].flatMap((digits) => [
    `SET extra_float_digits = ${digits}`,
    "SELECT (1.0 / 3)::float8::text, 0.1::float4::text, (2.0 / 3)::float4::text, 0.1::float8 + 0.2::float8 || ''",
    "SELECT x::text, x || '', concat(x, 1), (-x)::varchar FROM (VALUES (1e20::float8), (1234567.891), (1e-7), ('NaN'), ('Infinity')) v(x)",
    "SELECT (ARRAY[1.0 / 3, 2]::float8[])::text, ROW(1e5::float4, (2.0 / 3)::float8)::text, array_to_string(ARRAY[0.7::float4], ',')",
  ]),
  modes: [
    "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY",
    "SHOW transaction_isolation",
    "SHOW transaction_read_only",
    "CREATE TABLE t (a int)",
    "ROLLBACK",
    "BEGIN",
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    "SHOW transaction_isolation",
    "SELECT 1",
    "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "ROLLBACK",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    "SHOW default_transaction_read_only",
    "SHOW transaction_read_only",
    "CREATE TABLE t (a int)",
    "BEGIN READ WRITE",
    "CREATE TABLE t (a int)",
    "COMMIT AND CHAIN",
    "SHOW transaction_read_only",
    "DROP TABLE t",
    "COMMIT",
    "SET default_transaction_read_only = off",
    "COMMIT AND CHAIN",
    "ROLLBACK AND CHAIN",
  ],
  "prepared statements": [
    "PREPARE p (int, text) AS SELECT $1 + 1, $2 || '!'",
    "EXECUTE p(1, 'x')",
    "EXECUTE p('1', 2)",
    "EXECUTE p('a', 'x')",
    "EXECUTE p(1)",
    "EXECUTE p(1, 2, 3)",
    "PREPARE p AS SELECT 1",
    "EXECUTE q",
    "PREPARE q AS SELECT nothing",
    "PREPARE q AS SELECT * FROM nowhere",
    "PREPARE q AS SELECT $1 = 1",
    "EXECUTE q(1)",
    "EXECUTE q(1 + 0)",
    "PREPARE r AS SELECT $1",
    "EXECUTE r('x')",
    "PREPARE u AS SELECT $1 + $2",
    "PREPARE u (int) AS SELECT $1, $2::date",
    "EXECUTE u(1, '2024-01-01')",
    "DEALLOCATE u",
    "EXECUTE u(1, '2024-01-01')",
    "DEALLOCATE u",
    "DEALLOCATE ALL",
    "EXECUTE p(1, 'x')",
  ],
  sequences: [
    "CREATE SEQUENCE s START 5 INCREMENT 5",
    "SELECT currval('s')",
    "SELECT lastval()",
    "SELECT nextval('s'), nextval('s')",
    "SELECT currval('public.s'), lastval()",
    "SELECT setval('s', 100)",
    "SELECT nextval('s')",
    "SELECT setval('s', 100, false)",
    "SELECT nextval('s')",
    "SELECT nextval('nowhere')",
    "BEGIN",
    "SELECT nextval('s')",
    "ROLLBACK",
    "SELECT nextval('s')",
    'CREATE SEQUENCE "Quoted Name"',
    "SELECT nextval('\"Quoted Name\"')",
    "SELECT nextval('Quoted')",
    'DROP SEQUENCE s, "Quoted Name"',
  ],
  "views and definitions in transactions": [
    "BEGIN",
    "CREATE TABLE t (a int, b text DEFAULT 'x')",
    "CREATE VIEW v AS SELECT a + 1 AS n FROM t",
    "INSERT INTO t VALUES (1)",
    "SELECT * FROM v",
    "ROLLBACK",
    "SELECT * FROM v",
    "CREATE TABLE t (a int)",
    "BEGIN",
    "ALTER TABLE t ADD COLUMN b int DEFAULT 7",
    "INSERT INTO t VALUES (1)",
    "SELECT * FROM t",
    "SAVEPOINT s",
    "DROP TABLE t",
    "SELECT * FROM t",
    "ROLLBACK TO s",
    "SELECT * FROM t",
    "COMMIT",
    "SELECT * FROM t",
    "DROP TABLE t",
  ],
};

test.each(Object.entries(SCRIPTS))("%s", async (_name, statements) => {
  const session = new SqlEngine(new MemoryHost()).session();
  const wanted: string[] = [];
  const got: string[] = [];
  for (const text of statements) {
    wanted.push(`${text} => ${await askPostgres(text)}`);
    got.push(`${text} => ${askAegis(session, text)}`);
  }
  for (const text of ["ROLLBACK", "DISCARD ALL", "SET timezone TO 'UTC'"]) await oracle.exec(text);
  expect(got).toEqual(wanted);
});
