import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { brokenPromises, strikeAgainAndAgain, WriterProcess } from "./writer-process.mjs";

const START_MS = 60_000;
/** From so many rounds on every moment is sure to have been struck. */
const MANY_ROUNDS = 100;

/** An empty directory for the tests of a file, which run the built package. */
export function builtPackageDirectory(): string {
  const root = mkdtempSync(join(tmpdir(), "aegis-kill-"));
  const built = fileURLToPath(new URL("../../packages/core/dist/index.js", import.meta.url));
  beforeAll(() => {
    expect(existsSync(built), `${built} must be built: npm run build`).toBe(true);
  });
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
  });
  return root;
}

/**
 * Defines the tests that kill writers `rounds` times: in half of the rounds with small limits, so
 * that segments and manifests change while they write, over one and the same database.
 */
export function testKills(rounds: number): void {
  const root = builtPackageDirectory();
  test.each([
    ["keys and values", "writer.mjs"],
    ["tables, indexes and keys in one transaction", "bank-writer.mjs"],
  ])(
    `of %s nothing acknowledged is lost and nothing is half there after ${rounds} kills`,
    { timeout: START_MS + rounds * 5000 },
    async (_what, script) => {
      const directory = join(root, script);
      const { acknowledged, struck } = await strikeAgainAndAgain({
        rounds,
        start: (round) =>
          new WriterProcess(script, directory, { smallLimits: Math.floor(round / 4) % 2 === 1 }),
        strike: (writer) => writer.kill(),
        check: (round, found, promised) => {
          expect(brokenPromises(found, promised), `in round ${round}`).toEqual([]);
        },
      });
      expect(acknowledged).toBeGreaterThan(rounds * 5);
      if (rounds >= MANY_ROUNDS) {
        expect(Math.min(...Object.values(struck)), JSON.stringify(struck)).toBeGreaterThan(0);
      }
    },
  );
}
