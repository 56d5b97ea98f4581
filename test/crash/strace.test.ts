import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const WRITES = 20;
const program = fileURLToPath(new URL("acknowledger.mjs", import.meta.url));
const available = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

interface Call {
  readonly name: string;
  readonly text: string;
  /** The file it was made on, as strace -y shows it. */
  readonly path: string;
}

/** System calls in the order of their completion. */
function completedCalls(trace: string): Call[] {
  const begun = new Map<string, string>();
  const calls: Call[] = [];
  for (const line of trace.split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const cut = rest.indexOf(" <unfinished ...>");
    if (cut >= 0) {
      begun.set(thread, rest.slice(0, cut));
      continue;
    }
    const text = rest.replace(/^<\.\.\. \w+ resumed>/, () => begun.get(thread) ?? "");
    const name = /^\w+/.exec(text)?.[0];
    if (name === undefined || / = -1 /.test(text)) continue;
    calls.push({ name, text, path: /^\w+\(\d+<([^>]*)>/.exec(text)?.[1] ?? "" });
  }
  return calls;
}

function trace(): Call[] {
  const root = mkdtempSync(join(tmpdir(), "aegis-strace-"));
  try {
    const output = join(root, "trace");
    const calls = "trace=openat,write,pwrite64,fdatasync,fsync";
    const options = ["-f", "-y", "-s", "100000", "-e", calls, "-o", output];
    const run = [process.execPath, program, join(root, "db"), String(WRITES)];
    const { status, stderr } = spawnSync("strace", [...options, ...run], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    return completedCalls(readFileSync(output, "utf8"));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

describe.skipIf(!available)("on a real file system (needs strace, which may be missing)", () => {
  it("no write is acknowledged before the system says that it is on the disk", () => {
    const calls = trace();
    // Writes to a file that was opened for synchronous data are on the disk when they return.
    const synchronous = new Set<string>();
    for (const { name, text } of calls) {
      const [, fd, path] = / = (\d+)<([^>]*)>$/.exec(text) ?? [];
      if (name !== "openat" || fd === undefined) continue;
      if (text.includes("O_DSYNC")) synchronous.add(`${fd}<${path}>`);
      else synchronous.delete(`${fd}<${path}>`);
    }
    for (let n = 0; n < WRITES; n++) {
      const acknowledged = calls.findIndex(({ text }) => text.includes(`"acknowledged ${n}.`));
      const written = calls.findIndex(
        ({ name, path, text }) =>
          name === "pwrite64" && path.endsWith(".log") && text.includes(`payload ${n}.`),
      );
      expect(written, `write ${n} went to the log`).toBeGreaterThan(-1);
      expect(acknowledged, `write ${n} was acknowledged after`).toBeGreaterThan(written);
      const { path, text } = calls[written]!;
      const file = /^\w+\((\d+<[^>]*>)/.exec(text)![1]!;
      const between = calls.slice(written + 1, acknowledged);
      const synced = between.some((call) => call.name === "fdatasync" && call.path === path);
      expect(synchronous.has(file) || synced, `write ${n} was synced before`).toBe(true);
    }
  });
});
