import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../database.js";
import type { TransactionOptions } from "../../engine/contract.js";
import { open } from "../../open.js";

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec("CREATE TABLE accounts (id int PRIMARY KEY, balance int CHECK (balance >= 0))");
  await db.exec("INSERT INTO accounts VALUES (1, 100), (2, 0)");
});

afterEach(() => db.close());

function balances(): unknown[] {
  return db
    .prepare("SELECT balance FROM accounts ORDER BY id")
    .all()
    .map((row) => row["balance"]);
}

describe("db.transaction", () => {
  test("a synchronous function gets plain values and commits as one", async () => {
    const moved = await db.transaction((tx) => {
      const add = tx.prepare<[number, number], { balance: number }>(
        "UPDATE accounts SET balance = balance + $2 WHERE id = $1 RETURNING balance",
      );
      expect(add.run(1, -40)).toEqual({ rowCount: 1, rows: [{ balance: 60 }] });
      add.run(2, 40);
      expect(balances()).toEqual([100, 0]);
      expect(tx.query("SELECT sum(balance) AS total FROM accounts").rows).toEqual([{ total: 100 }]);
      return tx.sql<{ balance: number }>`SELECT balance FROM accounts WHERE id = ${2}`;
    });
    expect(moved).toEqual([{ balance: 40 }]);
    expect(balances()).toEqual([60, 40]);
  });

  test("a throw rolls back every model", async () => {
    const failing = db.transaction((tx) => {
      tx.kv.set("last", 1);
      tx.query("DELETE FROM accounts");
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect([balances(), db.kv.get("last")]).toEqual([[100, 0], undefined]);
  });

  test("a statement that fails leaves nothing, and what was caught goes on", async () => {
    await db.transaction((tx) => {
      tx.query("UPDATE accounts SET balance = 1 WHERE id = 2");
      expect(() => tx.query("UPDATE accounts SET balance = balance - 50")).toThrow(/check/i);
      tx.kv.set("tried", true);
    });
    expect([balances(), db.kv.get("tried")]).toEqual([[100, 1], true]);
  });

  test("definitions and scripts are part of it", async () => {
    await db.transaction((tx) => {
      const result = tx.exec("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2); \\echo hello");
      expect(result).toMatchObject({ statements: 2, rowCount: 2 });
      expect(result.notices[0]?.message).toContain("psql");
      expect(tx.prepare("SELECT a FROM t ORDER BY a").all()).toEqual([{ a: 1 }, { a: 2 }]);
    });
    expect(db.prepare("SELECT count(*) AS n FROM t").get()).toEqual({ n: 2 });
    await expect(db.transaction((tx) => tx.exec("BEGIN"))).rejects.toMatchObject({
      code: "UNSUPPORTED",
    });
  });

  test("an asynchronous one that lost is run again", async () => {
    let runs = 0;
    const slow = db.transaction(async (tx) => {
      runs++;
      const { balance } = tx.prepare("SELECT balance FROM accounts WHERE id = 1").get() as {
        balance: number;
      };
      if (runs === 1) await db.query("UPDATE accounts SET balance = 7 WHERE id = 1");
      tx.query("UPDATE accounts SET balance = $1 WHERE id = 1", [balance + 1]);
    });
    await slow;
    expect([runs, balances()]).toEqual([2, [8, 0]]);
  });

  test("a read-only one writes nothing", async () => {
    const writing = db.transaction((tx) => tx.query("DELETE FROM accounts"), { readOnly: true });
    await expect(writing).rejects.toMatchObject({ sqlState: "25006" });
  });
});

describe("db.session", () => {
  test("has its own transaction and settings", async () => {
    using session = db.session();
    await session.query("SET timezone TO 'Asia/Tokyo'");
    await session.exec("BEGIN; UPDATE accounts SET balance = 1");
    expect(session.transactionStatus).toBe("open");
    expect(balances()).toEqual([100, 0]);
    expect((await session.query("SHOW timezone")).rows).toEqual([{ TimeZone: "Asia/Tokyo" }]);
    expect((await db.query("SHOW timezone")).rows).toEqual([{ TimeZone: "UTC" }]);
    await session.query("COMMIT");
    expect(balances()).toEqual([1, 1]);
  });

  test("fails and recovers as PostgreSQL does", async () => {
    using session = db.session();
    await session.query("BEGIN");
    await session.query("SAVEPOINT s");
    await expect(session.query("UPDATE accounts SET balance = -1")).rejects.toMatchObject({
      sqlState: "23514",
    });
    await expect(session.query("SELECT 1")).rejects.toMatchObject({ sqlState: "25P02" });
    await session.query("ROLLBACK TO s");
    const add = session.prepare<[number], { id: number }>(
      "INSERT INTO accounts VALUES ($1, 5) RETURNING id",
    );
    expect(await add.run(3)).toEqual({ rowCount: 1, rows: [{ id: 3 }] });
    await session.query("COMMIT");
    expect(balances()).toEqual([100, 0, 5]);
  });

  test("runs its calls in their order, and rolls back when it is closed", async () => {
    const session = db.session();
    const long = session.query("SELECT count(*) AS n FROM generate_series(1, 1000000)");
    const begun = session.query("BEGIN");
    const written = session.query("DELETE FROM accounts");
    const seen = session.query("SELECT count(*) AS n FROM accounts");
    expect((await long).rows).toEqual([{ n: 1_000_000 }]);
    await Promise.all([begun, written]);
    expect((await seen).rows).toEqual([{ n: 0 }]);
    session.close();
    session.close();
    expect(balances()).toEqual([100, 0]);
    await expect(session.query("SELECT 1")).rejects.toMatchObject({ sqlState: "57P01" });
  });

  test("a commit that lost rejects", async () => {
    using session = db.session();
    await session.exec("BEGIN; UPDATE accounts SET balance = balance + 1 WHERE id = 1");
    await db.query("UPDATE accounts SET balance = 9 WHERE id = 1");
    await expect(session.query("COMMIT")).rejects.toMatchObject({ code: "SERIALIZATION_FAILURE" });
    expect([session.transactionStatus, balances()]).toEqual(["idle", [9, 0]]);
  });
});

describe("db.snapshot", () => {
  test("reads one instant and writes nothing", async () => {
    using snapshot = db.snapshot();
    await db.exec("DELETE FROM accounts; CREATE TABLE later (a int)");
    expect((await snapshot.query("SELECT count(*) AS n FROM accounts")).rows).toEqual([{ n: 2 }]);
    expect(await snapshot.sql`SELECT balance FROM accounts WHERE id = ${1}`).toEqual([
      { balance: 100 },
    ]);
    const byId = snapshot.prepare<[number], { balance: number }>(
      "SELECT balance FROM accounts WHERE id = $1",
    );
    expect([byId.get(1), byId.all(2), [...byId.iterate(3)]]).toEqual([
      { balance: 100 },
      [{ balance: 0 }],
      [],
    ]);
    await expect(snapshot.query("SELECT * FROM later")).rejects.toMatchObject({
      code: "TABLE_NOT_FOUND",
    });
    for (const text of ["DELETE FROM accounts", "CREATE TABLE t (a int)", "BEGIN"]) {
      await expect(snapshot.query(text)).rejects.toThrow();
    }
    expect(() => snapshot.prepare("DELETE FROM accounts").all()).toThrow(/only read/);
  });
});

describe("db.exec", () => {
  test("runs a script, counts, and tells of its progress", async () => {
    const progress: number[] = [];
    const script = "DROP TABLE IF EXISTS gone; UPDATE accounts SET balance = 1; SELECT 1;";
    const result = await db.exec(script, { onProgress: ({ done }) => progress.push(done) });
    expect(result).toMatchObject({
      statements: 3,
      rowCount: 2,
      commands: { "DROP TABLE": 1, UPDATE: 1, SELECT: 1 },
      notices: [{ severity: "NOTICE", message: 'table "gone" does not exist, skipping' }],
    });
    expect(progress).toEqual([1, 2, 3]);
  });

  test("a transaction in it is one; what is left open is rolled back", async () => {
    await expect(
      db.exec("BEGIN; DELETE FROM accounts; INSERT INTO accounts VALUES (1, -1); COMMIT"),
    ).rejects.toMatchObject({ sqlState: "23514" });
    expect(balances()).toEqual([100, 0]);
    const { notices } = await db.exec("BEGIN; DELETE FROM accounts");
    expect(notices).toMatchObject([{ severity: "WARNING" }]);
    expect(balances()).toEqual([100, 0]);
  });

  test("an error says where in the script it is", async () => {
    const failing = db.exec("SELECT 1;\nSELECT nme FROM (SELECT 1 AS name) t");
    await expect(failing).rejects.toMatchObject({ code: "COLUMN_NOT_FOUND", position: 18 });
    const controller = new AbortController();
    controller.abort();
    await expect(
      db.exec("DELETE FROM accounts", { signal: controller.signal }),
    ).rejects.toMatchObject({ code: "ABORTED" });
    expect(balances()).toEqual([100, 0]);
  });
});

test("everything is there again after the directory is opened again", async () => {
  expect(() => db.prepare("SELECT * FROM accounts").get()).not.toThrow();
  await db.close();
  await expect(db.query("SELECT 1 FROM accounts")).rejects.toMatchObject({
    code: "DATABASE_CLOSED",
  });
  expect(() => db.prepare("SELECT * FROM accounts").get()).toThrow(/closed/);
});

describe("transaction_isolation", () => {
  test("is what was asked for, by PostgreSQL's names", async () => {
    const text = `SELECT current_setting('transaction_isolation') AS isolation,
      current_setting('transaction_read_only') AS read_only`;
    const inside = (options: TransactionOptions): Promise<unknown> =>
      db.transaction((tx) => tx.query(text).rows[0], options);
    expect(await inside({})).toEqual({ isolation: "serializable", read_only: "off" });
    expect(await inside({ isolation: "snapshot", readOnly: true })).toEqual({
      isolation: "repeatable read",
      read_only: "on",
    });
    using snapshot = db.snapshot();
    expect(await snapshot.sql`SHOW transaction_isolation`).toEqual([
      { transaction_isolation: "repeatable read" },
    ]);
  });
});

test("objects of the API are shown by what can be known of them", async () => {
  using session = db.session();
  using snapshot = db.snapshot();
  expect(inspect(db)).toBe("Database { path: ':memory:' }");
  expect(inspect(session)).toBe("Session { transactionStatus: 'idle' }");
  expect(inspect([db.prepare("SELECT 1")])).toBe("[ Statement { text: 'SELECT 1' } ]");
  expect(inspect(snapshot)).toMatch(/^DatabaseSnapshot \{ seq: \d+ \}$/);
  await db.transaction((tx) => {
    expect(inspect(tx)).toBe("Transaction { readOnly: false }");
  });
});
