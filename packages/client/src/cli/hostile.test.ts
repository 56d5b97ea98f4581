import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { FakeServer } from "../testing/fake-server.js";
import { runProgram } from "./program.js";

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

async function run(...args: string[]): Promise<Ran> {
  let out = "";
  let error = "";
  const code = await runProgram("aegis", args, {
    out: (text) => (out += text),
    error: (text) => (error += text),
  });
  return { code, out, error };
}

const files = mkdtempSync(join(tmpdir(), "aegis-hostile-"));
afterAll(() => {
  rmSync(files, { recursive: true });
});

test.each([
  [["query"], "statement or --file"],
  [["query", "SELECT 1", "--file", "a.sql"], "statement or --file"],
  [["query", "SELECT 1", "SELECT 2"], "too many"],
  [["query", "--file"], "--file"],
  [["query", "--file", "a.sql", "-p", "1"], "no parameters"],
  [["query", "-p"], "--param"],
  [["query", "SELECT 1", "--params", "1"], "--params"],
  [["tables", "a", "b"], "too many"],
  [["status", "now"], "too many"],
  [["--format"], "--format"],
  [["--format", "", "status"], "table, json, csv"],
  [["-s", "", "status"], "--server"],
  [["-s", "ftp://localhost", "status"], "--server"],
  [["-s", "http://localhost:99999", "status"], "--server"],
  [["-s", "http://localhost/path", "status"], "--server"],
  [["-s", "http://localhost", "-d", "local", "status"], "not both"],
  [["-d", "localhost:0", "status"], "--database"],
  [["-d", "localhost:65536", "status"], "--database"],
  [["-d", "aegis://localhost", "status"], "--database"],
  [["-d", "__proto__", "status"], "--database"],
  [["constructor"], "constructor"],
])("%j is bad usage", async (args, message) => {
  const { code, out, error } = await run(...args);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(error).toContain(message);
});

describe("a script that cannot be read", () => {
  test("is named with the reason, and nothing is sent", async () => {
    await using fake = await FakeServer.start(() => ({ body: { success: true, data: {} } }));
    const binary = join(files, "latin1.sql");
    writeFileSync(binary, Buffer.from("INSERT INTO t VALUES ('\xe9')", "latin1"));
    for (const [file, reason] of [
      [join(files, "nothing.sql"), "no such file"],
      [files, "directory"],
      [binary, "not UTF-8"],
      ["a\0b", "null bytes"],
    ] as const) {
      const { code, out, error } = await run("-s", fake.url, "query", "--file", file);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      expect(error).toContain(`cannot read ${JSON.stringify(file)}`);
      expect(error).toContain(reason);
    }
    expect(fake.seen).toEqual([]);
  });
});

describe("a server", () => {
  /** Says `reply` to whatever it is asked, then hangs up. */
  async function hangingUp(reply: string): Promise<{ url: string; server: Server }> {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => {
        socket.write(reply, () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }

  test.each([
    ["before it answers", ""],
    ["in the headers", "HTTP/1.1 200 OK\r\ncontent-le"],
    ["in the body", 'HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{"success":true,'],
    ["in a chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"],
  ])("that goes away %s is a failure, told with a hint", async (_when, reply) => {
    const { url, server } = await hangingUp(reply);
    for (const args of [["query", "SELECT 1"], ["tables"], ["kv", "get", "a"], ["status"]]) {
      const { code, out, error } = await run("-s", url, ...args);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(error).toMatch(/^aegis: CONNECTION_FAILED: .*\n {2}detail: .+\n {2}hint: .+\n$/);
      expect(error).toContain(url);
    }
    server.close();
  });

  test.each([
    ["garbage", "\u0000\u0001\u0002\r\n\r\n"],
    ["another protocol", "220 mail.example.org ESMTP\r\n"],
  ])("that speaks %s is a failure", async (_what, reply) => {
    const { url, server } = await hangingUp(reply);
    const { code, out, error } = await run("-s", url, "query", "SELECT 1");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(error).toContain("CONNECTION_FAILED");
    server.close();
  });

  test.each([
    ["a page", "<html></html>"],
    ["nothing", ""],
    ["JSON of another kind", "[]"],
    ["half of a reply", '{"success":true'],
    ["a failure without an error", '{"success":false}'],
    ["a failure without a code", '{"success":false,"error":{"message":"x"}}'],
  ])("that answers %s is no server of ours", async (_what, body) => {
    await using fake = await FakeServer.start(() => ({ body }));
    for (const args of [["query", "SELECT 1"], ["tables"], ["kv", "get", "a"], ["status"]]) {
      const { code, out, error } = await run("-s", fake.url, ...args);
      expect({ code, out }).toEqual({ code: 1, out: "" });
      expect(error).toMatch(/^aegis: INVALID_REPLY: /);
    }
  });

  test.each([
    ["no data", '{"success":true}'],
    ["data of another kind", '{"success":true,"data":5}'],
    ["data without rows", '{"success":true,"data":{"columns":["a"]}}'],
  ])("that answers with %s is told apart from success", async (_what, body) => {
    await using fake = await FakeServer.start(() => ({ body }));
    const script = join(files, "good.sql");
    writeFileSync(script, "SELECT 1");
    for (const args of [
      ["query", "SELECT 1"],
      ["query", "--file", script],
      ["tables"],
      ["tables", "t"],
    ]) {
      const { code, out, error } = await run("-s", fake.url, ...args);
      expect([args, code, out]).toEqual([args, 1, ""]);
      expect(error).toMatch(/^aegis: INVALID_REPLY: /);
    }
  });
});
