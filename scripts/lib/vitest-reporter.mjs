// A Vitest reporter that writes what `npm test` sums up: for each test file its counts and its
// seconds, import and set-up included, which Vitest's own JSON leaves out.

import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./run.mjs";

/**
 * @import { Reporter, TestModule } from "vitest/node"
 * @typedef {{ file: string, passed: number, failed: number, skipped: number, seconds: number }}
 *   FileResult
 * @typedef {{ files: FileResult[], unhandledErrors: number }} TestResults
 */

/**
 * @param {TestModule} module
 * @returns {FileResult}
 */
function fileResult(module) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    // A test that never ran, because the run was cut short, is no success.
    counts[state === "pending" ? "failed" : state] += 1;
  }
  // A file that could not be imported, or whose hook failed, has no failed test of its own.
  if (!module.ok() && counts.failed === 0) counts.failed = 1;
  const spent = module.diagnostic();
  const milliseconds =
    spent.environmentSetupDuration +
    spent.prepareDuration +
    spent.collectDuration +
    spent.setupDuration +
    spent.duration;
  return { file: relative(root, module.moduleId), ...counts, seconds: milliseconds / 1000 };
}

/** @implements {Reporter} */
export default class ResultsReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const target = process.env["AEGIS_TEST_RESULTS"];
    if (target === undefined) return;
    /** @type {TestResults} */
    const results = {
      files: modules.map(fileResult),
      unhandledErrors: unhandledErrors.length,
    };
    writeFileSync(target, JSON.stringify(results));
  }
}
