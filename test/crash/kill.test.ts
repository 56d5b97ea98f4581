import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";

const KILLS = Number(process.env["AEGIS_KILLS"] ?? 20);
const WRITERS = 4;
const START_MS = 60_000;
/** A writer lives between these after it has begun to write. */
const SHORTEST_MS = 20;
const LONGEST_MS = 320;

type Message =
  | { readonly kind: "found"; readonly counts: number[]; readonly problems: string[] }
  | { readonly kind: "acknowledged"; readonly writer: number; readonly n: number };

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const root = mkdtempSync(join(tmpdir(), "aegis-kill-"));

beforeAll(() => {
  const built = here("../../packages/core/dist/index.js");
  expect(existsSync(built), `${built} must be built: npm run build`).toBe(true);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A process that writes to the database, and everything it has said. */
class Writer {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly acknowledged: number[] = Array.from({ length: WRITERS }, () => 0);
  readonly found: Promise<Message & { kind: "found" }>;
  errors = "";

  constructor(directory: string) {
    const script = here("writer.mjs");
    this.child = spawn(process.execPath, [script, directory, String(WRITERS)], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stderr!.on("data", (data: Buffer) => {
      this.errors += data.toString();
    });
    const lines = createInterface({ input: this.child.stdout! });
    this.ended = new Promise((resolve) => {
      lines.on("close", resolve);
    });
    this.found = new Promise((resolve, reject) => {
      lines.on("line", (line) => {
        const message = JSON.parse(line) as Message;
        if (message.kind === "found") resolve(message);
        else this.acknowledged[message.writer] = message.n;
      });
      lines.on("close", () => {
        reject(new Error(`the writer ended: ${this.errors}`));
      });
    });
    this.found.catch(() => undefined);
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.ended;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

test(
  `nothing acknowledged is lost and nothing is half there after ${KILLS} kills`,
  { timeout: START_MS + KILLS * 5000 },
  async () => {
    const directory = join(root, "killed");
    let promised: readonly number[] = Array.from({ length: WRITERS }, () => 0);
    let total = 0;
    for (let kill = 0; kill <= KILLS; kill++) {
      const writer = new Writer(directory);
      const { counts, problems } = await writer.found;
      expect(problems, `after kill ${kill}`).toEqual([]);
      counts.forEach((count, w) => {
        const least = promised[w]!;
        expect(count, `writer ${w} after kill ${kill}`).toBeGreaterThanOrEqual(least);
        // The last one before the kill may have got to the disk unacknowledged; none after it.
        expect(count, `writer ${w} after kill ${kill}`).toBeLessThanOrEqual(least + 1);
      });
      // Spread over the life of a process, from its first write to flushes and compactions.
      await pause(SHORTEST_MS + ((kill * 97) % (LONGEST_MS - SHORTEST_MS)));
      await writer.kill();
      promised = counts.map((count, w) => Math.max(count, writer.acknowledged[w]!));
      total += promised.reduce((sum, n, w) => sum + n - counts[w]!, 0);
    }
    expect(total).toBeGreaterThan(KILLS * 10);
  },
);

test(
  "a second process is refused while the first lives, and takes over when it is dead",
  async () => {
    const directory = join(root, "locked");
    const first = new Writer(directory);
    await first.found;
    const second = new Writer(directory);
    await expect(second.found).rejects.toThrow(
      new RegExp(`DATABASE_LOCKED|in use by process ${first.child.pid}`),
    );
    expect(second.errors).toContain(String(first.child.pid));
    await first.kill();
    const third = new Writer(directory);
    const { counts, problems } = await third.found;
    expect(problems).toEqual([]);
    counts.forEach((count, w) => expect(count).toBeGreaterThanOrEqual(first.acknowledged[w]!));
    await third.kill();
  },
  START_MS,
);
