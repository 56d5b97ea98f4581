// `npm test`: sets up, runs every check and every test suite, and prints the seconds of each.
// `npm run test:long` (--long) runs only the *.long.test.ts suites.
//
// The last line is `N passed, N failed` (`, N skipped`): tests and checks together. The exit code
// is zero only when nothing failed and something ran.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { runChecks } from "./lib/checks.mjs";
import { root, runBin } from "./lib/run.mjs";
import { setup } from "./setup.mjs";

/**
 * @typedef {{ name: string, passed: number, failed: number, skipped: number, seconds: number }} Row
 * @typedef {import("./lib/vitest-reporter.mjs").TestResults} TestResults
 */

const long = process.argv.includes("--long");
const resultsFile = join(root, "node_modules/.cache/aegisdb/test-results.json");

/**
 * The suite that a test file belongs to: package and folder, or the folder in test/.
 * @param {string} file relative to the root
 */
function suiteOf(file) {
  const inPackage = /^packages\/([^/]+)\/src\/(?:([^/]+)\/)?/.exec(file);
  if (inPackage !== null) return inPackage.slice(1, 3).filter(Boolean).join("/");
  return dirname(file);
}

/** Runs Vitest over everything, and sums its results up by suite. */
async function runSuites() {
  mkdirSync(dirname(resultsFile), { recursive: true });
  rmSync(resultsFile, { force: true });
  const outcome = await runBin(
    "vitest",
    ["run", "--reporter=default", "--reporter=./scripts/lib/vitest-reporter.mjs"],
    {
      inherit: true,
      env: { AEGIS_TEST_RESULTS: resultsFile, ...(long ? { AEGIS_LONG: "1" } : {}) },
    },
  );
  /** @type {TestResults} */
  const results = existsSync(resultsFile)
    ? JSON.parse(readFileSync(resultsFile, "utf8"))
    : { files: [], unhandledErrors: 0 };
  /** @type {Map<string, Row>} */
  const suites = new Map();
  for (const file of results.files) {
    const name = suiteOf(file.file);
    const row = suites.get(name) ?? { name, passed: 0, failed: 0, skipped: 0, seconds: 0 };
    suites.set(name, {
      name,
      passed: row.passed + file.passed,
      failed: row.failed + file.failed,
      skipped: row.skipped + file.skipped,
      seconds: row.seconds + file.seconds,
    });
  }
  const rows = [...suites.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  // Vitest also fails on errors outside of any test, and when it finds no test at all.
  if (!outcome.ok && failed === 0) {
    const errors = Math.max(1, results.unhandledErrors);
    rows.push({ name: "outside of tests", passed: 0, failed: errors, skipped: 0, seconds: 0 });
  }
  return { rows, seconds: outcome.seconds };
}

/** @param {readonly Row[]} rows */
function printTable(rows) {
  const width = Math.max(...rows.map((row) => row.name.length), 5);
  console.log(`\n${"suite".padEnd(width)}   passed  failed  skipped  seconds`);
  for (const row of rows) {
    const counts = [
      String(row.passed).padStart(6),
      String(row.failed).padStart(6),
      String(row.skipped).padStart(7),
      row.seconds.toFixed(1).padStart(7),
    ];
    console.log(`${row.name.padEnd(width)}   ${counts.join("  ")}`);
  }
}

/** Sets up, and gives the row that says how that went. */
async function setupRow() {
  const started = performance.now();
  let failed = 0;
  try {
    await setup();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    failed = 1;
  }
  const seconds = (performance.now() - started) / 1000;
  return { name: "set-up and build", passed: 1 - failed, failed, skipped: 0, seconds };
}

/** @type {Row[]} */
const rows = [await setupRow()];
if (rows[0]?.failed === 0) {
  if (!long) {
    for (const { name, ok, seconds } of await runChecks()) {
      rows.push({ name, passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, seconds });
    }
  }
  const suites = await runSuites();
  rows.push(...suites.rows);
  printTable(rows);
  console.log(`\nAll suites took ${suites.seconds.toFixed(1)} s; a suite's own seconds overlap.`);
}

/** @param {"passed" | "failed" | "skipped"} key */
const total = (key) => rows.reduce((sum, row) => sum + row[key], 0);
const skipped = total("skipped") > 0 ? `, ${total("skipped")} skipped` : "";
console.log(`\n${total("passed")} passed, ${total("failed")} failed${skipped}`);
if (total("failed") > 0) process.exitCode = 1;
