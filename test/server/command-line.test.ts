import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runClient, ServerProcess, type Ended } from "./processes.js";

let server: ServerProcess;
beforeAll(async () => {
  server = await ServerProcess.start();
});
afterAll(() => server[Symbol.asyncDispose]());

const run = (...args: string[]): Promise<Ended> =>
  runClient("-d", `localhost:${server.port}`, ...args);

describe("aegis-client, against a server", () => {
  test("sets, gets and deletes a key", async () => {
    expect(await run("kv", "set", "mykey", "myvalue")).toEqual({ code: 0, out: "OK\n", error: "" });
    expect(await run("kv", "get", "mykey")).toEqual({ code: 0, out: "myvalue\n", error: "" });
    expect(await run("kv", "delete", "mykey")).toMatchObject({ code: 0, out: "OK\n" });
    expect(await run("kv", "get", "mykey")).toEqual({
      code: 1,
      out: "",
      error: 'aegis-client: NOT_FOUND: there is no key "mykey"\n',
    });
    expect((await run("kv", "delete", "mykey")).out).toBe("there was no such key\n");
  });

  test("keeps JSON as JSON, and expires what has a time to live", async () => {
    await run("kv", "set", "cfg/1", '{"retries":[1,2]}', "--json");
    expect((await run("kv", "get", "cfg/1")).out).toBe('{"retries":[1,2]}\n');
    await run("kv", "set", "brief", "x", "--ttl", "1ms");
    expect((await run("kv", "get", "brief")).code).toBe(1);
    const bad = await run("kv", "set", "brief", "x", "--ttl", "soon");
    expect(bad.code).toBe(1);
    expect(bad.error).toContain("INVALID_OPTION");
  });

  test("lists with a prefix, in every format", async () => {
    await run("kv", "set", "user:1", "Alice");
    await run("kv", "set", "user:2", 'Bob, "B"');
    const list = (format: string): Promise<Ended> =>
      run("kv", "list", "--prefix", "user:", "--format", format);
    expect((await list("table")).out).toBe(
      `+--------+----------+
| key    | value    |
+========+==========+
| user:1 | Alice    |
| user:2 | Bob, "B" |
+--------+----------+

2 key(s)
`,
    );
    expect(JSON.parse((await list("json")).out)).toMatchObject([
      { key: "user:1", value: "Alice" },
      { key: "user:2", value: 'Bob, "B"' },
    ]);
    const csv = (await list("csv")).out.split("\n");
    expect(csv[0]).toBe("key,value,version,created_at,updated_at,expires_at");
    expect(csv[2]).toMatch(/^user:2,"Bob, ""B""",\d+,/);
  });

  test("tells the server's health, by URL too", async () => {
    const { code, out } = await runClient("-s", server.url, "status");
    expect(code).toBe(0);
    expect(out).toMatch(/\| healthy \| 0\.1\.0 /);
    const named = await runClient(
      "-d",
      `aegis://localhost:${server.port}/mydb`,
      "status",
      "-f",
      "csv",
    );
    expect(named.out.split("\n")[0]).toBe("server,status,version,uptime");
  });

  test("says what is wrong on stderr only, with the exit code", async () => {
    expect(await run("kv", "frob")).toMatchObject({ code: 2, out: "" });
    const bad = await run("kv", "set", "k".repeat(1025), "v");
    expect(bad).toMatchObject({ code: 1, out: "" });
    expect(bad.error).toContain("INVALID_KEY");
    expect(bad.error).toContain("hint:");
  });
});
