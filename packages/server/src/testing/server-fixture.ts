import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer, type RunningServer, type StartOptions } from "../server.js";

/** A reply with its JSON body. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly success?: boolean;
    readonly data?: Record<string, unknown>;
    readonly error?: Record<string, unknown>;
  };
}

/** A server in this process, on a free port, over a directory of its own. */
export class ServerFixture implements AsyncDisposable {
  readonly reported: unknown[] = [];

  private constructor(
    readonly server: RunningServer,
    readonly directory: string,
    reported: unknown[],
  ) {
    this.reported = reported;
  }

  static async start(options: Partial<StartOptions> = {}): Promise<ServerFixture> {
    const dataDirectory = mkdtempSync(join(tmpdir(), "aegis-server-"));
    const reported: unknown[] = [];
    const report = (error: unknown): void => void reported.push(error);
    const defaults = { host: "127.0.0.1", port: 0, dataDirectory, report };
    return new ServerFixture(
      await startServer({ ...defaults, ...options }),
      dataDirectory,
      reported,
    );
  }

  async ask(path: string, init: RequestInit = {}): Promise<Reply> {
    const response = await fetch(`${this.server.url}${path}`, init);
    const body = (await response.json()) as Reply["body"];
    return { status: response.status, headers: response.headers, body };
  }

  /** POSTs a body; a string goes as it is. */
  post(path: string, body: unknown): Promise<Reply> {
    return this.ask(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  }

  async set(key: string, value: unknown): Promise<void> {
    const { status } = await this.post("/api/v1/kv/keys", { key, value });
    if (status !== 200) throw new Error(`setting ${key} gave ${status}`);
  }

  /** A GET with headers that `fetch` would not let pass. */
  raw(path: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(`${this.server.url}${path}`, { headers }, (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
