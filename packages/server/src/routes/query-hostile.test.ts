import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerFixture, type Reply } from "../testing/server-fixture.js";

let fixture: ServerFixture;

const query = (sql: string, params?: unknown): Promise<Reply> =>
  fixture.post("/api/v1/query", params === undefined ? { sql } : { sql, params });

beforeAll(async () => {
  fixture = await ServerFixture.start();
  await query("CREATE TABLE t (id INT PRIMARY KEY, x TEXT)");
  await query("INSERT INTO t VALUES (1, 'kept')");
});
afterAll(() => fixture[Symbol.asyncDispose]());

const deep = 10_000;

test.each<[string, string, unknown, string]>([
  ["an empty text", "", undefined, "PARSE_ERROR"],
  ["only a comment", "-- nothing", undefined, "PARSE_ERROR"],
  ["two statements", "SELECT 1; SELECT 2", undefined, "MULTIPLE_STATEMENTS"],
  [
    "deep parentheses",
    `SELECT ${"(".repeat(deep)}1${")".repeat(deep)}`,
    undefined,
    "NESTING_TOO_DEEP",
  ],
  ["deep NOT", `SELECT ${"NOT ".repeat(deep)}true`, undefined, "NESTING_TOO_DEEP"],
  ["deep subqueries", `${"SELECT * FROM (".repeat(deep)}SELECT 1`, undefined, "NESTING_TOO_DEEP"],
  ["a NUL in a literal", "SELECT 'a\u0000b'", undefined, "INVALID_TEXT"],
  ["a NUL in a parameter", "SELECT $1::text", ["a\u0000b"], "INVALID_TEXT"],
  ["a lone surrogate", "SELECT $1::text", ["\ud800"], "INVALID_TEXT"],
  ["too few parameters", "SELECT $1::int, $2::int", [1], "PARAMETER_COUNT"],
  ["too many parameters", "SELECT $1::int", [1, 2], "PARAMETER_COUNT"],
  ["a parameter of a wrong type", "SELECT * FROM t WHERE id = $1", [{ a: 1 }], "TYPE_MISMATCH"],
  ["a number that does not fit", "INSERT INTO t VALUES ($1)", [2 ** 40], "NUMERIC_OUT_OF_RANGE"],
  ["a column given twice", "CREATE TABLE u (a INT, a INT)", undefined, "COLUMN_EXISTS"],
  ["a column assigned twice", "UPDATE t SET x = 'a', x = 'b'", undefined, "PARSE_ERROR"],
  ["a negative limit", "SELECT * FROM t LIMIT -1", undefined, "INVALID_LIMIT"],
])("%s is refused", async (_what, sql, params, code) => {
  const { status, body } = await query(sql, params);
  expect(body.success).toBe(false);
  expect(body.error!["code"]).toBe(code);
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test("a statement of 10 MB is too large; the same as a script is told to be nonsense", async () => {
  const sql = `SELECT ${"1,".repeat(5_000_000)}1`;
  expect(await query(sql)).toMatchObject({
    status: 413,
    body: { error: { code: "BODY_TOO_LARGE" } },
  });
  const { status, body } = await fixture.post("/api/v1/exec", { sql });
  expect(status).toBe(400);
  expect(body.error!["code"]).toBeTypeOf("string");
});

test("a huge limit is only a limit", async () => {
  const { body } = await query("SELECT * FROM t LIMIT 9223372036854775807 OFFSET 0");
  expect(body.data!["rows"]).toEqual([[1, "kept"]]);
});

test("unknown fields, wrong types and unknown parameters of the address are named", async () => {
  const bodies: [unknown, string][] = [
    [{ sql: "SELECT 1", parameters: [] }, '"parameters"'],
    [{ sql: 5 }, '"sql" must be string'],
    [{ params: [] }, '"sql" is missing'],
    [{ sql: "SELECT 1", params: "x" }, '"params" must be'],
  ];
  for (const [body, message] of bodies) {
    const reply = await fixture.post("/api/v1/query", body);
    expect(reply.status).toBe(400);
    expect(reply.body.error!["message"]).toContain(message);
  }
  const reply = await fixture.post("/api/v1/query?limit=1", { sql: "SELECT 1" });
  expect(reply.body.error!["message"]).toContain('"limit"');
});

test("nothing of it was an error of the server, and nothing was lost", async () => {
  expect(fixture.reported).toEqual([]);
  expect((await query("SELECT * FROM t")).body.data!["rows"]).toEqual([[1, "kept"]]);
});
