import { EventEmitter } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import type { AddressInfo } from "node:net";
import { open, type Database } from "aegisdb";
import { describe, expect, test } from "vitest";
import { createApp } from "./http/app.js";
import { seenIsDurable } from "./http/durability.js";
import type { Bindings } from "./http/resource.js";
import { ServerFixture } from "./testing/server-fixture.js";

const KEYS = "/api/v1/kv/keys";

describe("a running server", () => {
  test("is healthy until its database is not", async () => {
    await using fixture = await ServerFixture.start();
    const healthy = await fixture.ask("/health");
    expect(healthy).toMatchObject({ status: 200, body: { status: "healthy", version: "0.1.0" } });
    expect((healthy.body as { uptime?: unknown }).uptime).toBeTypeOf("number");
    await fixture.server.database.close();
    const sick = await fixture.ask("/health");
    expect(sick).toMatchObject({
      status: 503,
      body: { status: "unhealthy", error: { code: "DATABASE_CLOSED" } },
    });
    expect((await fixture.ask(`${KEYS}/a`)).status).toBe(503);
  });

  test("keeps everything when it closes, and lets requests finish", async () => {
    await using fixture = await ServerFixture.start();
    const writes = Array.from({ length: 50 }, (_, i) => fixture.set(`k${i}`, i));
    const all = Promise.allSettled(writes);
    await writes[0];
    await Promise.all([fixture.server.close(), fixture.server.close()]);
    const settled = await all;
    await using db = await open(fixture.directory);
    let acknowledged = 0;
    for (const [i, { status }] of settled.entries()) {
      if (status === "fulfilled") {
        acknowledged++;
        expect(db.kv.get(`k${i}`)).toBe(i);
      }
    }
    expect(acknowledged).toBeGreaterThan(0);
    await expect(fetch(fixture.server.url)).rejects.toThrow();
  });

  test("does not wait for a client that never finishes its request", async () => {
    await using fixture = await ServerFixture.start({ shutdownGraceMs: 50 });
    const socket = connect(Number(new URL(fixture.server.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(`POST ${KEYS} HTTP/1.1\r\nhost: localhost\r\n`);
    socket.write("content-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await fixture.server.close();
    expect(() => fixture.server.database.kv.get("a")).toThrow(/closed/);
  });

  test("gives up on a request that does not arrive in time", async () => {
    await using fixture = await ServerFixture.start({ requestTimeoutMs: 100 });
    const socket = connect(Number(new URL(fixture.server.url).port), "127.0.0.1");
    const reply = new Promise<string>((resolve) => {
      socket.on("data", (data) => resolve(data.toString()));
    });
    socket.write(`POST ${KEYS} HTTP/1.1\r\nhost: localhost\r\n`);
    socket.write("content-type: application/json\r\ncontent-length: 100\r\n\r\n{");
    expect(await reply).toMatch(/^HTTP\/1.1 (408|503) /);
    socket.destroy();
  });

  test("takes no more connections than it may", async () => {
    await using fixture = await ServerFixture.start({ maxConnections: 1 });
    const port = Number(new URL(fixture.server.url).port);
    const first = connect(port, "127.0.0.1");
    await new Promise((resolve) => first.once("connect", resolve));
    const second = connect(port, "127.0.0.1");
    second.on("error", () => undefined);
    await new Promise((resolve) => second.once("close", resolve));
    first.destroy();
    expect(second.destroyed).toBe(true);
  });

  test("gives the directory back when the port is taken", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await using fixture = await ServerFixture.start();
    await fixture.server.close();
    const again = ServerFixture.start({ port, dataDirectory: fixture.directory });
    await expect(again).rejects.toMatchObject({ code: "EADDRINUSE" });
    await (await open(fixture.directory)).close();
    other.close();
  });
});

describe("a reply", () => {
  test("waits until what it saw is durable", async () => {
    await using db = await open({ path: ":memory:" });
    expect(seenIsDurable(db)).toBeUndefined();
    const log = { end: 2, durableEnd: 1 };
    let flushed = 0;
    const stats = { ...db.stats(), log };
    const lagging = {
      stats: () => stats,
      flush: async () => void flushed++,
    } as unknown as Database;
    await seenIsDurable(lagging);
    expect(flushed).toBe(1);
  });

  test("is TIMEOUT when the answer takes too long, INTERNAL when something breaks", async () => {
    await using db = await open(":memory:");
    const reported: unknown[] = [];
    const app = createApp({
      database: db,
      host: "127.0.0.1",
      maxBodyBytes: 10,
      requestTimeoutMs: 20,
      report: (error) => void reported.push(error),
    });
    app.get("/slow", () => new Promise<Response>(() => undefined));
    app.get("/broken", () => {
      throw new TypeError("secret");
    });
    const incoming = { headers: { host: "localhost" } } as Bindings["incoming"];
    const outgoing = new EventEmitter() as Bindings["outgoing"];
    const slow = await app.request("/slow", {}, { incoming, outgoing });
    expect(slow.status).toBe(503);
    expect(await slow.text()).toContain("TIMEOUT");
    const broken = await app.request("/broken", {}, { incoming, outgoing });
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain("secret");
    expect(reported).toEqual([new TypeError("secret")]);
  });
});
