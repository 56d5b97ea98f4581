import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Database } from "../../database.js";
import type { AegisError } from "../../errors.js";
import { open } from "../../open.js";
import { HostileFixture, refusalOf } from "../../testing/hostile-fixture.js";
import type { Transaction } from "../../transaction.js";
import type { Session } from "./session.js";

const LONG = "SELECT count(*) FROM generate_series(1, 100000) a, generate_series(1, 10000) b";
const MANY = "SELECT g FROM generate_series(1, 100000) g";

let fixture: HostileFixture;
let db: Database;

beforeEach(async () => {
  fixture = await HostileFixture.start();
  ({ db } = fixture);
});
afterEach(async () => {
  await fixture.expectUnharmed();
  await fixture[Symbol.asyncDispose]();
});

/** Statements of every kind; most of them touch no table. */
const STATEMENTS = [
  "SELECT 1",
  "SELECT * FROM kept",
  "SELECT * FROM kept WHERE id = 1",
  "INSERT INTO kept VALUES (9, 'nine')",
  "CREATE TABLE u (a INT)",
  "SHOW timezone",
  "EXPLAIN SELECT 1",
  "VACUUM",
];

async function expectAll(
  calls: Readonly<Record<string, () => unknown>>,
  code: AegisError["code"],
): Promise<void> {
  for (const [name, call] of Object.entries(calls)) {
    const refusal = await refusalOf(call);
    expect([name, refusal.code]).toEqual([name, code]);
    expect(refusal.hint).toBeDefined();
  }
}

function sqlCalls(target: Database | Session | Transaction): Record<string, () => unknown> {
  const calls: Record<string, () => unknown> = {};
  for (const text of STATEMENTS) {
    calls[`query ${text}`] = () => target.query(text);
    calls[`exec ${text}`] = () => target.exec(text);
  }
  calls["sql"] = () => target.sql`SELECT 1`;
  calls["prepare"] = () => target.prepare("SELECT 1").get();
  return calls;
}

test("of a closed database every call says that it was closed", async () => {
  const closed = await open(":memory:");
  await closed.exec("CREATE TABLE kept (id INT PRIMARY KEY, x TEXT); INSERT INTO kept VALUES (1)");
  const point = closed.prepare("SELECT * FROM kept WHERE id = $1");
  const insert = closed.prepare("INSERT INTO kept VALUES ($1, 'x')");
  const rows = closed.prepare(MANY).iterate();
  const unbegun = closed.prepare(MANY).iterate();
  rows.next();
  const idle = closed.session();
  const busy = closed.session();
  const ofSession = idle.prepare("SELECT 1");
  await busy.query("BEGIN");
  await busy.query("INSERT INTO kept VALUES (2, 'lost')");
  const inTransaction = busy.prepare(MANY).iterate();
  inTransaction.next();
  const snapshot = closed.snapshot();
  const ofSnapshot = snapshot.prepare(MANY).iterate();
  ofSnapshot.next();
  const long = refusalOf(() => closed.query(LONG));
  let tx: Transaction | undefined;
  const ofTransaction = refusalOf(() =>
    closed.transaction(async (given) => {
      tx = given;
      given.query("INSERT INTO kept VALUES (3, 'lost')");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }),
  );
  await closed.close();
  await closed.close();
  expect([(await long).code, (await ofTransaction).code]).toEqual([
    "DATABASE_CLOSED",
    "DATABASE_CLOSED",
  ]);
  await expectAll(
    {
      ...sqlCalls(closed),
      get: () => point.get(1),
      all: () => point.all(1),
      iterate: () => point.iterate(1),
      run: () => insert.run(5),
      next: () => rows.next(),
      "next of none": () => unbegun.next(),
      "next in a transaction": () => inTransaction.next(),
      "next of a snapshot": () => ofSnapshot.next(),
      "query of a session": () => idle.query("SELECT 1"),
      "get of a session": () => ofSession.get(),
      commit: () => busy.query("COMMIT"),
      rollback: () => busy.query("ROLLBACK"),
      begin: () => idle.query("BEGIN"),
      "query of a snapshot": () => snapshot.query("SELECT 1"),
      explain: () => closed.explain("SELECT 1"),
      tables: () => closed.tables(),
      table: () => closed.table("kept"),
      snapshot: () => closed.snapshot(),
      transaction: () => closed.transaction(() => 1),
      flush: () => closed.flush(),
      checkpoint: () => closed.checkpoint(),
      compact: () => closed.compact(),
      check: () => closed.check(),
    },
    "DATABASE_CLOSED",
  );
  expect((await refusalOf(() => tx!.query("SELECT 1"))).kind).toBe("usage");
  // Letting go is always possible.
  rows.return?.();
  snapshot.release();
  idle.close();
  busy.close();
  expect(closed.stats()).toBeDefined();
});

test("of a closed session every call says that it was closed", async () => {
  const session = db.session();
  const statement = session.prepare("SELECT 1");
  const write = session.prepare("INSERT INTO kept VALUES (9, 'nine')");
  await session.query("BEGIN");
  await session.query("DELETE FROM kept");
  const rows = session.prepare("SELECT * FROM kept").iterate();
  const running = refusalOf(() => session.query(LONG));
  const waiting = refusalOf(() => session.query("INSERT INTO kept VALUES (8, 'eight')"));
  await new Promise((resolve) => setTimeout(resolve, 10));
  session.close();
  session.close();
  expect(["DATABASE_CLOSED", "TRANSACTION_ENDED"]).toContain((await running).code);
  expect((await waiting).code).toBe("DATABASE_CLOSED");
  expect(session.transactionStatus).toBe("idle");
  const calls = { ...sqlCalls(session), get: () => statement.get(), run: () => write.run() };
  await expectAll(calls, "DATABASE_CLOSED");
  expect((await refusalOf(() => session.query("SELECT 1"))).message).toContain("session");
  expect((await refusalOf(() => rows.next())).code).toBe("TRANSACTION_ENDED");
});

test("a transaction that was kept cannot be used, whether it committed or not", async () => {
  for (const fails of [false, true]) {
    let tx: Transaction | undefined;
    let rows: IterableIterator<unknown> | undefined;
    const done = db.transaction((given) => {
      tx = given;
      rows = given.prepare("SELECT * FROM kept").iterate();
      rows.next();
      if (fails) throw new Error("enough");
    });
    if (fails) await expect(done).rejects.toThrow("enough");
    else await done;
    const kept = tx!;
    const { kv } = kept;
    const calls = { ...sqlCalls(kept), next: () => rows!.next(), kv: () => kv.set("a", 1) };
    await expectAll(calls, "TRANSACTION_ENDED");
  }
});

test("a snapshot that was released cannot be read, not even from its cursors", async () => {
  const snapshot = db.snapshot();
  const statement = snapshot.prepare("SELECT * FROM kept");
  const rows = statement.iterate();
  rows.next();
  const running = refusalOf(() =>
    snapshot.query("SELECT count(*) FROM kept a, generate_series(1, 1000000)"),
  );
  snapshot.release();
  snapshot.release();
  expect((await running).code).toBe("TRANSACTION_ENDED");
  const calls = {
    constant: () => snapshot.query("SELECT 1"),
    query: () => snapshot.query("SELECT * FROM kept"),
    point: () => snapshot.query("SELECT * FROM kept WHERE id = 1"),
    show: () => snapshot.query("SHOW timezone"),
    sql: () => snapshot.sql`SELECT 1`,
    all: () => statement.all(),
    next: () => rows.next(),
    kv: () => snapshot.kv.get("a"),
  };
  await expectAll(calls, "TRANSACTION_ENDED");
});

describe("cursors", () => {
  test("stay on their instant over writes, drops and new definitions", async () => {
    await db.exec("CREATE TABLE u (id INT PRIMARY KEY, x TEXT)");
    await db.query("INSERT INTO u SELECT g, 'x' FROM generate_series(1, 10000) g");
    const ids = db.prepare<[], { id: unknown }>("SELECT id FROM u ORDER BY id");
    const rows = ids.iterate();
    rows.next();
    await db.query("DELETE FROM u WHERE id > 10");
    await db.query("UPDATE u SET x = 'y'");
    for (let i = 2; i < 5000; i++) expect(rows.next().value).toEqual({ id: i });
    await db.exec("DROP TABLE u");
    expect([...rows]).toHaveLength(5001);
    expect((await refusalOf(() => ids.all())).code).toBe("TABLE_NOT_FOUND");
    await db.exec("CREATE TABLE u (y BOOLEAN, id TEXT); INSERT INTO u VALUES (true, 'new')");
    expect(ids.all()).toEqual([{ id: "new" }]);
    await db.exec("ALTER TABLE u RENAME id TO old");
    expect((await refusalOf(() => ids.all())).code).toBe("COLUMN_NOT_FOUND");
    await db.exec("DROP TABLE u");
  });

  test("hold nothing once they were left, however that happened", async () => {
    const many = db.prepare(MANY);
    const { openSnapshots } = db.stats();
    many.iterate().return?.();
    const begun = many.iterate();
    begun.next();
    begun.return?.();
    expect(begun.next()).toEqual({ value: undefined, done: true });
    expect(() => many.iterate().throw?.(new Error("mine"))).toThrow("mine");
    for (const row of many.iterate()) if (row !== undefined) break;
    const failing = db.prepare("SELECT 1 / (g - 50000) FROM generate_series(1, 100000) g");
    expect((await refusalOf(() => [...failing.iterate()])).code).toBe("DIVISION_BY_ZERO");
    await refusalOf(() => db.prepare("SELECT $1::int").iterate("x"));
    expect(db.stats().openSnapshots).toBe(openSnapshots);
  });
});

describe("a signal", () => {
  test("that is aborted already lets nothing begin", async () => {
    const reason = new Error("no");
    const signal = AbortSignal.abort(reason);
    for (const text of STATEMENTS) {
      const refusal = await refusalOf(() => db.query(text, [], { signal }));
      expect([refusal.code, refusal.cause], text).toEqual(["ABORTED", reason]);
      expect((await refusalOf(() => db.exec(text, { signal }))).code).toBe("ABORTED");
      const within = db.transaction((tx) => tx.query(text, [], { signal }));
      expect((await refusalOf(() => within)).code).toBe("ABORTED");
      const script = db.transaction((tx) => tx.exec(text, { signal }));
      expect((await refusalOf(() => script)).code).toBe("ABORTED");
    }
    const statement = db.prepare("SELECT * FROM kept WHERE id = 1", { signal } as object);
    for (const call of ["get", "all", "iterate"] as const) {
      expect((await refusalOf(() => statement[call]())).code).toBe("ABORTED");
    }
    expect((await refusalOf(() => db.transaction(() => 1, { signal }))).code).toBe("ABORTED");
    expect((await refusalOf(() => db.check({ signal }))).code).toBe("ABORTED");
    expect((await refusalOf(() => db.compact({ signal }))).code).toBe("ABORTED");
  });

  test("stops what is under way, with everything it holds", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const running = [1, 2, 3].map(() => refusalOf(() => db.query(LONG, [], { signal })));
    setTimeout(() => controller.abort(), 20);
    for (const refusal of running) expect((await refusal).code).toBe("ABORTED");
  });
});

describe("transactions", () => {
  test("inside of transactions are their own; one that waits for a conflict with itself loses", async () => {
    const both = db.transaction(
      async (outer) => {
        outer.query("UPDATE kept SET x = 'outer' WHERE id = 1");
        await db.transaction((inner) => inner.query("UPDATE kept SET x = 'one' WHERE id = 1"));
      },
      { maxRetries: 1 },
    );
    expect((await refusalOf(() => both)).code).toBe("SERIALIZATION_FAILURE");
    const done = await db.transaction(() => db.transaction(() => "inner"));
    expect(done).toBe("inner");
    for (const text of ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a"]) {
      const refusal = await refusalOf(() => db.transaction((tx) => tx.exec(text)));
      expect(refusal.code).toBe("UNSUPPORTED");
      expect(refusal.hint).toBeDefined();
    }
  });

  test("whose function throws whatever it likes roll back", async () => {
    for (const thrown of [undefined, null, "text", 5, new Error("mine")]) {
      const done = db.transaction((tx) => {
        tx.query("DELETE FROM kept");
        throw thrown as Error;
      });
      await expect(done).rejects.toBe(thrown);
    }
  });

  test("whose statement failed go on with the rest", async () => {
    await db.transaction((tx) => {
      expect(() => tx.query("INSERT INTO kept VALUES (7, 'seven'), (1, 'one')")).toThrow(
        /duplicate key/,
      );
      expect(tx.query("SELECT count(*) AS n FROM kept").rows).toEqual([{ n: 3 }]);
    });
    using session = db.session();
    await session.query("BEGIN");
    expect((await refusalOf(() => session.query("SELEC"))).code).toBe("PARSE_ERROR");
    expect((await refusalOf(() => session.query("SELECT 1"))).code).toBe("FAILED_TRANSACTION");
    expect((await session.query("COMMIT")).command).toBe("ROLLBACK");
  });
});

test("what nobody waits for is done all the same", async () => {
  void db.query("SELECT count(*) FROM generate_series(1, 10000)");
  void db.query("UPDATE kept SET x = x");
  void db.exec("SELECT 1; SELECT 2");
  void db.sql`SELECT 1`;
  void db.prepare("UPDATE kept SET x = x").run();
  const session = db.session();
  void session.query("BEGIN");
  void session.query("UPDATE kept SET x = x");
  void session.query("COMMIT");
  await session.query("SELECT 1");
  session.close();
  void db.transaction((tx) => tx.query("UPDATE kept SET x = x"));
  await db.flush();
  await vi.waitFor(() => expect(db.stats().openSnapshots).toBe(0));
});
