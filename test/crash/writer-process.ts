import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** Writers inside of a process. */
const WRITERS = 4;

type Message =
  | { readonly kind: "found"; readonly counts: number[]; readonly problems: string[] }
  | { readonly kind: "acknowledged"; readonly writer: number; readonly n: number };

/** A writer lives between these after it has begun to write. */
const SHORTEST_MS = 20;
const LONGEST_MS = 320;

/** A process that writes to the database, and everything it has said. */
export class WriterProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly acknowledged: number[] = Array.from({ length: WRITERS }, () => 0);
  readonly found: Promise<Message & { kind: "found" }>;
  errors = "";

  /** `script` is a file beside this one that takes a directory and a number of writers. */
  constructor(script: string, directory: string) {
    const path = fileURLToPath(new URL(script, import.meta.url));
    this.child = spawn(process.execPath, [path, directory, String(WRITERS)], {
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

/**
 * Kills one process after the other over one directory, spread over their lives from the first
 * write to flushes and compactions, and gives each new one's findings to `check`, together with
 * what the one before had acknowledged. Resolves with how many writes were acknowledged in all.
 */
export async function killAgainAndAgain(
  script: string,
  directory: string,
  kills: number,
  check: (kill: number, counts: number[], problems: string[], promised: readonly number[]) => void,
): Promise<number> {
  let promised: readonly number[] = Array.from({ length: WRITERS }, () => 0);
  let total = 0;
  for (let kill = 0; kill <= kills; kill++) {
    const writer = new WriterProcess(script, directory);
    const { counts, problems } = await writer.found;
    check(kill, counts, problems, promised);
    await pause(SHORTEST_MS + ((kill * 97) % (LONGEST_MS - SHORTEST_MS)));
    await writer.kill();
    promised = counts.map((count, w) => Math.max(count, writer.acknowledged[w]!));
    total += promised.reduce((sum, n, w) => sum + n - counts[w]!, 0);
  }
  return total;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
