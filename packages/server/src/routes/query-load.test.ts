import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ServerFixture, type Reply } from "../testing/server-fixture.js";

/** Requests at once: far more than one thread can answer quickly. */
const AT_ONCE = 200;
/** A query that would take hours. */
const ENDLESS =
  "SELECT count(*) FROM generate_series(1, 1e6::int) a, generate_series(1, 1e6::int) b";

/** Has the patience for anything here. */
let fixture: ServerFixture;
/** Gives up soon. */
let hurried: ServerFixture;
const rejections: unknown[] = [];
const onRejection = (error: unknown): void => void rejections.push(error);

const query = (sql: string, at = fixture): Promise<Reply> => at.post("/api/v1/query", { sql });
const openSnapshots = (at = fixture): number => at.server.database.stats().openSnapshots;

beforeAll(async () => {
  process.on("unhandledRejection", onRejection);
  fixture = await ServerFixture.start();
  hurried = await ServerFixture.start({ requestTimeoutMs: 400 });
  for (const each of [fixture, hurried]) {
    await query("CREATE TABLE t (id INT PRIMARY KEY, x TEXT)", each);
    await query("INSERT INTO t SELECT g, 'row ' || g FROM generate_series(1, 10000) g", each);
  }
});
afterAll(async () => {
  process.off("unhandledRejection", onRejection);
  await fixture[Symbol.asyncDispose]();
  await hurried[Symbol.asyncDispose]();
});

/** A socket that has sent a request. */
function send(path: string, body: string, more: string = "", at = fixture): Socket {
  const { port } = new URL(at.server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  const length = `content-length: ${Buffer.byteLength(body)}`;
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${length}\r\n${more}\r\n${body}`,
  );
  return socket;
}

/** All that a socket says until the server closes it. */
function saidBy(socket: Socket): Promise<string> {
  let said = "";
  socket.on("data", (data) => (said += data.toString("latin1")));
  return new Promise((resolve) => {
    socket.on("close", () => resolve(said));
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 2000; Date.now() < end;) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

test(`${AT_ONCE} slow queries at once are all answered, and others beside them`, async () => {
  const slow = "SELECT count(*) AS n FROM t a JOIN t b ON a.id % 100 = b.id % 100 WHERE a.id < 200";
  const asked = Array.from({ length: AT_ONCE }, () => query(slow));
  const started = Date.now();
  expect((await fixture.ask("/health")).status).toBe(200);
  expect(Date.now() - started).toBeLessThan(2000);
  const codes = new Map<unknown, number>();
  for (const { status, body } of await Promise.all(asked)) {
    const outcome = status === 200 ? body.data!["rows"] : body.error!["code"];
    const key = JSON.stringify(outcome);
    codes.set(key, (codes.get(key) ?? 0) + 1);
  }
  // On a slow machine some run into their deadline; none is lost and none is wrong.
  codes.delete('"TIMEOUT"');
  expect([...codes.keys()]).toEqual(["[[19900]]"]);
  await until(() => openSnapshots() === 0);
  expect(openSnapshots()).toBe(0);
});

test("a query stops when its client has gone, and so does a script", async () => {
  const script = Array.from({ length: 1000 }, (_, i) => `INSERT INTO t VALUES (${20_000 + i})`);
  const slow = "SELECT count(*) FROM t a, t b WHERE a.id < 100 AND a.id + b.id = 7";
  const bodies = [
    ["/api/v1/query", { sql: ENDLESS }],
    ["/api/v1/exec", { sql: script.map((insert) => `${insert}; ${slow}`).join(";") }],
  ] as const;
  for (const [path, body] of bodies) {
    const socket = send(path, JSON.stringify(body));
    await new Promise((resolve) => setTimeout(resolve, 200));
    socket.destroy();
    await until(() => openSnapshots() === 0);
    expect(openSnapshots(), path).toBe(0);
  }
  const count = "SELECT count(*) FROM t WHERE id >= 20000";
  // What is in the middle of a statement when the client goes ends with that statement.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const before = (await query(count)).body.data!["rows"];
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect((await query(count)).body.data!["rows"]).toEqual(before);
  expect(before).not.toEqual([[1000]]);
  await query("DELETE FROM t WHERE id >= 20000");
});

test.each([
  ENDLESS,
  `SELECT (${ENDLESS})`,
  `CREATE TABLE u AS ${ENDLESS}`,
  "CREATE TABLE u AS SELECT a FROM generate_series(1, 1e9::int) a",
  "INSERT INTO t SELECT a, 'x' FROM generate_series(20000, 1e9::int) a",
  `EXPLAIN ANALYZE ${ENDLESS}`,
  "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT * FROM r WHERE n = 2",
  "SELECT g FROM generate_series(1, 2e9::int) g ORDER BY -g",
])("%s is ended in time", async (sql) => {
  const { status, body } = await query(sql, hurried);
  // Some are stopped by what they may hold in memory before their time is over.
  expect(["TIMEOUT", "OUT_OF_MEMORY"]).toContain(body.error!["code"]);
  expect(status).toBe(503);
  expect((await query("SELECT count(*) FROM t", hurried)).body.data!["rows"]).toEqual([[10_000]]);
});

test.each([
  "SELECT g, 'row ' || g FROM generate_series(1, 50000000) g",
  "SELECT repeat('x', 300000000), repeat('y', 300000000)",
  "SELECT jsonb_build_object(repeat('k', 100), g) FROM generate_series(1, 50000000) g",
  "SELECT a.x, b.x FROM t a, t b",
  "INSERT INTO t SELECT g, repeat('x', 100) FROM generate_series(20000, 600000) g RETURNING *",
])("a result that is too large is refused while it is made: %s", async (sql) => {
  const { status, body } = await query(sql);
  expect({ status, code: body.error!["code"] }).toEqual({ status: 400, code: "RESULT_TOO_LARGE" });
  expect(body.error!["hint"]).toContain("LIMIT");
  expect((await query("SELECT count(*) FROM t")).body.data!["rows"]).toEqual([[10_000]]);
});

test("a result that a reply can hold is given whole", async () => {
  const { body } = await query("SELECT g, repeat('x', 100) FROM generate_series(1, 300000) g");
  expect(body.data!["rows"]).toHaveLength(300_000);
  expect(body.data!["row_count"]).toBe(300_000);
});

test("a script is held to one deadline as a whole", async () => {
  const sql = Array.from(
    { length: 100 },
    () => "SELECT count(*) FROM t a, t b WHERE a.id + b.id = 7",
  );
  const started = Date.now();
  const { body } = await hurried.post("/api/v1/exec", { sql: sql.join(";") });
  expect(body.error!["code"]).toBe("TIMEOUT");
  expect(Date.now() - started).toBeLessThan(5000);
});

test("a body that comes too slowly is given up", async () => {
  const { port } = new URL(hurried.server.url);
  const socket = connect(Number(port), "127.0.0.1");
  socket.on("error", () => undefined);
  const headers = "host: localhost\r\ncontent-type: application/json\r\ncontent-length: 100";
  socket.write(`POST /api/v1/query HTTP/1.1\r\n${headers}\r\n\r\n{`);
  const drip = setInterval(() => socket.write(" "), 50);
  expect(await saidBy(socket)).toMatch(/^HTTP\/1.1 (408|503) /);
  clearInterval(drip);
  expect((await hurried.ask("/health")).status).toBe(200);
});

test("huge headers and garbage are refused, also behind a good request", async () => {
  const good = JSON.stringify({ sql: "SELECT 1" });
  const huge = send("/api/v1/query", good, `x-filler: ${"x".repeat(100_000)}\r\n`);
  expect(await saidBy(huge)).toMatch(/^HTTP\/1.1 431 /);
  const many = send("/api/v1/query", good, "x: y\r\n".repeat(20_000));
  expect(await saidBy(many)).toMatch(/^HTTP\/1.1 (200|431) /);
  const pipelined = send("/api/v1/query", good);
  pipelined.write("\u0000\u0001GARBAGE\r\n\r\n");
  const said = await saidBy(pipelined);
  expect(said).toContain("HTTP/1.1 400 ");
  const lying = send("/api/v1/query", good, "content-length: 3\r\n");
  expect(await saidBy(lying)).toMatch(/^HTTP\/1.1 400 /);
  const both = send("/api/v1/query", good, "transfer-encoding: chunked\r\n");
  expect(await saidBy(both)).toMatch(/^HTTP\/1.1 400 /);
});

test("good requests in one packet are answered in their order", async () => {
  const socket = send("/api/v1/query", JSON.stringify({ sql: "SELECT 'first'" }));
  const second = JSON.stringify({ sql: "SELECT 'second'" });
  socket.write(
    `POST /api/v1/query HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${second.length}\r\n\r\n${second}`,
  );
  const said = await saidBy(socket);
  expect(said.indexOf("first")).toBeGreaterThan(0);
  expect(said.indexOf("second")).toBeGreaterThan(said.indexOf("first"));
});

test("afterwards nothing is lost, nothing is open and nothing was unforeseen", async () => {
  for (const each of [fixture, hurried]) {
    expect((await query("SELECT count(*), max(id) FROM t", each)).body.data!["rows"]).toEqual([
      [10_000, 10_000],
    ]);
    expect(openSnapshots(each)).toBe(0);
    expect(await each.server.database.check()).toMatchObject({ ok: true });
    expect(each.reported).toEqual([]);
  }
  expect(rejections).toEqual([]);
});
