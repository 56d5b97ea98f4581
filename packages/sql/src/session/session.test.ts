import { beforeEach, describe, expect, test } from "vitest";
import { AegisError } from "../contract/index.js";
import type { Source } from "../contract/source.js";
import { MemoryHost } from "../testing/memory-source.js";
import { SqlEngine } from "./engine.js";
import type { GivenParameters } from "./parameters.js";
import type { RunOptions } from "./run-options.js";
import { runScript } from "./script.js";
import type { SqlSession } from "./session.js";

let engine: SqlEngine;
let session: SqlSession;

function rows(text: string, params?: GivenParameters, options: RunOptions = {}): unknown[] {
  return session.run(session.prepare(text), params, { form: "array", ...options }).rows;
}

function failure(text: string, params?: GivenParameters): AegisError {
  try {
    rows(text, params);
  } catch (error) {
    if (error instanceof AegisError) return error;
    throw error;
  }
  throw new Error(`nothing was thrown by ${text}`);
}

beforeEach(() => {
  engine = new SqlEngine(new MemoryHost());
  session = engine.session();
});

describe("parameters", () => {
  test("take their type from where they stand, or else from their value", () => {
    expect(rows("SELECT $1::int + 1", [41])).toEqual([[42]]);
    expect(rows("SELECT $1 + $2", [1, 2])).toEqual([[3]]);
    expect(rows("SELECT $1 + $2", [1.5, 2])).toEqual([[3.5]]);
    expect(rows("SELECT ? || ?", ["a", "b"])).toEqual([["ab"]]);
    expect(rows("SELECT :b::int - :a::int", { a: 1, b: 3 })).toEqual([[2]]);
    expect(rows("SELECT $1 = ANY($2)", [2, [1, 2]])).toEqual([[true]]);
    expect(rows("SELECT $1::jsonb -> 'a'", [{ a: [1] }])).toEqual([[[1]]]);
    expect(rows("SELECT $1 IS NULL", [null])).toEqual([[true]]);
  });

  test("must be as many as the statement has, and fit", () => {
    expect(failure("SELECT $1::int").code).toBe("PARAMETER_COUNT");
    expect(failure("SELECT 1", [1]).code).toBe("PARAMETER_COUNT");
    expect(failure("SELECT :a::int", { b: 1 }).code).toBe("PARAMETER_NOT_FOUND");
    const extra = failure("SELECT :a::int", { a: 1, b: 2, c: 3 });
    expect([extra.code, extra.message, extra.hint]).toEqual([
      "PARAMETER_NOT_FOUND",
      "the statement has no parameters :b, :c",
      "It has :a.",
    ]);
    const error = failure("SELECT $1::int", ["x"]);
    expect([error.sqlState, error.message]).toEqual([
      "22P02",
      'parameter $1: invalid input syntax for type integer: "x"',
    ]);
  });
});

describe("plans", () => {
  test("are kept by text, and made anew where the catalog has changed", () => {
    rows("CREATE TABLE t AS SELECT 1 AS a");
    const prepared = session.prepare("SELECT * FROM t");
    expect(engine.session().prepare("SELECT * FROM t")).toBe(prepared);
    expect(rows("SELECT * FROM t")).toEqual([[1]]);
    rows("ALTER TABLE t ADD COLUMN b text DEFAULT 'x'");
    expect(rows("SELECT * FROM t")).toEqual([[1, "x"]]);
    rows("DROP TABLE t");
    expect(failure("SELECT * FROM t").sqlState).toBe("42P01");
  });

  test("of joins are made anew when tables have grown", () => {
    rows("CREATE TABLE a (id int)");
    rows("CREATE TABLE b (id int)");
    const prepared = session.prepare("SELECT count(*) FROM a JOIN b USING (id)");
    const source = (): Source => engine.host.latest();
    const planned = (): unknown => session.plans.compiled(prepared, source(), [], {});
    const first = planned();
    rows("INSERT INTO a SELECT x FROM generate_series(1, 900) x");
    expect(planned()).toBe(first);
    rows("INSERT INTO a SELECT x FROM generate_series(901, 11000) x");
    const second = planned();
    expect(second).not.toBe(first);
    expect(planned()).toBe(second);
    expect(rows("SELECT count(*) FROM a JOIN b USING (id)")).toEqual([[0]]);
  });

  test("follow the search path", () => {
    rows("CREATE SCHEMA s");
    rows("CREATE TABLE t AS SELECT 'public' AS a");
    rows("CREATE TABLE s.t AS SELECT 's' AS a");
    expect(rows("SELECT a FROM t")).toEqual([["public"]]);
    rows("SET search_path TO s, public");
    expect(rows("SELECT a FROM t")).toEqual([["s"]]);
  });
});

describe("PREPARE, EXECUTE and DEALLOCATE", () => {
  test("keep a statement by name", () => {
    rows("PREPARE add (int, int) AS SELECT $1 + $2");
    expect(rows("EXECUTE add(40, 1 + 1)")).toEqual([[42]]);
    expect(failure("EXECUTE add(1)").code).toBe("PARAMETER_COUNT");
    expect(failure("EXECUTE add('x', 1)").sqlState).toBe("22P02");
    expect(failure("PREPARE add AS SELECT 1").sqlState).toBe("42P05");
    rows("DEALLOCATE add");
    expect(failure("EXECUTE add(1, 2)").sqlState).toBe("26000");
    rows("PREPARE show AS SELECT $1");
    expect(rows("EXECUTE show('x')")).toEqual([["x"]]);
    rows("DEALLOCATE ALL");
    expect(failure("DEALLOCATE show").sqlState).toBe("26000");
  });

  test("belong to their session, as settings do", () => {
    rows("PREPARE one AS SELECT 1");
    const second = engine.session();
    expect(() => second.run(second.prepare("EXECUTE one"), undefined)).toThrow(/does not exist/);
    const bare = engine.autocommit();
    for (const text of ["PREPARE p AS SELECT 1", "SET timezone TO 'UTC'", "BEGIN"]) {
      expect(() => bare.run(bare.prepare(text), undefined)).toThrow(/belongs to a session/);
    }
  });
});

describe("EXPLAIN", () => {
  test("shows the plan and, with ANALYZE, what its nodes did", () => {
    rows("CREATE TABLE t AS SELECT x FROM generate_series(1, 5) x");
    const plain = rows("EXPLAIN SELECT * FROM t WHERE x > 2").flat().join("\n");
    expect(plain).toContain("Seq Scan on t");
    expect(plain).not.toContain("actual");
    const analyzed = rows("EXPLAIN ANALYZE SELECT * FROM t WHERE x > $1", [2]).flat().join("\n");
    expect(analyzed).toMatch(/actual time=\S+ rows=3/);
    expect(analyzed).toContain("Execution Time");
    const [[tree]] = rows("EXPLAIN (FORMAT json) SELECT 1") as [[{ Plan: object }[]]];
    expect(tree[0]?.Plan).toHaveProperty("Node Type");
    expect(failure("EXPLAIN (FORMAT yaml) SELECT 1").code).toBe("UNSUPPORTED");
    expect(failure("EXPLAIN (COLOURS) SELECT 1").sqlState).toBe("42601");
  });

  test("with ANALYZE writes what the statement writes", () => {
    rows("CREATE TABLE t (a int)");
    rows("EXPLAIN INSERT INTO t VALUES (1)");
    expect(rows("SELECT count(*) FROM t")).toEqual([[0]]);
    rows("EXPLAIN ANALYZE INSERT INTO t VALUES (1)");
    expect(rows("SELECT count(*) FROM t")).toEqual([[1]]);
  });
});

describe("what statements give", () => {
  test("commands, counts and columns", () => {
    const give = (text: string): unknown[] => {
      const result = session.run(session.prepare(text), undefined);
      const names = result.columns.map(({ name, type }) => `${name} ${type.name}`);
      return [result.command, result.rowCount, ...names];
    };
    expect(give("CREATE TABLE t (a int, b text)")).toEqual(["CREATE TABLE", 0]);
    expect(give("INSERT INTO t VALUES (1, 'x'), (2, 'y')")).toEqual(["INSERT", 2]);
    expect(give("UPDATE t SET b = 'z' RETURNING a")).toEqual(["UPDATE", 2, "a integer"]);
    expect(give("DELETE FROM t WHERE a = 1")).toEqual(["DELETE", 1]);
    expect(give("SELECT b, count(*) FROM t GROUP BY b")).toEqual([
      "SELECT",
      1,
      "b text",
      "count bigint",
    ]);
    expect(give("SHOW TABLES")).toEqual([
      "SHOW",
      1,
      "table_name text",
      "table_schema text",
      "table_type text",
    ]);
    expect(give("DROP TABLE t")).toEqual(["DROP TABLE", 0]);
    expect(give("CREATE SEQUENCE s")).toEqual(["CREATE SEQUENCE", 0]);
    expect(give("DISCARD ALL")).toEqual(["DISCARD ALL", 0]);
  });

  test("notices", () => {
    const { notices } = session.run(session.prepare("DROP TABLE IF EXISTS t"), undefined);
    expect(notices).toEqual([
      { severity: "NOTICE", message: 'table "t" does not exist, skipping', sqlState: "00000" },
    ]);
  });

  test("rows in the form that was asked for", () => {
    const text = "SELECT 1 AS a, 2::bigint AS b, 0.50 AS c";
    const form = (options: RunOptions): unknown => rows(text, undefined, options)[0];
    expect(form({ form: "object" })).toEqual({ a: 1, b: 2, c: "0.50" });
    expect(form({ form: "array" })).toEqual([1, 2, "0.50"]);
    const results = { bigints: "bigint", decimals: "number", timestamps: "date" } as const;
    expect(form({ results })).toEqual([1, 2n, 0.5]);
  });

  test("sequences are remembered by session", () => {
    rows("CREATE SEQUENCE s");
    expect(failure("SELECT currval('s')").sqlState).toBe("55000");
    expect(rows("SELECT nextval('s')")).toEqual([[1]]);
    expect(rows("SELECT currval('s'), lastval()")).toEqual([[1, 1]]);
    expect(rows("SELECT setval('public.s', 10)")).toEqual([[10]]);
    expect(rows("SELECT nextval('s')")).toEqual([[11]]);
    rows("DISCARD SEQUENCES");
    expect(failure("SELECT lastval()").sqlState).toBe("55000");
  });
});

describe("limits of time", () => {
  test("a signal ends a statement, as a timeout does", () => {
    const aborted = AbortSignal.abort();
    const long = "SELECT count(*) FROM generate_series(1, 100000) a";
    expect(() => rows(long, undefined, { signal: aborted })).toThrow(/signal/);
  });
});

describe("scripts", () => {
  function script(text: string): { commands: object; notices: string[]; rowCount: number } {
    const steps = runScript(session, text);
    for (;;) {
      const step = steps.next();
      if (step.done !== true) continue;
      const { commands, notices, rowCount } = step.value;
      return { commands, rowCount, notices: notices.map(({ message }) => message) };
    }
  }

  test("count their commands and tell what they skip", () => {
    const text = `
      DROP DATABASE IF EXISTS chinook;
      CREATE DATABASE chinook;
      \\c chinook;
      CREATE TABLE t (a int);
      INSERT INTO t VALUES (1), (2); INSERT INTO t VALUES (3);
      BEGIN; DELETE FROM t WHERE a = 1; COMMIT;`;
    const { commands, notices, rowCount } = script(text);
    expect(commands).toEqual({ "CREATE TABLE": 1, INSERT: 2, BEGIN: 1, DELETE: 1, COMMIT: 1 });
    expect(rowCount).toBe(4);
    expect(notices).toHaveLength(3);
    expect(rows("SELECT count(*) FROM t")).toEqual([[2]]);
  });

  test("do nothing when they cannot be parsed, and keep what ran before another error", () => {
    rows("CREATE TABLE t (a int PRIMARY KEY)");
    expect(() => script("INSERT INTO t VALUES (1); INSERT INTO INTO")).toThrow(/syntax error/);
    expect(rows("SELECT a FROM t")).toEqual([]);
    expect(() => script("INSERT INTO t VALUES (1); INSERT INTO t VALUES (1)")).toThrow(/duplicate/);
    expect(rows("SELECT a FROM t")).toEqual([[1]]);
  });
});

describe("what else scripts have", () => {
  test("COPY with its data, as pg_dump writes tables", () => {
    // Tabs stand between the fields.
    const data = [
      ["1", "one; 'quoted", '{"x": 1}'],
      ["2", String.raw`\N`, "null"],
      ["3", String.raw`back\\slash\ttab\n\x41`, "[]"],
    ];
    const dump = [
      "CREATE TABLE public.t (a integer NOT NULL, b text, c jsonb);",
      "COPY public.t (a, b, c) FROM stdin;",
      ...data.map((fields) => fields.join("\t")),
      String.raw`\.`,
      "",
      "COPY t FROM stdin;",
      String.raw`\.`,
      "SELECT count(*) FROM t;",
    ].join("\n");
    const steps = [...runScript(session, dump)];
    expect(steps.map(({ result }) => `${result.command} ${result.rowCount}`)).toEqual([
      "CREATE TABLE 0",
      "COPY 3",
      "COPY 0",
      "SELECT 1",
    ]);
    expect(rows("SELECT * FROM t ORDER BY a")).toEqual([
      [1, "one; 'quoted", { x: 1 }],
      [2, null, null],
      [3, "back\\slash\ttab\nA", []],
    ]);
    const broken = "SELECT 1;\nCOPY t FROM stdin;\n4\tx\t{}\n5\n\\.\n";
    expect(() => [...runScript(session, broken)]).toThrow(/line 2 .* has 1 fields, not 3/);
    expect(rows("SELECT count(*) FROM t")).toEqual([[3]]);
    expect(failure("COPY t FROM stdin").code).toBe("PARSE_ERROR");
  });

  test("take no parameters, but prepare statements that do", () => {
    const run = (text: string): unknown[] => [...runScript(session, text)];
    expect(run("PREPARE p AS SELECT $1::int; EXECUTE p(1); EXPLAIN SELECT $1::int")).toHaveLength(
      3,
    );
    expect(() => run("SELECT 1; SELECT $1")).toThrow(
      "the statements of a script take no parameters",
    );
  });

  test("maintenance is accepted, and roles and extensions are skipped", () => {
    expect(session.run(session.prepare("VACUUM (FULL) ANALYZE t"), undefined).command).toBe(
      "VACUUM",
    );
    rows("CHECKPOINT");
    const steps = runScript(session, "GRANT ALL ON t TO public; CREATE EXTENSION hstore; ANALYZE;");
    const step = steps.next();
    expect(step).toMatchObject({ done: false, value: { done: 3 } });
    expect(steps.next()).toMatchObject({ done: true, value: { notices: [{}, {}] } });
    expect(failure("GRANT ALL ON t TO public").code).toBe("UNSUPPORTED");
  });

  test("set_config sets as SET does", () => {
    rows("SELECT set_config('search_path', 'a, \"B\"', false)");
    expect(rows("SHOW search_path")).toEqual([['a, "B"']]);
    rows("SELECT pg_catalog.set_config('search_path', '', false)");
    expect(rows("SHOW search_path")).toEqual([[""]]);
    const bare = engine.autocommit();
    const text = "SELECT set_config('timezone', 'UTC', false)";
    expect(() => bare.run(bare.prepare(text), undefined)).toThrow(/belongs to a session/);
  });
});
