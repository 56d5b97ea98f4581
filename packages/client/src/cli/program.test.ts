import { describe, expect, test } from "vitest";
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

describe("the command line", () => {
  test("prints version and help, which are no failures", async () => {
    expect(await run("--version")).toEqual({ code: 0, out: "aegis 0.1.0\n", error: "" });
    const help = await run("--help");
    expect(help.code).toBe(0);
    for (const word of ["status", "kv", "--server", "--database", "--format"]) {
      expect(help.out).toContain(word);
    }
    expect((await run("help", "kv")).out).toContain("delete");
  });

  test.each([
    [[], "Usage"],
    [["nothing"], "nothing"],
    [["kv"], "Usage"],
    [["kv", "get"], "key"],
    [["kv", "get", "a", "b"], "too many"],
    [["kv", "set", "a"], "value"],
    [["kv", "set", "a", "{", "--json"], "not JSON"],
    [["kv", "set", "a", '{"n":12345678901234567890}', "--json"], "12345678901234567890"],
    [["kv", "list", "--prefx", "a"], "--prefx"],
    [["--format", "xml", "status"], "table, json, csv"],
    [["-d", "nowhere", "status"], "nowhere"],
    [["-s", "localhost:9090", "status"], "localhost:9090"],
  ])("%j is bad usage", async (args, message) => {
    const { code, out, error } = await run(...args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(error).toContain(message);
  });

  test("says on stderr what the server said, with nothing that moves the cursor", async () => {
    const error = { code: "INVALID_KEY", message: "bad \u001b[31m", detail: "d", hint: "shorter" };
    await using fake = await FakeServer.start(() => ({
      status: 400,
      body: { success: false, error },
    }));
    expect(await run("-s", fake.url, "kv", "get", "k")).toEqual({
      code: 1,
      out: "",
      error: "aegis: INVALID_KEY: bad \\u001b[31m\n  detail: d\n  hint: shorter\n",
    });
  });

  test("shows where a statement went wrong", async () => {
    const error = { code: "COLUMN_NOT_FOUND", message: "no nme", hint: "name?", position: 8 };
    await using fake = await FakeServer.start(() => ({
      status: 400,
      body: { success: false, error },
    }));
    const { error: shown } = await run("-s", fake.url, "query", "SELECT nme FROM users");
    expect(shown.split("\n")).toEqual([
      "aegis: COLUMN_NOT_FOUND: no nme",
      "  line 1: SELECT nme FROM users",
      "                 ^",
      "  hint: name?",
      "",
    ]);
  });

  test("fails when the server is not healthy, or not there", async () => {
    const fake = await FakeServer.start(() => ({
      status: 503,
      body: { status: "unhealthy", version: "0.1.0", uptime: 1 },
    }));
    const sick = await run("-s", fake.url, "status");
    expect(sick.code).toBe(1);
    expect(sick.out).toContain("| unhealthy |");
    await fake[Symbol.asyncDispose]();
    const gone = await run("-s", fake.url, "status");
    expect(gone.code).toBe(1);
    expect(gone.error).toMatch(/CONNECTION_FAILED.*\n.*ECONNREFUSED.*\n {2}hint: /);
  });
});
