import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../database.js";
import { open } from "../../open.js";
import { refusalOf } from "../../testing/hostile-fixture.js";

/**
 * Parameters that write to the database themselves while they are read. What they write comes
 * first: the statement begins when all of its values are there.
 */

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec(
    "CREATE TABLE docs (id INT PRIMARY KEY, doc JSONB); CREATE INDEX ON docs (doc); " +
      "INSERT INTO docs VALUES (1, '1'), (2, '2')",
  );
});
afterEach(async () => {
  expect((await db.check()).problems).toEqual([]);
  expect(db.stats().openSnapshots).toBe(0);
  await db.close();
});

/** A value that does something when it is asked what it is. */
function doing(what: () => unknown, json: unknown = "outer"): object {
  return {
    toJSON(): unknown {
      what();
      return json;
    },
  };
}

const INSERT = "INSERT INTO docs VALUES ($1, $2)";
const INNER = '"inner"';

/** Writes a row in a call of its own. */
function insert(id: number): Promise<unknown> {
  return db.query(INSERT, [id, INNER]);
}

async function docs(): Promise<unknown[]> {
  return (await db.query("SELECT * FROM docs ORDER BY id", [], { rowMode: "array" })).rows;
}

const BEFORE = [
  [1, 1],
  [2, 2],
];

describe("a write in a parameter of a write", () => {
  const ways: Readonly<Record<string, (value: object) => Promise<unknown>>> = {
    query: (value) => db.query(INSERT, [3, value]),
    "a query with a deadline": (value) => db.query(INSERT, [3, value], { timeout: 60_000 }),
    "named parameters": (value) =>
      db.query("INSERT INTO docs VALUES (:id, :v)", { id: 3, v: value }),
    template: (value) => db.sql`INSERT INTO docs VALUES (${3}, ${value})`,
    prepare: (value) => db.prepare<unknown[], object>(INSERT).run(3, value),
    "INSERT ... SELECT": (value) => db.query("INSERT INTO docs SELECT 3, $1::jsonb", [value]),
    "EXPLAIN ANALYZE": (value) => db.query(`EXPLAIN ANALYZE ${INSERT}`, [3, value]),
    WITH: (value) =>
      db.query("WITH w AS (INSERT INTO docs VALUES (3, $1) RETURNING *) TABLE w", [value]),
    "a session": async (value) => {
      using session = db.session();
      await session.query(INSERT, [3, value]);
    },
  };

  test.each(Object.entries(ways))("%s", async (_name, write) => {
    let inner: Promise<unknown> | undefined;
    await write(doing(() => (inner = insert(4))));
    await inner;
    expect(await docs()).toEqual([...BEFORE, [3, "outer"], [4, "inner"]]);
  });

  test("of the same row is there first", async () => {
    let inner: Promise<unknown> | undefined;
    const value = doing(() => (inner = insert(3)));
    expect((await refusalOf(() => db.query(INSERT, [3, value]))).code).toBe("UNIQUE_VIOLATION");
    await inner;
    expect(await docs()).toEqual([...BEFORE, [3, "inner"]]);
    const update = "UPDATE docs SET doc = $2 WHERE id = $1";
    await db.query(update, [3, doing(() => void db.query(update, [3, '"changed"']))]);
    expect(await docs()).toEqual([...BEFORE, [3, "outer"]]);
    expect((await db.query("SELECT id FROM docs WHERE doc = '\"changed\"'")).rows).toEqual([]);
  });

  test("is kept where the statement fails", async () => {
    let inner: Promise<unknown> | undefined;
    const value = doing(() => (inner = insert(4)));
    expect((await refusalOf(() => db.query(INSERT, [1, value]))).code).toBe("UNIQUE_VIOLATION");
    await inner;
    const throwing = doing(() => {
      inner = insert(5);
      throw new Error("no value");
    });
    expect((await refusalOf(() => db.query(INSERT, [3, throwing]))).code).toBe("TYPE_MISMATCH");
    await inner;
    expect(await docs()).toEqual([...BEFORE, [4, "inner"], [5, "inner"]]);
  });
});

describe("other places for it", () => {
  test("getters, of the value and of the object with the names", async () => {
    const inner: Promise<unknown>[] = [];
    const params = {
      get id(): number {
        inner.push(insert(4));
        return 3;
      },
      value: {
        get key(): string {
          inner.push(insert(5));
          return "outer";
        },
      },
    };
    await db.query("INSERT INTO docs VALUES (:id, :value)", params);
    await Promise.all(inner);
    expect(await docs()).toEqual([...BEFORE, [3, { key: "outer" }], [4, "inner"], [5, "inner"]]);
  });

  test("reads see what their parameters wrote", async () => {
    const text = "SELECT id FROM docs WHERE doc <> $1 ORDER BY id";
    const statement = db.prepare<unknown[], { id: number }>(text);
    const next = { id: 3 };
    const value = doing(() => void insert(next.id));
    const reads: readonly (() => unknown)[] = [
      () => db.query(text, [value]).then(({ rows }) => rows),
      () => statement.all(value),
      () => [...statement.iterate(value)],
    ];
    for (const read of reads) {
      const rows = (await read()) as { readonly id: number }[];
      expect(rows.at(-1)).toEqual({ id: next.id });
      next.id++;
    }
    expect(
      db.prepare<unknown[], object>("SELECT id FROM docs WHERE id > 2 AND doc <> $1").get(value),
    ).toEqual({ id: 3 });
  });

  test("definitions: the statement is that of the new tables", async () => {
    await db.exec("CREATE TABLE other (id INT, doc TEXT)");
    const swap = doing(() => {
      void db.query("DROP TABLE docs");
      void db.query("ALTER TABLE other RENAME TO docs");
    }, 5);
    await db.query(INSERT, [3, swap]);
    expect(await docs()).toEqual([[3, "5"]]);
  });

  test("a transaction keeps it where the statement fails", async () => {
    await db.transaction((tx) => {
      const value = doing(() => tx.query(INSERT, [4, INNER]));
      tx.query(INSERT, [3, value]);
      const again = doing(() => tx.query(INSERT, [5, INNER]));
      try {
        tx.query(INSERT, [1, again]);
      } catch {
        // The row 1 is there already.
      }
    });
    expect(await docs()).toEqual([...BEFORE, [3, "outer"], [4, "inner"], [5, "inner"]]);
  });

  test("a session whose parameter ends its transaction", async () => {
    using session = db.session();
    await session.query("BEGIN");
    await session.query(INSERT, [3, 3]);
    const rollback = session.prepare<[], object>("ROLLBACK");
    await session.prepare<unknown[], object>(INSERT).run(
      4,
      doing(() => void rollback.run()),
    );
    expect(session.transactionStatus).toBe("idle");
    expect(await docs()).toEqual([...BEFORE, [4, "outer"]]);
  });
});
