// The thread of flushes and compactions, which only built code has: real files, real processes.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

interface Findings {
  readonly threads: boolean[];
  readonly errors: (string | null)[];
  readonly flushes: number;
  readonly compactions: number;
  readonly stalls: { readonly delayed: number; readonly stopped: number };
  readonly problems: unknown[];
  readonly wrong: number[];
  readonly named: unknown[];
}

/** The process ends by itself, although the database had a thread. */
function load(directory: string, mode: "awaited" | "loop"): Promise<Findings> {
  const child = spawn(process.execPath, [here("load.mjs"), directory, mode], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  let errors = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (errors += data.toString()));
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0 && errors === "") resolve(JSON.parse(output) as Findings);
      else reject(new Error(`status ${String(code)}: ${errors}`));
    });
  });
}

describe.skipIf(!existsSync(here("../../packages/core/dist/jobs/thread.js")))(
  "flushes and compactions in a thread",
  () => {
    let parent = "";

    beforeEach(() => {
      parent = mkdtempSync(join(tmpdir(), "aegis-threads-"));
    });
    afterEach(() => {
      rmSync(parent, { recursive: true });
    });

    it.each(["awaited", "loop"] as const)(
      "keep what writers who outrun them have written (%s)",
      async (mode) => {
        const directory = join(parent, "db");
        const found = await load(directory, mode);
        expect(found).toMatchObject({
          threads: [true, true, true],
          errors: [null, null, null],
          problems: [],
          wrong: [0, 0, 0],
          named: [{ n: 60 }],
        });
        expect(found.flushes).toBeGreaterThan(3);
        expect(found.compactions).toBeGreaterThan(1);
        // A loop that never lets go can only be stopped.
        if (mode === "loop") expect(found.stalls.stopped).toBeGreaterThan(0);
        expect(readdirSync(directory)).not.toContain("LOCK");
      },
      60_000,
    );
  },
);
