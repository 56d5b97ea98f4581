import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { killAgainAndAgain, WriterProcess } from "./writer-process.js";

const KILLS = Number(process.env["AEGIS_KILLS"] ?? 10);
const START_MS = 60_000;
const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const root = mkdtempSync(join(tmpdir(), "aegis-kill-"));

beforeAll(() => {
  const built = here("../../packages/core/dist/index.js");
  expect(existsSync(built), `${built} must be built: npm run build`).toBe(true);
});

afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Nothing acknowledged is lost, and nothing is there that was never written. */
function checkFound(
  kill: number,
  counts: number[],
  problems: string[],
  promised: readonly number[],
): void {
  expect(problems, `after kill ${kill}`).toEqual([]);
  counts.forEach((count, w) => {
    const least = promised[w]!;
    expect(count, `writer ${w} after kill ${kill}`).toBeGreaterThanOrEqual(least);
    // The last one before the kill may have got to the disk unacknowledged; none after it.
    expect(count, `writer ${w} after kill ${kill}`).toBeLessThanOrEqual(least + 1);
  });
}

test.each([
  ["keys and values", "writer.mjs"],
  ["tables, indexes and keys in one transaction", "bank-writer.mjs"],
])(
  `of %s nothing acknowledged is lost and nothing is half there after ${KILLS} kills`,
  { timeout: START_MS + KILLS * 5000 },
  async (_what, script) => {
    const directory = join(root, script);
    const total = await killAgainAndAgain(script, directory, KILLS, checkFound);
    expect(total).toBeGreaterThan(KILLS * 10);
  },
);

test(
  "a second process is refused while the first lives, and takes over when it is dead",
  async () => {
    const directory = join(root, "locked");
    const first = new WriterProcess("writer.mjs", directory);
    await first.found;
    const second = new WriterProcess("writer.mjs", directory);
    await expect(second.found).rejects.toThrow(
      new RegExp(`DATABASE_LOCKED|in use by process ${first.child.pid}`),
    );
    expect(second.errors).toContain(String(first.child.pid));
    await first.kill();
    const third = new WriterProcess("writer.mjs", directory);
    const { counts, problems } = await third.found;
    expect(problems).toEqual([]);
    counts.forEach((count, w) => expect(count).toBeGreaterThanOrEqual(first.acknowledged[w]!));
    await third.kill();
  },
  START_MS,
);
