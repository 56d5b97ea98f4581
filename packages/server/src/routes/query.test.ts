import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServerFixture, type Reply } from "../testing/server-fixture.js";

let fixture: ServerFixture;

const query = (sql: string, params?: unknown): Promise<Reply> =>
  fixture.post("/api/v1/query", params === undefined ? { sql } : { sql, params });
const exec = (sql: string): Promise<Reply> => fixture.post("/api/v1/exec", { sql });

beforeAll(async () => {
  fixture = await ServerFixture.start();
  const reply = await exec(`
    CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL, age INT, born TIMESTAMP,
      seen TIMESTAMPTZ, balance NUMERIC(10,2), tags JSONB, big BIGINT, photo BYTEA);
    INSERT INTO users (name, age) VALUES ('Alice', 25), ('Bob', 30), ('Carol', 17);`);
  expect(reply.status).toBe(200);
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe("POST /api/v1/query", () => {
  test("answers as the guide says", async () => {
    const reply = await query("SELECT id, name, age FROM users WHERE age > $1 ORDER BY id", [21]);
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({
      success: true,
      data: {
        command: "SELECT",
        columns: ["id", "name", "age"],
        types: ["integer", "text", "integer"],
        rows: [
          [1, "Alice", 25],
          [2, "Bob", 30],
        ],
        row_count: 2,
      },
    });
    expect(reply.body).toHaveProperty("execution_time_ms", expect.any(Number));
    expect(await query("SELECT 1 + 1 AS result", [])).toMatchObject({
      body: { data: { columns: ["result"], rows: [[2]], row_count: 1 } },
    });
  });

  test("takes named parameters, and says how many rows were written", async () => {
    const insert = "INSERT INTO users (name, age) VALUES (:name, :age) RETURNING id";
    expect((await query(insert, { name: "Dora", age: 41 })).body.data).toMatchObject({
      command: "INSERT",
      rows: [[4]],
      row_count: 1,
    });
    const raised = await query("UPDATE users SET age = age + 1 WHERE name LIKE ?", ["%o%"]);
    expect(raised.body.data).toMatchObject({ command: "UPDATE", columns: [], row_count: 3 });
    expect((await query("DELETE FROM users WHERE name = 'Dora'")).body.data).toMatchObject({
      row_count: 1,
    });
  });

  test("gives values that JSON cannot carry as text", async () => {
    const { body } = await query(
      `SELECT TIMESTAMP '2024-01-15 10:30:00.123456' AS at, TIMESTAMPTZ '2024-01-15 10:30:00+02' AS tz,
        1.50::numeric AS exact, 9007199254740993 AS big, 12::bigint AS small, '\\x01ff'::bytea AS bytes,
        '{"a": [1, null]}'::jsonb AS json, DATE '2024-02-29' AS day, 'NaN'::float8 AS nan,
        ARRAY[1, 2] AS list, ARRAY[[TIMESTAMP '2024-01-15 10:30', NULL]] AS times, NULL AS nothing, true AS yes`,
    );
    expect(body.data!["rows"]).toEqual([
      [
        "2024-01-15T10:30:00.123456",
        "2024-01-15T08:30:00+00:00",
        "1.50",
        "9007199254740993",
        12,
        "Af8=",
        { a: [1, null] },
        "2024-02-29",
        "NaN",
        [1, 2],
        [["2024-01-15T10:30:00", null]],
        null,
        true,
      ],
    ]);
  });

  test("says what is wrong with a statement, and where", async () => {
    expect(await query("SELECT nme FROM users")).toMatchObject({
      status: 400,
      body: {
        success: false,
        error: {
          code: "COLUMN_NOT_FOUND",
          message: 'column "nme" does not exist',
          hint: 'Did you mean "name"?',
          position: 8,
        },
      },
    });
    expect(await query("INSERT INTO users (id, name) VALUES (1, 'again')")).toMatchObject({
      status: 409,
      body: { error: { code: "UNIQUE_VIOLATION", detail: "Key (id)=(1) already exists." } },
    });
  });

  test("keeps no transaction open from one request to the next", async () => {
    const begin = await query("BEGIN");
    expect(begin.body.success).toBe(false);
    expect(begin.body.error!["hint"]).toContain("/api/v1/exec");
    const set = await query("SET timezone TO 'UTC'");
    expect(set.body.error!["hint"]).toContain("/api/v1/exec");
  });
});

describe("POST /api/v1/exec", () => {
  test("runs a script, with its own transactions, and skips what is psql's", async () => {
    const { status, body } = await exec(`
      CREATE DATABASE shop;
      \\c shop
      BEGIN; CREATE TABLE a (x INT); INSERT INTO a VALUES (1), (2); COMMIT;
      BEGIN; INSERT INTO a VALUES (3); ROLLBACK;`);
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      statements: 7,
      commands: { "CREATE TABLE": 1, INSERT: 2, BEGIN: 2, COMMIT: 1, ROLLBACK: 1 },
      notices: [{ severity: "NOTICE" }, { severity: "NOTICE" }],
    });
    expect((await query("SELECT count(*) FROM a")).body.data!["rows"]).toEqual([[2]]);
  });

  test("stops at the first error, and leaves no transaction open", async () => {
    const { status, body } = await exec(
      "BEGIN; INSERT INTO a VALUES (9); INSERT INTO b VALUES (1)",
    );
    expect({ status, code: body.error!["code"] }).toEqual({ status: 400, code: "TABLE_NOT_FOUND" });
    expect((await query("SELECT count(*) FROM a WHERE x = 9")).body.data!["rows"]).toEqual([[0]]);
  });
});

describe("GET /api/v1/tables", () => {
  test("lists them", async () => {
    const { body } = await fixture.ask("/api/v1/tables");
    const { tables } = body.data as { tables: { name: string }[] };
    expect(tables.find((table) => table.name === "users")).toMatchObject({
      schema: "public",
      columns: 9,
      row_count: 3,
    });
  });

  test("describes one", async () => {
    await exec(`CREATE TABLE orders (id INT PRIMARY KEY, user_id INT REFERENCES users ON DELETE CASCADE,
      total NUMERIC(8,2) DEFAULT 0 CHECK (total >= 0), UNIQUE (user_id, total));
      CREATE INDEX orders_total_idx ON orders (total DESC);`);
    const { status, body } = await fixture.ask("/api/v1/tables/orders");
    expect(status).toBe(200);
    expect(body.data).toMatchObject({
      name: "orders",
      columns: [
        { name: "id", type: "integer", nullable: false, default: null },
        { name: "user_id", type: "integer", nullable: true },
        { name: "total", type: "numeric(8,2)", default: "0" },
      ],
      primary_key: ["id"],
      row_count: 0,
    });
    const { constraints, indexes } = body.data as {
      constraints: { kind: string }[];
      indexes: { name: string }[];
    };
    expect(constraints.map(({ kind }) => kind).sort()).toEqual([
      "check",
      "foreign_key",
      "primary_key",
      "unique",
    ]);
    expect(indexes.map(({ name }) => name)).toContain("orders_total_idx");
  });

  test("knows what it does not have", async () => {
    expect(await fixture.ask("/api/v1/tables/nothing")).toMatchObject({
      status: 404,
      body: { error: { code: "TABLE_NOT_FOUND" } },
    });
  });
});
