import { beforeEach, describe, expect, test } from "vitest";
import { AegisError } from "../contract/index.js";
import { MemoryHost } from "../testing/memory-source.js";
import { SqlEngine } from "./engine.js";
import type { SqlSession } from "./session.js";

let session: SqlSession;

function notices(text: string): readonly string[] {
  return session.run(session.prepare(text), []).notices.map(({ message }) => message);
}

function failure(text: string): AegisError {
  try {
    notices(text);
  } catch (error) {
    if (error instanceof AegisError) return error;
    throw error;
  }
  throw new Error(`nothing was thrown by ${text}`);
}

beforeEach(() => {
  session = new SqlEngine(new MemoryHost()).session();
  notices("CREATE TABLE t (a int PRIMARY KEY, b text)");
});

describe("what changes nothing is skipped with a notice", () => {
  test.each([
    ["CREATE TABLE u (a int) WITH (fillfactor = 70) TABLESPACE fast", 2],
    [
      "CREATE TABLE u (a text STORAGE EXTERNAL COMPRESSION lz4, UNIQUE (a) WITH (fillfactor = 9))",
      3,
    ],
    ["CREATE TABLE u (a int PRIMARY KEY USING INDEX TABLESPACE fast) USING heap", 2],
    ["CREATE TABLE u (a int) WITHOUT OIDS", 0],
    ["CREATE TABLE u WITH (fillfactor = 70) AS SELECT 1 AS a", 1],
    ["CREATE INDEX ON t (b) INCLUDE (a) WITH (fillfactor = 70) TABLESPACE fast", 2],
    ["CREATE VIEW v WITH (security_barrier) AS SELECT 1 AS a WITH LOCAL CHECK OPTION", 2],
    ["ALTER TABLE t DISABLE TRIGGER ALL, ENABLE ALWAYS TRIGGER x, DISABLE RULE r", 3],
    ["ALTER TABLE t SET (fillfactor = 70), RESET (fillfactor), SET TABLESPACE fast", 3],
    ["ALTER TABLE t CLUSTER ON t_pkey, SET WITHOUT CLUSTER, SET UNLOGGED", 3],
    ["ALTER TABLE t DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY", 2],
    ["ALTER TABLE ONLY t REPLICA IDENTITY USING INDEX t_pkey", 1],
    ["ALTER TABLE t ALTER COLUMN b SET STATISTICS -1, ALTER b SET STORAGE PLAIN", 2],
    ["ALTER TABLE t ALTER b SET (n_distinct = 5), ALTER b RESET (n_distinct)", 2],
    ["ALTER INDEX t_pkey SET (fillfactor = 70)", 1],
    ["ALTER INDEX t_pkey ALTER COLUMN 1 SET STATISTICS 500", 1],
    ["DROP TYPE IF EXISTS mood, s.other CASCADE", 2],
    ["DROP FUNCTION IF EXISTS f(int, text), g", 2],
    ["DROP TRIGGER IF EXISTS x ON t", 1],
    ["CREATE MATERIALIZED VIEW m AS SELECT 1 AS a WITH NO DATA", 1],
  ])("%s", (text, count) => {
    expect(notices(text)).toHaveLength(count);
  });

  test("and says what it was and why", () => {
    const [fillfactor] = notices("ALTER TABLE t SET (fillfactor = 70)");
    expect(fillfactor).toMatch(/^skipped: SET \(fillfactor = 70\) \(.*storage/);
    expect(notices("DROP TRIGGER IF EXISTS x ON t")).toEqual([
      'trigger "x" for relation "t" does not exist, skipping',
    ]);
    expect(notices("DROP FUNCTION IF EXISTS f(int)")).toEqual([
      "function f(int) does not exist, skipping",
    ]);
  });

  test("but is about things that are there", () => {
    expect(failure("ALTER TABLE nope SET (fillfactor = 70)").code).toBe("TABLE_NOT_FOUND");
    expect(failure("ALTER TABLE t ALTER c SET STATISTICS 9").code).toBe("COLUMN_NOT_FOUND");
    expect(failure("DROP TYPE mood").sqlState).toBe("42704");
  });
});

test("a materialized view is fresh, and there is nothing to refresh", () => {
  notices("CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t");
  expect(notices("REFRESH MATERIALIZED VIEW CONCURRENTLY m")).toEqual([
    expect.stringContaining("nothing to refresh"),
  ]);
  expect(failure("REFRESH MATERIALIZED VIEW t").code).toBe("WRONG_OBJECT_TYPE");
  expect(failure("REFRESH MATERIALIZED VIEW nope").code).toBe("TABLE_NOT_FOUND");
});

describe("what would change something is refused, with what to do instead", () => {
  test.each([
    "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql",
    "CREATE OR REPLACE PROCEDURE f() AS $$ $$ LANGUAGE sql",
    "CREATE TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION f()",
    "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t EXECUTE FUNCTION f()",
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "ALTER TYPE mood ADD VALUE 'happy'",
    "CREATE DOMAIN d AS int CHECK (VALUE > 0)",
    "CREATE RULE r AS ON INSERT TO t DO NOTHING",
    "CREATE POLICY p ON t USING (a > 0)",
    "CREATE PUBLICATION p FOR ALL TABLES",
    "CREATE TABLE u (a int) INHERITS (t)",
    "CREATE TABLE u (a int) PARTITION BY RANGE (a)",
    "CREATE TABLE u PARTITION OF t FOR VALUES IN (1)",
    "CREATE TEMPORARY TABLE u (a int) ON COMMIT DROP",
    "CREATE TABLE u (a int, EXCLUDE USING gist (a WITH =))",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t INHERIT u",
    "ALTER TABLE t ATTACH PARTITION u DEFAULT",
    "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i",
    "ALTER TABLE t ALTER CONSTRAINT k DEFERRABLE",
    "DO $$ BEGIN END $$",
    "CALL f(1)",
    "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE",
    "DECLARE c CURSOR FOR SELECT 1",
    "LISTEN channel",
    "LOCK TABLE t IN EXCLUSIVE MODE",
  ])("%s", (text) => {
    const { code, hint } = failure(text);
    expect(code).toBe("UNSUPPORTED");
    expect(hint).toBeDefined();
  });
});
