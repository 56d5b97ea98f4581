import { beforeEach, describe, expect, test } from "vitest";
import { AegisError } from "../contract/index.js";
import { MemoryHost } from "../testing/memory-source.js";
import { SqlEngine } from "./engine.js";
import type { StatementResult } from "./results.js";
import type { SqlSession } from "./session.js";

let session: SqlSession;
let other: SqlSession;

function run(text: string, on: SqlSession = session): StatementResult {
  return on.run(on.prepare(text), undefined, { form: "array" });
}

function values(text: string, on: SqlSession = session): unknown[] {
  return run(text, on).rows.map((row) => (row as unknown[])[0]);
}

function state(text: string, on: SqlSession = session): string | undefined {
  try {
    run(text, on);
  } catch (error) {
    if (error instanceof AegisError) return error.sqlState;
    throw error;
  }
  return "none";
}

function warnings(text: string): string[] {
  return run(text).notices.map(({ severity, message }) => `${severity} ${message}`);
}

beforeEach(() => {
  const engine = new SqlEngine(new MemoryHost());
  session = engine.session();
  other = engine.session();
  run("CREATE TABLE t (a int PRIMARY KEY)");
});

describe("transactions", () => {
  test("a commit shows to others at once, a rollback never", () => {
    run("BEGIN");
    run("INSERT INTO t VALUES (1)");
    expect([values("SELECT a FROM t"), values("SELECT a FROM t", other)]).toEqual([[1], []]);
    expect(run("COMMIT").command).toBe("COMMIT");
    expect(values("SELECT a FROM t", other)).toEqual([1]);
    run("START TRANSACTION");
    run("DELETE FROM t");
    expect(run("ROLLBACK").command).toBe("ROLLBACK");
    expect(values("SELECT a FROM t")).toEqual([1]);
  });

  test("after an error only its end is taken, and COMMIT rolls back", () => {
    run("BEGIN");
    run("INSERT INTO t VALUES (1)");
    expect(state("SELECT 1/0")).toBe("22012");
    expect(session.status).toBe("failed");
    for (const text of ["SELECT 1", "INSERT INTO t VALUES (2)", "SAVEPOINT s", "SHOW timezone"]) {
      expect(state(text)).toBe("25P02");
    }
    expect(state("BEGIN")).toBe("25P02");
    expect(run("COMMIT").command).toBe("ROLLBACK");
    expect([session.status, values("SELECT a FROM t")]).toEqual(["idle", []]);
  });

  test("a text that cannot be parsed fails the transaction, too", () => {
    run("BEGIN");
    expect(state("SELEC 1")).toBe("42601");
    expect(state("SELECT 1")).toBe("25P02");
    run("ROLLBACK");
    expect(values("SELECT 1")).toEqual([1]);
  });

  test("BEGIN in a transaction and COMMIT outside of one only warn", () => {
    expect(warnings("COMMIT")).toEqual(["WARNING there is no transaction in progress"]);
    expect(warnings("ROLLBACK")).toEqual(["WARNING there is no transaction in progress"]);
    run("BEGIN");
    expect(warnings("BEGIN")).toEqual(["WARNING there is already a transaction in progress"]);
    run("ROLLBACK");
    expect(state("COMMIT AND CHAIN")).toBe("25P01");
  });

  test("savepoints undo what came after them, and revive a failed transaction", () => {
    run("BEGIN");
    run("INSERT INTO t VALUES (1)");
    run("SAVEPOINT s");
    run("INSERT INTO t VALUES (2)");
    run("SAVEPOINT s");
    run("INSERT INTO t VALUES (3)");
    expect(state("INSERT INTO t VALUES (3)")).toBe("23505");
    run("ROLLBACK TO s");
    expect(values("SELECT a FROM t ORDER BY a")).toEqual([1, 2]);
    run("INSERT INTO t VALUES (4)");
    run("ROLLBACK TO SAVEPOINT s");
    expect(values("SELECT a FROM t ORDER BY a")).toEqual([1, 2]);
    run("RELEASE s");
    run("ROLLBACK TO s");
    expect(values("SELECT a FROM t ORDER BY a")).toEqual([1]);
    expect(state("RELEASE nowhere")).toBe("3B001");
    run("ROLLBACK");
    expect(state("SAVEPOINT s")).toBe("25P01");
  });

  test("definitions belong to their transaction, and no plan outlives them", () => {
    run("BEGIN");
    run("CREATE TABLE u AS SELECT 1 AS a");
    expect(values("SELECT a FROM u")).toEqual([1]);
    run("ROLLBACK");
    expect(state("SELECT a FROM u")).toBe("42P01");
    run("CREATE TABLE u AS SELECT 'x' AS a");
    expect(values("SELECT a FROM u")).toEqual(["x"]);
  });

  test("AND CHAIN begins again with the same modes", () => {
    run("BEGIN ISOLATION LEVEL REPEATABLE READ");
    run("INSERT INTO t VALUES (1)");
    run("COMMIT AND CHAIN");
    expect(values("SHOW transaction_isolation")).toEqual(["repeatable read"]);
    run("INSERT INTO t VALUES (2)");
    run("ROLLBACK");
    expect(values("SELECT a FROM t")).toEqual([1]);
  });

  test("a read-only transaction writes nothing", () => {
    run("BEGIN READ ONLY");
    expect(values("SELECT count(*) FROM t")).toEqual([0]);
    expect(state("INSERT INTO t VALUES (1)")).toBe("25006");
    run("ROLLBACK");
    run("SET default_transaction_read_only = on");
    expect(state("INSERT INTO t VALUES (1)")).toBe("25006");
    expect(state("CREATE TABLE u (a int)")).toBe("25006");
    run("BEGIN READ WRITE");
    run("INSERT INTO t VALUES (1)");
    run("COMMIT");
    expect(values("SELECT a FROM t")).toEqual([1]);
  });

  test("the isolation level can be set until the first statement", () => {
    run("BEGIN");
    run("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    expect(values("SHOW transaction_isolation")).toEqual(["read committed"]);
    run("SELECT 1");
    expect(state("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE")).toBe("25001");
    run("ROLLBACK");
    expect(warnings("SET TRANSACTION READ ONLY")).toEqual([
      "WARNING SET TRANSACTION can only be used in transaction blocks",
    ]);
  });

  test("a commit that lost rejects, and the session goes on", async () => {
    run("BEGIN");
    run("INSERT INTO t VALUES (1)");
    run("INSERT INTO t VALUES (2)", other);
    await expect(run("COMMIT").durable).rejects.toMatchObject({ sqlState: "40001" });
    expect([session.status, values("SELECT a FROM t")]).toEqual(["idle", [2]]);
  });

  test("closing rolls back", () => {
    run("BEGIN");
    run("INSERT INTO t VALUES (1)");
    session.close();
    expect(values("SELECT a FROM t", other)).toEqual([]);
    expect(state("SELECT 1")).toBe("57P01");
  });
});

describe("settings in transactions", () => {
  test("SET is undone by a rollback and SET LOCAL ends with the transaction", () => {
    run("SET timezone TO 'Asia/Tokyo'");
    run("BEGIN");
    run("SET timezone TO 'Europe/Berlin'");
    run("SAVEPOINT s");
    run("SET LOCAL timezone TO 'UTC'");
    expect(values("SHOW timezone")).toEqual(["UTC"]);
    run("ROLLBACK TO s");
    expect(values("SHOW timezone")).toEqual(["Europe/Berlin"]);
    run("ROLLBACK");
    expect(values("SHOW timezone")).toEqual(["Asia/Tokyo"]);
    run("BEGIN");
    run("SET LOCAL timezone TO 'UTC'");
    run("COMMIT");
    expect(values("SHOW timezone")).toEqual(["Asia/Tokyo"]);
    expect(warnings("SET LOCAL timezone TO 'UTC'")).toHaveLength(1);
    run("RESET timezone");
    expect(values("SHOW TIME ZONE")).toEqual(["UTC"]);
  });

  test("a plan follows the time zone", () => {
    const text = "SELECT '2024-01-01 00:00'::timestamptz::text";
    expect(values(text)).toEqual(["2024-01-01 00:00:00+00"]);
    run("SET timezone TO 'Asia/Tokyo'");
    expect(values(text)).toEqual(["2024-01-01 00:00:00+09"]);
  });

  test("now() stands still inside of a transaction", () => {
    run("BEGIN");
    expect(values("SELECT now() = transaction_timestamp()")).toEqual([true]);
  });
});
