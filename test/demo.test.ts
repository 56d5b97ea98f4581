import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const demo = fileURLToPath(new URL("../examples/demo/demo.mjs", import.meta.url));

test("the demo loads real data and finds it again", { timeout: 120_000 }, async () => {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [demo]);
  expect(stderr).toBe("");
  expect(stdout).toContain("231083 rows, durable");
  expect(stdout).toMatch(/Chicago +437999/);
  expect(stdout).toContain("refused: AegisError: insert or update on table");
  expect(stdout).toContain("latest news is: Allentown flies to Honolulu");
  expect(stdout).toContain("db.check() finds 0 problems");
});
