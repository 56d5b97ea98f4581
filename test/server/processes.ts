import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** Variables of whoever runs the tests must not reach the server. */
function cleanEnvironment(more: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith("AEGIS_"));
  return { ...Object.fromEntries(kept), ...more };
}

/** A program of ours, built, in a process of its own. */
export class Program {
  out = "";
  error = "";
  readonly ended: Promise<Ended>;
  readonly child: ChildProcess;

  constructor(command: string, args: readonly string[], environment: Record<string, string> = {}) {
    this.child = spawn(command, args, {
      cwd: root,
      env: cleanEnvironment(environment),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.out += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.error += text));
    this.ended = new Promise((resolve) => {
      this.child.on("close", (code) => {
        resolve({ code, out: this.out, error: this.error });
      });
    });
  }

  /** What the program has printed to stdout once it matches; throws if it ends before. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    let ended: Ended | undefined;
    void this.ended.then((end) => (ended = end));
    for (;;) {
      const match = pattern.exec(this.out);
      if (match !== null) return match;
      if (ended !== undefined) throw new Error(`it ended with ${ended.code}: ${ended.error}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

export function runServer(args: readonly string[], environment?: Record<string, string>): Program {
  const file = join(root, "packages/server/bin/aegis-server.js");
  return new Program(process.execPath, [file, ...args], environment);
}

export function runClient(...args: string[]): Promise<Ended> {
  const file = join(root, "packages/client/bin/aegis-client.js");
  return new Program(process.execPath, [file, ...args]).ended;
}

/** A server process on a free port, over a directory that goes with it. */
export class ServerProcess implements AsyncDisposable {
  private constructor(
    readonly program: Program,
    readonly url: string,
    readonly directory: string,
  ) {}

  static async start(directory?: string): Promise<ServerProcess> {
    const data = directory ?? mkdtempSync(join(tmpdir(), "aegis-process-"));
    const program = runServer(["--port", "0", "--data-dir", data]);
    const [, url] = await program.until(/ready at (http:\/\/\S+),/);
    return new ServerProcess(program, url!, data);
  }

  get port(): string {
    return new URL(this.url).port;
  }

  /** Sets a key; resolves with the status, or undefined if the server died meanwhile. */
  async set(key: string, value: unknown): Promise<number | undefined> {
    try {
      const response = await fetch(`${this.url}/api/v1/kv/keys`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ key, value }),
      });
      return response.status;
    } catch {
      return undefined;
    }
  }

  /** The value of a key; undefined if there is none. */
  async get(key: string): Promise<unknown> {
    const response = await fetch(`${this.url}/api/v1/kv/keys/${encodeURIComponent(key)}`);
    const { data } = (await response.json()) as { data?: { value: unknown } };
    return data?.value;
  }

  kill(signal: NodeJS.Signals): Promise<Ended> {
    this.program.child.kill(signal);
    return this.program.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill("SIGKILL");
    rmSync(this.directory, { recursive: true, force: true });
  }
}
