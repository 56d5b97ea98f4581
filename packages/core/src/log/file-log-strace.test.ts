import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const RECORDS = 5;
const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** A program that says `acknowledged N` on its standard output when record N is durable. */
const PROGRAM = `
  import { writeSync } from "node:fs";
  import { systemClock } from "../base/clock.js";
  import { NodeFs } from "../vfs/node-fs.js";
  import { FileLog } from "./file-log.js";

  const [directory, syncMethod, length] = process.argv.slice(2);
  const log = FileLog.open({ vfs: new NodeFs(), directory, clock: systemClock, syncMethod });
  for (let i = 0; i < ${RECORDS}; i++) {
    const record = Buffer.alloc(Number(length), "-");
    record.write("record " + i);
    await log.append(record, log.end, () => undefined);
    writeSync(1, "acknowledged " + i + "\\n");
  }
`;

interface Call {
  readonly name: string;
  /** File descriptor it was made on. */
  readonly fd: number;
  readonly text: string;
}

/** The system calls in the order in which they were completed. */
function completedCalls(trace: string): Call[] {
  const begun = new Map<string, string>();
  const calls: Call[] = [];
  for (const line of trace.split("\n")) {
    const [, thread = "", rest = ""] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const unfinished = rest.indexOf(" <unfinished ...>");
    if (unfinished >= 0) {
      begun.set(thread, rest.slice(0, unfinished));
      continue;
    }
    const text = rest.replace(/^<\.\.\. \w+ resumed>/, () => begun.get(thread) ?? "");
    const [, name, args = ""] = /^(\w+)\((.*)$/.exec(text) ?? [];
    if (name === undefined || / = -1 /.test(text)) continue;
    const result = Number(/ = (\d+)$/.exec(text)?.[1]);
    calls.push({ name, fd: name === "openat" ? result : Number.parseInt(args, 10), text });
  }
  return calls;
}

/** Checks that record `i` was durable before its acknowledgement was written. */
function expectDurableFirst(calls: readonly Call[], i: number): void {
  const acknowledged = calls.findIndex(({ text }) => text.includes(`acknowledged ${i}`));
  const written = calls.findIndex(
    ({ name, text }) => name === "pwrite64" && text.includes(`record ${i}-`),
  );
  expect(written).toBeGreaterThan(-1);
  expect(acknowledged).toBeGreaterThan(written);
  const { fd } = calls[written]!;
  const opened = calls.slice(0, written).findLast((c) => c.name === "openat" && c.fd === fd);
  expect(opened?.text).toContain(".log");
  if (opened!.text.includes("O_DSYNC")) return;
  const between = calls.slice(written + 1, acknowledged);
  expect(between.some((call) => call.name === "fdatasync" && call.fd === fd)).toBe(true);
}

const strace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;

describe.skipIf(!strace)("on a real file system (needs strace, which may be missing)", () => {
  const root = mkdtempSync(`${tmpdir()}/aegis-strace-`);
  const program = `${root}/program.mjs`;
  beforeAll(() => {
    buildSync({
      stdin: { contents: PROGRAM, resolveDir: here("."), loader: "ts" },
      bundle: true,
      platform: "node",
      format: "esm",
      outfile: program,
      alias: { "@aegisdb/sql/contract": here("../../../sql/src/contract/index.ts") },
    });
  });
  afterAll(() => {
    rmSync(root, { recursive: true });
  });

  it.each([
    ["write-through", 150],
    ["fdatasync", 150],
    ["write-through", 50_000],
    ["fdatasync", 50_000],
  ])("is durable by %s before the acknowledgement (%i bytes)", (method, length) => {
    const trace = `${root}/${method}-${length}.trace`;
    const calls = "trace=openat,pwrite64,write,fdatasync";
    const child = spawnSync(
      "strace",
      ["-f", "-s", "64", "-e", calls, "-o", trace, process.execPath, program].concat(
        `${root}/${method}-${length}`,
        method,
        String(length),
      ),
      { encoding: "utf8" },
    );
    expect(child.stderr).toBe("");
    expect(child.status).toBe(0);
    const completed = completedCalls(readFileSync(trace, "utf8"));
    for (let i = 0; i < RECORDS; i++) expectDurableFirst(completed, i);
    const through = completed.some(({ text }) => text.includes("O_DSYNC"));
    expect(through).toBe(method === "write-through");
  });
});
