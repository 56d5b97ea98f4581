import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../database.js";
import { open } from "../../open.js";

let db: Database;

beforeEach(async () => {
  db = await open(":memory:");
  await db.exec("CREATE TABLE users (id serial PRIMARY KEY, name text NOT NULL, age int)");
});

afterEach(() => db.close());

interface User {
  id: number;
  name: string;
  age: number | null;
}

async function names(): Promise<unknown[]> {
  const { rows } = await db.query<User>("SELECT name FROM users ORDER BY id");
  return rows.map(({ name }) => name);
}

describe("db.query", () => {
  test("gives columns, rows, how many, and the time it took", async () => {
    await db.query("INSERT INTO users (name, age) VALUES ($1, $2), ('Bob', 30)", ["Alice", 21]);
    const text = "SELECT id, name AS who, age FROM users WHERE age > $1 ORDER BY id";
    const result = await db.query(text, [20]);
    expect(result.columns).toEqual([
      { name: "id", type: "integer" },
      { name: "who", type: "text" },
      { name: "age", type: "integer" },
    ]);
    expect(result.rows).toEqual([
      { id: 1, who: "Alice", age: 21 },
      { id: 2, who: "Bob", age: 30 },
    ]);
    expect([result.command, result.rowCount, result.notices]).toEqual(["SELECT", 2, []]);
    expect(result.executionTimeMs).toBeGreaterThanOrEqual(0);
  });

  test("counts what a write has written, and gives RETURNING's rows", async () => {
    const insert = "INSERT INTO users (name) VALUES (:a), (:b) RETURNING id";
    const { rowCount, rows } = await db.query(insert, { a: "x", b: "y" });
    expect([rowCount, rows]).toEqual([2, [{ id: 1 }, { id: 2 }]]);
    expect((await db.query("UPDATE users SET age = 1")).rowCount).toBe(2);
    expect((await db.query("DELETE FROM users WHERE name = ?", ["x"])).rowCount).toBe(1);
  });

  test("writes at once, whoever waits for it", async () => {
    const written = db.query("INSERT INTO users (name) VALUES ('Alice')");
    expect(db.prepare("SELECT name FROM users").all()).toEqual([{ name: "Alice" }]);
    await written;
  });

  test("rejects, and never throws", async () => {
    await expect(db.query("SELEC 1")).rejects.toMatchObject({ code: "PARSE_ERROR", position: 1 });
    await expect(db.query("SELECT 1; SELECT 2")).rejects.toMatchObject({
      code: "MULTIPLE_STATEMENTS",
    });
    await expect(db.query("")).rejects.toMatchObject({ code: "PARSE_ERROR" });
    await expect(db.query("SELECT $1::int", ["x"])).rejects.toMatchObject({ sqlState: "22P02" });
    await expect(db.query("SELECT $1::int")).rejects.toMatchObject({ code: "PARAMETER_COUNT" });
    const misspelt = { rowmode: "array" } as object;
    await expect(db.query("SELECT 1", [], misspelt)).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
    await expect(db.query("INSERT INTO users (name) VALUES (NULL)")).rejects.toMatchObject({
      sqlState: "23502",
    });
  });

  test("a failed statement leaves nothing of itself", async () => {
    const text = "INSERT INTO users (id, name) VALUES (7, 'a'), (7, 'b')";
    await expect(db.query(text)).rejects.toMatchObject({ code: "UNIQUE_VIOLATION" });
    expect(await names()).toEqual([]);
  });

  test("gives no result that is larger than it may be, nor writes what would give it", async () => {
    const many = "SELECT repeat('x', 100) AS x FROM generate_series(1, $1::int)";
    const options = { maxResultSize: "100KB" };
    expect((await db.query(many, [500], options)).rows).toHaveLength(500);
    const tooLarge = { code: "RESULT_TOO_LARGE", hint: expect.stringContaining("LIMIT") as string };
    await expect(db.query(many, [1e8], options)).rejects.toMatchObject(tooLarge);
    const insert = `INSERT INTO users (name) ${many} RETURNING name`;
    await expect(db.query(insert, [10_000], options)).rejects.toMatchObject(tooLarge);
    expect(await names()).toEqual([]);
    await expect(db.query(many, [1], { maxResultSize: "much" })).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
  });

  test("gives the event loop back, and stops on a signal or a timeout", async () => {
    const long = "SELECT count(*) FROM generate_series(1, 100000000) a";
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    await expect(db.query(long, [], { timeout: "200ms" })).rejects.toMatchObject({
      code: "TIMEOUT",
    });
    expect(turns).toBeGreaterThan(2);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const aborted = db.query(long, [], { signal: controller.signal });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
    clearInterval(ticking);
  });

  test("a long read stays on the instant of its call", async () => {
    await db.exec("CREATE TABLE big AS SELECT x FROM generate_series(1, 200000) x");
    const counted = db.query("SELECT count(*) AS n, sum(b.x % 7) FROM big a JOIN big b USING (x)");
    const deleted = db.query("DELETE FROM big WHERE x > 10");
    expect((await counted).rows[0]?.["n"]).toBe(200_000);
    expect((await deleted).rowCount).toBe(199_990);
  });

  test("BEGIN, SET and PREPARE belong to sessions", async () => {
    for (const text of ["BEGIN", "COMMIT", "SET timezone TO 'UTC'", "PREPARE p AS SELECT 1"]) {
      await expect(db.query(text)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    }
    expect((await db.query("SHOW TABLES")).rows).toMatchObject([{ table_name: "users" }]);
  });
});

test("a statement that needs more memory than it may use ends", async () => {
  await using small = await open({ path: ":memory:", maxMemoryPerQuery: "1MB" });
  const sorted = "SELECT * FROM generate_series(1, 1000000) x ORDER BY x % 1000";
  await expect(small.query(sorted)).rejects.toMatchObject({ code: "OUT_OF_MEMORY" });
  expect((await small.query("SELECT count(*) AS n FROM generate_series(1, 1000000)")).rows).toEqual(
    [{ n: 1_000_000 }],
  );
  await expect(open({ path: ":memory:", maxMemoryPerQuery: "1 KB" })).rejects.toMatchObject({
    code: "INVALID_OPTION",
  });
});

describe("options of values", () => {
  const text =
    "SELECT 9007199254740993::bigint AS big, 5::bigint AS small, 1.10::numeric AS exact, " +
    "1.5::numeric(5,2) AS short, avg(x) AS mean, '2024-01-02 03:04:05.678901'::timestamp AS at, " +
    "'2024-01-02'::date AS day FROM (VALUES (1), (2)) v(x)";

  test("by default nothing is lost and nothing is surprising", async () => {
    const { rows } = await db.query(text);
    expect(rows[0]).toEqual({
      big: 9007199254740993n,
      small: 5,
      exact: "1.10",
      short: 1.5,
      mean: 1.5,
      at: new Date("2024-01-02T03:04:05.678Z"),
      day: "2024-01-02",
    });
  });

  test("every other form can be asked for", async () => {
    const { rows } = await db.query<unknown[]>(text, [], {
      rowMode: "array",
      bigints: "string",
      decimals: "number",
      timestamps: "micros",
    });
    const micros = Date.UTC(2024, 0, 2, 3, 4, 5) * 1000 + 678_901;
    expect(rows[0]).toEqual(["9007199254740993", "5", 1.1, 1.5, 1.5, micros, "2024-01-02"]);
    const bare = db.prepare<[], { at: string; small: bigint }>(text, {
      bigints: "bigint",
      timestamps: "string",
    });
    expect(bare.get()).toMatchObject({ at: "2024-01-02 03:04:05.678901", small: 5n });
  });
});

describe("db.prepare", () => {
  test("reads at once: get, all, iterate", async () => {
    await db.exec("INSERT INTO users (name, age) VALUES ('a', 1), ('b', 2), ('c', 3)");
    const older = db.prepare<[age: number], User>(
      "SELECT * FROM users WHERE age >= $1 ORDER BY id",
    );
    expect(older.get(2)).toEqual({ id: 2, name: "b", age: 2 });
    expect(older.get(9)).toBeUndefined();
    expect(older.all(2).map(({ name }) => name)).toEqual(["b", "c"]);
    const seen: string[] = [];
    for (const user of older.iterate(1)) {
      seen.push(user.name);
      if (user.name === "b") break;
    }
    expect(seen).toEqual(["a", "b"]);
    const named = db.prepare<{ name: string }, User>("SELECT * FROM users WHERE name = :name");
    expect(named.get({ name: "c" })?.id).toBe(3);
    expect(() => older.get("x" as unknown as number)).toThrow(/parameter \$1/);
  });

  test("iterate stays on its instant while rows are written", async () => {
    await db.exec("INSERT INTO users (name) VALUES ('a'), ('b')");
    const seen: string[] = [];
    for (const { name } of db.prepare<[], User>("SELECT name FROM users").iterate()) {
      seen.push(name);
      await db.query("INSERT INTO users (name) VALUES ('more')");
    }
    expect(seen).toEqual(["a", "b"]);
    expect(await names()).toHaveLength(4);
  });

  test("run writes, and resolves with the count and RETURNING's rows", async () => {
    const add = db.prepare<[string], { id: number }>(
      "INSERT INTO users (name) VALUES ($1) RETURNING id",
    );
    const both = [add.run("Alice"), add.run("Bob")];
    expect(db.prepare("SELECT name FROM users ORDER BY id").all()).toHaveLength(2);
    expect(await Promise.all(both)).toEqual([
      { rowCount: 1, rows: [{ id: 1 }] },
      { rowCount: 1, rows: [{ id: 2 }] },
    ]);
    expect(() => add.get("x")).toThrow(/only read/);
    expect(() => add.all("x")).toThrow(/only read/);
    expect(() => add.iterate("x")).toThrow(/only read/);
    await expect(add.run(null as unknown as string)).rejects.toMatchObject({ sqlState: "23502" });
  });

  test("sees definitions that change after it was made", async () => {
    const all = db.prepare("SELECT * FROM users");
    await db.exec("INSERT INTO users (name) VALUES ('a')");
    expect(all.get()).toEqual({ id: 1, name: "a", age: null });
    await db.exec("ALTER TABLE users DROP COLUMN age");
    expect(all.get()).toEqual({ id: 1, name: "a" });
    await db.exec("DROP TABLE users");
    expect(() => all.get()).toThrow(/does not exist/);
    expect(() => db.prepare("SELEC 1")).toThrow(/syntax error/);
  });
});

test("the template tag passes values as parameters", async () => {
  const name = "Robert'); DROP TABLE users;--";
  await db.sql`INSERT INTO users (name, age) VALUES (${name}, ${7})`;
  expect(await db.sql<User>`SELECT name FROM users WHERE age = ${7} AND name = ${name}`).toEqual([
    { name },
  ]);
  await expect(db.sql("SELECT 1" as unknown as TemplateStringsArray)).rejects.toMatchObject({
    code: "INVALID_ARGUMENT",
  });
});

describe("db.explain", () => {
  test("shows the plan, or what it did", () => {
    expect(db.explain("SELECT * FROM users WHERE id = 1")).toContain("users");
    const analyzed = db.explain("SELECT * FROM users WHERE id = $1", {
      analyze: true,
      params: [1],
    });
    expect(analyzed).toContain("Execution Time");
    expect(db.explain("SELECT 1", { format: "json" })).toMatchObject([{ Plan: {} }]);
    expect(() => db.explain("DELETE FROM users", { analyze: true })).toThrow(/writes/);
    expect(db.explain("DELETE FROM users")).toContain("Delete on users");
  });
});
