import { describe, expect, test } from "vitest";
import { ClientError } from "./errors.js";
import { AegisClient } from "./http-client.js";
import { FakeServer } from "./testing/fake-server.js";

const entry = (key: string): object => ({ key, value: 1, version: 1, expires_at: null });

describe("the client", () => {
  test("sends keys as they are and values as JSON", async () => {
    await using fake = await FakeServer.start(({ method }) => ({
      body: { success: true, data: method === "DELETE" ? { key: "", deleted: true } : entry("") },
    }));
    const { kv } = new AegisClient({ server: `${fake.url}/` });
    await kv.set("a/b", { n: [1] }, { ttl: "1h" });
    await kv.get("a/b?ü");
    await kv.delete("..x");
    expect(fake.seen).toEqual([
      {
        method: "POST",
        url: "/api/v1/kv/keys",
        contentType: "application/json",
        body: '{"key":"a/b","value":{"n":[1]},"ttl":"1h"}',
      },
      { method: "GET", url: "/api/v1/kv/keys/a%2Fb%3F%C3%BC", contentType: undefined, body: "" },
      { method: "DELETE", url: "/api/v1/kv/keys/..x", contentType: undefined, body: "" },
    ]);
  });

  test("goes through all pages of a list", async () => {
    await using fake = await FakeServer.start(({ url }) => {
      const last = new URL(url, "http://x").searchParams.get("after") === "b&";
      const keys = last ? [entry("c")] : [entry("a"), entry("b&")];
      return { body: { success: true, data: { keys, count: 0, next: last ? null : "b&" } } };
    });
    const keys: string[] = [];
    const client = new AegisClient({ server: fake.url });
    for await (const { key } of client.kv.list({ prefix: "p:" })) keys.push(key);
    expect(keys).toEqual(["a", "b&", "c"]);
    expect(fake.seen.map(({ url }) => url)).toEqual([
      "/api/v1/kv/keys?prefix=p%3A",
      "/api/v1/kv/keys?prefix=p%3A&after=b%26",
    ]);
  });

  test("gives undefined for a key that is not there, and any other error as the server says it", async () => {
    let code = "NOT_FOUND";
    const error = (): object => ({ code, message: "why", detail: "d", hint: "h", position: 3 });
    await using fake = await FakeServer.start(() => ({
      status: 400,
      body: { success: false, error: error() },
    }));
    const { kv } = new AegisClient({ server: fake.url });
    expect(await kv.get("k")).toBeUndefined();
    code = "INVALID_KEY";
    const expected = { code, status: 400, message: "why", detail: "d", hint: "h", position: 3 };
    await expect(kv.get("k")).rejects.toMatchObject(expected);
    await expect(kv.get("k")).rejects.toBeInstanceOf(ClientError);
  });

  test.each(["", "<html>", "null", "[]", '{"success":false}', '{"success":false,"error":{}}'])(
    "knows that %j is no reply of ours",
    async (body) => {
      await using fake = await FakeServer.start(() => ({ body, status: 502 }));
      const client = new AegisClient({ server: fake.url });
      const expected = { code: "INVALID_REPLY", status: 502 };
      await expect(client.kv.get("k")).rejects.toMatchObject(expected);
      await expect(client.health()).rejects.toMatchObject(expected);
    },
  );

  test("says that nobody listens, and that nobody answers", async () => {
    const fake = await FakeServer.start(() => undefined);
    const slow = new AegisClient({ server: fake.url, timeoutMs: 50 });
    await expect(slow.health()).rejects.toMatchObject({ code: "TIMEOUT" });
    await fake[Symbol.asyncDispose]();
    const failed: unknown = await slow.health().catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "CONNECTION_FAILED" });
    expect((failed as ClientError).detail).toContain("ECONNREFUSED");
  });

  test.each(["localhost:9090", "ftp://x", "", "http://"])(
    "does not take %j for a server",
    (server) => {
      expect(() => new AegisClient({ server })).toThrow(/not an http URL/);
    },
  );

  test.each([".", "..", "", "\ud800"])(
    "does not ask for the key %j, which has no URL",
    async (key) => {
      const { kv } = new AegisClient({ server: "http://localhost:1" });
      const error: unknown = await kv.get(key).catch((reason: unknown) => reason);
      expect((error as ClientError).code).toMatch(/^INVALID_/);
    },
  );
});
