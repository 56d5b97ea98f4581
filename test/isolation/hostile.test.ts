import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { yieldToEventLoop } from "../../packages/core/src/base/clock.js";
import { Prng } from "../../packages/core/src/base/prng.js";
import type { Database } from "../../packages/core/src/database.js";
import { testHistories } from "./run-histories.js";
import { openWorld, type OpenWorld } from "./world.js";

const HISTORY = 3;
const ROWS = 500;

// So few that nearly every transaction is compared with the trees as well.
vi.mock(import("../../packages/core/src/limits.js"), async (original) => ({
  ...(await original()),
  MAX_HISTORY_KEYS: 3,
  MAX_TRACKED_RANGES: 8,
  MAX_REVALIDATED_ROWS: 1000,
}));

const CONFLICT = { code: "SERIALIZATION_FAILURE", sqlState: "40001" };

let world: OpenWorld;
let db: Database;

beforeEach(async () => {
  const options = { memory: false, inlineBackground: true, maintained: false, indexes: [] };
  world = openWorld({ ...options, writeBufferBytes: 64 * 1024 }, new Prng(1));
  ({ db } = world);
  await db.exec(`
    CREATE TABLE t (id int PRIMARY KEY, v int NOT NULL);
    CREATE TABLE u (id int PRIMARY KEY, v int NOT NULL);
    INSERT INTO t SELECT i, 0 FROM generate_series(1, ${ROWS}) i;
    INSERT INTO u SELECT i, 0 FROM generate_series(1, ${ROWS}) i;
  `);
});

afterEach(() => db.close());

async function commits(table: string, count: number): Promise<void> {
  const add = db.prepare<[id: number]>(`INSERT INTO ${table} VALUES ($1, 0)`);
  const writes = [];
  for (let i = 0; i < count; i++) writes.push(add.run(ROWS + 1 + i));
  await Promise.all(writes);
}

describe("a transaction that is open while many others commit", () => {
  const read = "SELECT count(*) AS n FROM t WHERE id <= 400";

  it("keeps a bounded history, and commits if nobody touched what it read", async () => {
    const result = db.transaction(
      async (tx) => {
        tx.query(read);
        await commits("t", 100 * HISTORY);
        expect(world.opened.engine.history.size).toBe(HISTORY);
        tx.query("UPDATE t SET v = 1 WHERE id = 7");
        return "done";
      },
      { maxRetries: 0 },
    );
    expect(await result).toBe("done");
    expect(world.opened.engine.history.size).toBe(0);
  });

  it.each(["serializable", "snapshot"] as const)(
    "loses if somebody did, at %s",
    async (isolation) => {
      for (const change of ["UPDATE t SET v = 2 WHERE id = 7", "DELETE FROM t WHERE id = 7"]) {
        const result = db.transaction(
          async (tx) => {
            tx.query(read);
            await db.query(change);
            await commits("t", 20 * HISTORY);
            await db.checkpoint();
            await db.query(`DELETE FROM t WHERE id > ${ROWS}`);
            tx.query("UPDATE t SET v = 1 WHERE id = 7");
          },
          { isolation, maxRetries: 0 },
        );
        await expect(result, change).rejects.toMatchObject(CONFLICT);
      }
    },
  );

  it("loses against a row that came into its range and was forgotten", async () => {
    await db.query("DELETE FROM t WHERE id = 300");
    const result = db.transaction(
      async (tx) => {
        tx.query(read);
        await db.query("INSERT INTO t VALUES (300, 5)");
        await commits("t", 20 * HISTORY);
        await db.compact();
        tx.query("UPDATE u SET v = 1 WHERE id = 7");
      },
      { maxRetries: 0 },
    );
    await expect(result).rejects.toMatchObject(CONFLICT);
  });

  it("says so if it has read too much to find out", async () => {
    await commits("u", 1000);
    const result = db.transaction(
      async (tx) => {
        tx.query("SELECT sum(v) AS s FROM u");
        await db.query("UPDATE t SET v = v + 1");
        await db.query("INSERT INTO u VALUES (1000000, 0), (1000001, 0)");
        await db.query("DELETE FROM u WHERE id >= 1000000");
        await db.query("UPDATE t SET v = v + 1");
        tx.query("UPDATE t SET v = 1 WHERE id = 7");
      },
      { maxRetries: 0 },
    );
    await expect(result).rejects.toMatchObject({
      ...CONFLICT,
      message: expect.stringMatching(
        /^the transaction lost .* once: .* too many commits/,
      ) as string,
    });
  });
});

describe("transactions older than the history of commits", () => testHistories(501, 4));

describe("transactions that only read", () => {
  it.each([true, false])("never fail, readOnly %s", async (readOnly) => {
    const seen = await db.transaction(
      async (tx) => {
        const before = tx.query("SELECT sum(v) AS s FROM t").rows;
        await db.query("UPDATE t SET v = v + 1");
        await db.query("DELETE FROM t WHERE id > 3");
        await db.checkpoint();
        return [before, tx.query("SELECT sum(v) AS s FROM t").rows];
      },
      { readOnly, maxRetries: 0 },
    );
    expect(seen).toEqual([[{ s: 0 }], [{ s: 0 }]]);
  });

  it("keep no history of commits if they said so", async () => {
    await db.transaction(
      async (tx) => {
        tx.query("SELECT sum(v) AS s FROM t");
        await commits("t", 10);
        expect(world.opened.engine.history.size).toBe(0);
      },
      { readOnly: true },
    );
    using session = db.session();
    await session.exec("BEGIN READ ONLY; SELECT 1 FROM t");
    await commits("u", 10);
    expect(world.opened.engine.history.size).toBe(0);
  });
});

describe("a function that writes outside of its own transaction", () => {
  it("loses if it had read what it changes, though nobody else was there", async () => {
    const result = db.transaction(
      (tx) => {
        const [row] = tx.query<{ v: number }>("SELECT v FROM t WHERE id = 1").rows;
        void db.query("UPDATE t SET v = v + 10 WHERE id = 1");
        tx.query("UPDATE t SET v = $1 WHERE id = 1", [row!.v + 1]);
      },
      { maxRetries: 0 },
    );
    await expect(result).rejects.toMatchObject(CONFLICT);
    expect(await db.sql`SELECT v FROM t WHERE id = 1`).toEqual([{ v: 10 }]);
  });

  it("loses if it drops the table that it writes to", async () => {
    const result = db.transaction(
      (tx) => {
        tx.query("INSERT INTO t VALUES (0, 0)");
        void db.query("DROP TABLE t");
      },
      { maxRetries: 0 },
    );
    await expect(result).rejects.toMatchObject(CONFLICT);
    expect(await db.check()).toMatchObject({ ok: true });
  });

  it("may run a transaction of its own on other rows", async () => {
    await db.transaction(async (tx) => {
      tx.query("UPDATE t SET v = 1 WHERE id = 1");
      await db.transaction((inner) => inner.query("UPDATE u SET v = 1 WHERE id = 1"));
      await db.transaction(async (inner) => {
        await yieldToEventLoop();
        inner.query("UPDATE t SET v = 1 WHERE id = 2");
      });
    });
    expect(await db.sql`SELECT count(*) AS n FROM t WHERE v = 1`).toEqual([{ n: 2 }]);
  });
});

describe("what nobody ends", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;

  /** Collects garbage until nothing is held open any more; gives what is left. */
  async function held(): Promise<number> {
    const { engine } = world.opened;
    for (let i = 0; i < 100 && engine.parts.snapshots.size > 0; i++) {
      collectGarbage();
      await yieldToEventLoop();
    }
    return engine.parts.snapshots.size + Number(engine.history.watched);
  }

  it("ends with its garbage: a function that waits for what never comes", async () => {
    const begun = (): void => {
      void db.transaction(async (tx) => {
        tx.query("SELECT sum(v) AS s FROM t");
        await new Promise(() => undefined);
      });
    };
    begun();
    expect(world.opened.engine.history.watched).toBe(true);
    expect(await held()).toBe(0);
  });

  it("ends with its garbage: a session in a transaction", async () => {
    const begun = async (): Promise<void> => {
      await db.session().exec("BEGIN; UPDATE t SET v = 1");
    };
    await begun();
    expect(world.opened.engine.history.watched).toBe(true);
    expect(await held()).toBe(0);
    expect(await db.sql`SELECT count(*) AS n FROM t WHERE v = 1`).toEqual([{ n: 0 }]);
  });
});

describe("one session used by several flows", () => {
  it("runs their statements one after the other, in one transaction", async () => {
    using session = db.session();
    const flow = async (id: number): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        await session.query("UPDATE t SET v = v + 1 WHERE id = $1", [id]);
        await session.query("SELECT sum(v) AS s FROM t");
      }
    };
    await session.exec("BEGIN");
    await Promise.all([flow(1), flow(2), flow(3)]);
    expect(await db.sql`SELECT sum(v) AS s FROM t`).toEqual([{ s: 0 }]);
    await session.exec("COMMIT");
    expect(await db.sql`SELECT sum(v) AS s FROM t`).toEqual([{ s: 15 }]);
  });

  it("ends a read that is under way when it is closed", async () => {
    const session = db.session();
    await session.exec("BEGIN");
    const text = "SELECT count(*) AS n FROM t a, t b, t c WHERE a.v + b.v + c.v = 0";
    const long = session.query(text);
    await yieldToEventLoop();
    session.close();
    await expect(long).rejects.toMatchObject({ code: "TRANSACTION_ENDED" });
  });
});

describe("running a transaction again", () => {
  it("ends after so many times, and says how many", async () => {
    let runs = 0;
    const result = db.transaction(
      async (tx) => {
        runs++;
        const [row] = tx.query<{ v: number }>("SELECT v FROM t WHERE id = 1").rows;
        await db.query("UPDATE t SET v = v + 1 WHERE id = 1");
        tx.query("UPDATE t SET v = $1 WHERE id = 1", [row!.v]);
      },
      { maxRetries: 3 },
    );
    await expect(result).rejects.toMatchObject({
      ...CONFLICT,
      message:
        "the transaction lost against others 4 times: " +
        "another transaction changed what this one had read or written",
      hint: "Make it shorter, or raise maxRetries.",
      cause: CONFLICT,
    });
    expect(runs).toBe(4);
  });
});
