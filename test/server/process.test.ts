import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Program, runServer, ServerProcess } from "./processes.js";

describe("a server process", () => {
  test("says where it is, warns that it has no login, and ends cleanly on a signal", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      await using server = await ServerProcess.start();
      expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*$/);
      expect(server.program.error).toContain("no login");
      expect(await server.set("kept", signal)).toBe(200);
      const { code, out } = await server.kill(signal);
      expect(code).toBe(0);
      expect(out.trimEnd().split("\n")).toHaveLength(1);
      await using again = await ServerProcess.start(server.directory);
      expect(await again.get("kept")).toBe(signal);
    }
  });

  test("takes the echo of a signal for what it is", async () => {
    await using server = await ServerProcess.start();
    server.program.child.kill("SIGINT");
    server.program.child.kill("SIGINT");
    expect((await server.program.ended).code).toBe(0);
  });

  test("ends at once at a second signal, although a request is still coming in", async () => {
    await using server = await ServerProcess.start();
    const pending = fetch(`${server.url}/api/v1/kv/keys`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from("{")) }),
      duplex: "half",
    }).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.program.child.kill("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await server.kill("SIGTERM")).code).toBe(128 + 15);
    expect(await pending).toBeInstanceOf(Error);
  });

  test("that is killed has everything it acknowledged when it starts again", async () => {
    await using server = await ServerProcess.start();
    const acknowledged: number[] = [];
    let next = 0;
    const writer = async (): Promise<void> => {
      for (;;) {
        const i = next++;
        const status = await server.set(`key/${i}`, { i });
        if (status !== 200) return;
        acknowledged.push(i);
      }
    };
    const writers = Array.from({ length: 8 }, writer);
    while (acknowledged.length < 300) await new Promise((resolve) => setTimeout(resolve, 5));
    await server.kill("SIGKILL");
    await Promise.all(writers);

    await using again = await ServerProcess.start(server.directory);
    for (const i of acknowledged) expect(await again.get(`key/${i}`)).toEqual({ i });
  });

  test("refuses a directory that another one holds, and names that one", async () => {
    await using server = await ServerProcess.start();
    const second = runServer(["--port", "0", "--data-dir", server.directory]);
    const { code, out, error } = await second.ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(error).toContain(`DATABASE_LOCKED`);
    expect(error).toContain(String(server.program.child.pid));
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });

  test("refuses a port that is taken, and gives its directory back", async () => {
    await using server = await ServerProcess.start();
    const directory = mkdtempSync(join(tmpdir(), "aegis-process-"));
    const second = runServer(["--port", server.port, "--data-dir", directory]);
    const { code, error } = await second.ended;
    expect(code).toBe(1);
    expect(error).toContain(`127.0.0.1:${server.port} is in use`);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
    await using again = await ServerProcess.start(directory);
    expect(again.directory).toBe(directory);
  });

  test.each([
    [["--port", "http"], {}, 2, "--port"],
    [["--colour"], {}, 2, "--colour"],
    [["--host", "0.0.0.0"], {}, 2, "no login"],
    [[], { AEGIS_SERVER_HOST: "0.0.0.0" }, 2, "AEGIS_SERVER_HOST"],
  ])("does not start with %j and %j", async (args, environment, expected, message) => {
    const { code, out, error } = await runServer(args, environment).ended;
    expect({ code, out }).toEqual({ code: expected, out: "" });
    expect(error).toContain(message);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });

  test("says in one line why a directory cannot be used", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aegis-process-"));
    const file = join(folder, "file");
    writeFileSync(file, "");
    const { code, error } = await runServer(["--port", "0", "--data-dir", file]).ended;
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(error).toContain(file);
    expect(error.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("the guide's lines", () => {
  test("work as they are written, with curl", async () => {
    await using server = await ServerProcess.start();
    const curl = async (line: string): Promise<unknown> => {
      const command = line.replace("localhost:9090", `localhost:${server.port}`);
      const { code, out } = await new Program("sh", ["-c", command.replace("curl", "curl -sS")])
        .ended;
      expect(code).toBe(0);
      return JSON.parse(out);
    };
    expect(
      await curl(`curl -X POST http://localhost:9090/api/v1/kv/keys \\
  -H "Content-Type: application/json" \\
  -d '{"key": "greeting", "value": "Hello, AegisDB!"}'`),
    ).toEqual({ success: true, data: { key: "greeting" } });
    expect(await curl("curl http://localhost:9090/api/v1/kv/keys/greeting")).toMatchObject({
      success: true,
      data: { key: "greeting", value: "Hello, AegisDB!" },
    });
    expect(await curl("curl http://localhost:9090/health")).toMatchObject({ status: "healthy" });
  });
});
