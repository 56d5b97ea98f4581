import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServerFixture } from "../testing/server-fixture.js";

const KEYS = "/api/v1/kv/keys";
let fixture: ServerFixture;

beforeAll(async () => {
  fixture = await ServerFixture.start();
});
afterAll(() => fixture[Symbol.asyncDispose]());

describe("a body", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

  test.each([
    ["", "not complete", { position: 1 }],
    ['{"key": "a", "value": }', "expected a JSON value", { position: 23 }],
    ['{"key": "a",\n "value": 1,}', "name of a field", { detail: "line 2, column 13" }],
    ['{"key":"a","value":1,"key":"b"}', '"key" is given twice', {}],
    ['{"key":"a","value":1,"tll":5}', '"tll"', { hint: "Fields here: key, value, ttl." }],
    ['{"value":1}', '"key" is missing', {}],
    ['{"key":"a"}', '"value" is missing', {}],
    ['{"key":5,"value":1}', '"key" must be string', {}],
    ['{"key":"a","value":1,"ttl":true}', '"ttl" must be', {}],
    ["[]", "the body must be object", {}],
    ["null", "the body must be object", {}],
    ['{"key":"a","value":12345678901234567890}', "12345678901234567890", {}],
    [`{"key":"a","value":${nested(100_000)}}`, "levels deep", {}],
    [`{"key":"a","value":${nested(505)}}`, "levels deep", {}],
  ])("of %.60j is refused with its place", async (text, message, more) => {
    const { status, body } = await fixture.post(KEYS, text);
    expect(status).toBe(400);
    expect(body.success).toBe(false);
    expect(body.error).toMatchObject(more);
    expect(body.error!["message"]).toContain(message);
  });

  test.each([
    ['{"key":"","value":1}', "INVALID_KEY"],
    [`{"key":"${"k".repeat(1025)}","value":1}`, "INVALID_KEY"],
    ['{"key":"a\\u0000b","value":1}', "INVALID_TEXT"],
    ['{"key":"\\ud800","value":1}', "INVALID_TEXT"],
    ['{"key":"a","value":1,"ttl":"soon"}', "INVALID_OPTION"],
    ['{"key":"a","value":1,"ttl":-1}', "INVALID_OPTION"],
  ])("of %.60j is refused by the database", async (text, code) => {
    const { status, body } = await fixture.post(KEYS, text);
    expect({ status, code: body.error!["code"] }).toEqual({ status: 400, code });
  });

  test("that is not UTF-8 is refused", async () => {
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const headers = { "content-type": "application/json" };
    const reply = await fixture.ask(KEYS, { method: "POST", headers, body });
    expect(reply).toMatchObject({ status: 400, body: { error: { code: "INVALID_REQUEST" } } });
  });

  test("of another type, or compressed, is refused", async () => {
    const body = '{"key":"a","value":1}';
    const replies = [
      { "content-type": "text/plain" },
      { "content-type": "application/x-www-form-urlencoded" },
      { "content-type": "application/json", "content-encoding": "gzip" },
    ].map((headers) => fixture.ask(KEYS, { method: "POST", headers, body }));
    for (const { status } of await Promise.all(replies)) expect(status).toBe(415);
  });

  test("may be 2 MB, but a value of more than 1 MB is too large", async () => {
    const { status, body } = await fixture.post(KEYS, { key: "a", value: "x".repeat(1_500_000) });
    expect({ status, code: body.error!["code"] }).toEqual({ status: 413, code: "VALUE_TOO_LARGE" });
  });

  test("of 10 MB is refused, whether its length is declared or not", async () => {
    const text = JSON.stringify({ key: "a", value: "x".repeat(10_000_000) });
    for (const chunked of [false, true]) {
      expect(await status413(text, chunked)).toMatch(/^HTTP\/1.1 413 /);
    }
    expect((await fixture.ask("/health")).status).toBe(200);
  });

  /** The first line of the reply; `fetch` may report a broken pipe instead. */
  function status413(text: string, chunked: boolean): Promise<string> {
    const { port } = new URL(fixture.server.url);
    const length = chunked ? "transfer-encoding: chunked" : `content-length: ${text.length}`;
    return new Promise((resolve) => {
      const socket = connect(Number(port), "127.0.0.1");
      socket.on("data", (data) => {
        resolve(data.toString("latin1").split("\r\n")[0]!);
        socket.destroy();
      });
      socket.on("error", () => undefined);
      socket.write(
        `POST ${KEYS} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n${length}\r\n\r\n`,
      );
      socket.write(chunked ? `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n` : text);
    });
  }
});

describe("a request", () => {
  test("for what is not there is 404 as JSON", async () => {
    for (const path of ["/", "/api", "/api/v1/kv", "/api/v1/kv/keys/a/b", "/api/v1/kv/keys/"]) {
      const { status, body } = await fixture.ask(path);
      expect({ status, code: body.error!["code"] }).toEqual({
        status: 404,
        code: "ROUTE_NOT_FOUND",
      });
    }
  });

  test("with another method is 405 and says what is allowed", async () => {
    const put = await fixture.ask(`${KEYS}/a`, { method: "PUT" });
    expect(put).toMatchObject({ status: 405, body: { error: { code: "METHOD_NOT_ALLOWED" } } });
    expect(put.headers.get("allow")).toBe("GET, DELETE, HEAD");
    expect((await fixture.ask("/health", { method: "POST" })).status).toBe(405);
    const preflight = await fixture.ask(KEYS, { method: "OPTIONS" });
    expect(preflight.status).toBe(405);
    expect(preflight.headers.get("access-control-allow-origin")).toBeNull();
    const head = await fetch(`${fixture.server.url}/health`, { method: "HEAD" });
    expect(head.status).toBe(200);
  });

  test.each(["%00", "%ED%A0%80", "%E0%A4%A", "a".repeat(1025)])(
    "for the key %.20s is 400",
    async (key) => {
      expect((await fixture.raw(`${KEYS}/${key}`, { host: "localhost" })).status).toBe(400);
    },
  );

  test.each(["localhost", "LOCALHOST:9090", "127.0.0.1:1", "[::1]:9090"])(
    "for the host %s is served",
    async (host) => {
      expect((await fixture.raw("/health", { host })).status).toBe(200);
    },
  );

  test.each(["example.org", "localhost.example.org", "127.0.0.1.example.org:9090", "10.0.0.1"])(
    "for the host %j is refused: a page's name may resolve to this machine",
    async (host) => {
      const { status, text } = await fixture.raw("/health", { host });
      expect([400, 403]).toContain(status);
      expect(text).not.toContain("healthy");
    },
  );

  test("from a page of another origin is refused", async () => {
    const host = new URL(fixture.server.url).host;
    const from = (origin: string): Promise<{ status: number }> =>
      fixture.raw("/health", { host, origin });
    expect((await from("http://example.org")).status).toBe(403);
    expect((await from("null")).status).toBe(403);
    expect((await from("http://localhost:3000")).status).toBe(403);
    expect((await from(`http://${host}`)).status).toBe(200);
  });

  test("is answered with headers that keep browsers out, errors included", async () => {
    for (const path of ["/health", "/nothing"]) {
      const { headers } = await fixture.ask(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("content-type")).toContain("application/json");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  test("that nobody foresaw was never needed", () => {
    expect(fixture.reported).toEqual([]);
  });
});
