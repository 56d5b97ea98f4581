// The checks that run beside the test suites. They do not depend on each other, so they run as
// many at a time as there are cores; the slowest come first.

import { availableParallelism } from "node:os";
import { run, runBin } from "./run.mjs";

/**
 * @typedef {import("./run.mjs").Outcome} Outcome
 * @typedef {{ name: string, start: () => Promise<Outcome> }} Check
 * @typedef {{ name: string, ok: boolean, seconds: number }} CheckResult
 */

/** @type {readonly Check[]} */
const CHECKS = [
  { name: "lint (eslint)", start: () => runBin("eslint", [".", "--max-warnings=0"]) },
  { name: "types of tests (tsc)", start: () => runBin("tsc", ["-b", "tsconfig.test.json"]) },
  { name: "public API (api-extractor)", start: () => run("node", ["scripts/api.mjs"]) },
  { name: "packages (publint, attw)", start: () => run("node", ["scripts/check-packages.mjs"]) },
  { name: "dead code (knip)", start: () => runBin("knip", ["--no-config-hints", "--no-progress"]) },
  { name: "format (prettier)", start: () => runBin("prettier", ["--check", "."]) },
];

/**
 * Runs every check; prints a line for each, and all that a failed one said.
 * @returns {Promise<CheckResult[]>}
 */
export async function runChecks() {
  const waiting = [...CHECKS];
  /** @type {CheckResult[]} */
  const results = [];
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const { ok, seconds, output } = await check.start();
      results.push({ name: check.name, ok, seconds });
      console.log(`${ok ? "ok    " : "FAILED"} ${check.name} (${seconds.toFixed(1)} s)`);
      if (!ok) console.log(output.trimEnd());
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return results;
}
