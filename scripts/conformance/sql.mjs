// Shares the files of the SQL suites out over workers and prints what came of them. A file is a
// database of its own; a worker that hangs on one is ended, and the file's other cases have failed.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";

/**
 * @typedef {object} Case
 * @property {string} file
 * @property {number} line
 * @property {"rows" | "ok" | "error"} expect
 * @property {string} sql
 * @property {boolean} [multi]
 * @property {unknown} [rows]
 * @property {readonly string[]} [types]
 * @property {readonly string[]} tags
 * @property {string} [sqlstate]
 *
 * @typedef {{ ok: boolean, message?: string, got?: unknown }} Outcome
 * @typedef {{ suite: string, file: string, cases: Case[], outcomes: Outcome[] }} FileRun
 * @typedef {{ suite: string, file: string, line: number, expect: string, sql: string,
 *   message: string, core: boolean, got?: unknown, case: Case }} Failure
 */

const FILE_SECONDS = 60;

/** Types whose values the score looks at. */
const CORE_TYPES = new Set(
  (
    "bool int2 int4 int8 float4 float8 numeric text varchar bpchar date time timestamp " +
    "timestamptz interval json jsonb uuid"
  ).split(" "),
);

/** @param {Case} item */
function isCore(item) {
  return (
    item.expect === "rows" &&
    item.multi !== true &&
    item.tags.every((tag) => !tag.startsWith("x_")) &&
    (item.types ?? []).every((type) => CORE_TYPES.has(type))
  );
}

/**
 * @param {string} folder
 * @param {readonly string[]} suites
 * @param {string | undefined} filter
 * @returns {FileRun[]}
 */
function readFiles(folder, suites, filter) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  const wanted = names.filter((name) => suites.length === 0 || suites.includes(name.replace(".jsonl", "")));
  if (wanted.length === 0) throw new Error(`suites here: ${names.join(", ")}`);
  return wanted.flatMap((name) => {
    /** @type {Map<string, Case[]>} */
    const files = new Map();
    for (const line of readFileSync(join(folder, name), "utf8").trim().split("\n")) {
      /** @type {Case} */
      const item = JSON.parse(line);
      const cases = files.get(item.file);
      if (cases === undefined) files.set(item.file, [item]);
      else cases.push(item);
    }
    return [...files]
      .filter(([file]) => filter === undefined || file.includes(filter))
      .map(([file, cases]) => ({ suite: name.replace(".jsonl", ""), file, cases, outcomes: [] }));
  });
}

/**
 * @param {string} worker
 * @param {FileRun[]} waiting files, taken from the end
 */
async function work(worker, waiting) {
  for (let file = waiting.pop(); file !== undefined; ) {
    const thread = new Worker(worker);
    for (; file !== undefined; file = waiting.pop()) {
      const current = file;
      /** @type {string | undefined} */
      const whole = await new Promise((settle) => {
        const timer = setTimeout(() => settle(`no end after ${FILE_SECONDS} s`), FILE_SECONDS * 1000);
        thread.removeAllListeners();
        thread.on("error", (error) => settle(`the worker ended: ${error.message}`));
        thread.on("message", (/** @type {{ done?: true, outcome: Outcome }} */ message) => {
          if (message.done !== true) return void current.outcomes.push(message.outcome);
          clearTimeout(timer);
          settle(undefined);
        });
        thread.postMessage(current.cases);
      });
      if (whole === undefined) continue;
      while (current.outcomes.length < current.cases.length) {
        current.outcomes.push({ ok: false, message: whole });
      }
      break;
    }
    await thread.terminate();
    if (file !== undefined) file = waiting.pop();
  }
}

/** @param {FileRun[]} files */
function printSuites(files) {
  for (const suite of new Set(files.map((file) => file.suite))) {
    const runs = files.filter((file) => file.suite === suite);
    const shares = runs.flatMap((run) => {
      const core = run.outcomes.filter((_, i) => isCore(/** @type {Case} */ (run.cases[i])));
      return core.length === 0 ? [] : [core.filter(({ ok }) => ok).length / core.length];
    });
    const score = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    const all = runs.flatMap((run) =>
      run.outcomes.map(({ ok }, i) => ({ ok, item: /** @type {Case} */ (run.cases[i]) })),
    );
    /** @param {(item: Case) => boolean} which */
    const share = (which) => {
      const some = all.filter(({ item }) => which(item));
      return `${some.filter(({ ok }) => ok).length} of ${some.length}`;
    };
    console.log(
      `${suite}: core ${(score * 100).toFixed(1)} % (mean over ${shares.length} files; ${share(isCore)} cases); ` +
        `rows ${share((c) => c.expect === "rows")}, statements ${share((c) => c.expect === "ok")}, ` +
        `errors ${share((c) => c.expect === "error")}`,
    );
  }
}

/** @param {FileRun[]} files */
function printTags(files) {
  /** @type {Map<string, { passed: number, failed: number }>} */
  const tags = new Map();
  for (const { cases, outcomes } of files) {
    for (const [i, { ok }] of outcomes.entries()) {
      const own = cases[i]?.tags ?? [];
      for (const tag of own.length === 0 ? ["(none)"] : own) {
        const counts = tags.get(tag) ?? { passed: 0, failed: 0 };
        counts[ok ? "passed" : "failed"]++;
        tags.set(tag, counts);
      }
    }
  }
  console.log("\ntag               passed  failed");
  for (const [tag, { passed, failed }] of [...tags].sort((a, b) => b[1].failed - a[1].failed)) {
    console.log(`${tag.padEnd(16)}  ${String(passed).padStart(6)}  ${String(failed).padStart(6)}`);
  }
}

const GROUPS = 60;
/** Wrong rows have many causes under one message, so more of them are shown. */
const SHOWN_OF_A_GROUP = 2;
const SHOWN_OF_WRONG_ROWS = 25;

/** @param {unknown} rows */
function shownRows(rows) {
  return JSON.stringify(rows).slice(0, 160);
}

/** @param {Failure} failure */
function printFailure({ suite, file, line, expect, sql, message, got, case: item }) {
  console.log(`    ${suite} ${file}:${line} expects ${expect}`);
  console.log(`      ${sql.replaceAll(/\s+/g, " ").slice(0, 300)}`);
  if (message === WRONG_ROWS) {
    console.log(`      wanted ${shownRows(item.rows)}`);
    console.log(`      got    ${shownRows(got)}`);
  }
}

const WRONG_ROWS = "other rows";

/**
 * The shortest failures of each message, the most frequent message first; core cases count first.
 * @param {readonly Failure[]} failures
 */
function printFailures(failures) {
  /** @type {Map<string, Failure[]>} */
  const groups = new Map();
  for (const failure of failures) {
    // Names and numbers of one case are not what tells groups apart.
    const key = failure.message.replace(/"[^"]*"/g, '"…"').replace(/\d+/g, "0").slice(0, 160);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [failure]);
    else group.push(failure);
  }
  /** @param {Failure[]} group */
  const weight = (group) => group.filter(({ core }) => core).length * 1000 + group.length;
  const sorted = [...groups].sort((a, b) => weight(b[1]) - weight(a[1]));
  for (const [, group] of sorted.slice(0, GROUPS)) {
    group.sort((a, b) => Number(b.core) - Number(a.core) || a.sql.length - b.sql.length);
    const core = group.filter((failure) => failure.core).length;
    const first = group[0]?.message ?? "";
    console.log(`\n${group.length} × (${core} core) ${first.slice(0, 300)}`);
    const shown = first === WRONG_ROWS ? SHOWN_OF_WRONG_ROWS : SHOWN_OF_A_GROUP;
    group.slice(0, shown).forEach(printFailure);
  }
  if (sorted.length > GROUPS) console.log(`\n… and ${sorted.length - GROUPS} more messages`);
}

/**
 * Runs the suites and prints the result.
 * @param {{ folder: string, worker: string, suites: readonly string[], filter: string | undefined,
 *   jobs: number }} options
 * @returns {Promise<Failure[]>} the cases that failed
 */
export async function runSqlSuites({ folder, worker, suites, filter, jobs }) {
  const files = readFiles(folder, suites, filter);
  const waiting = [...files].reverse();
  await Promise.all(Array.from({ length: jobs }, () => work(worker, waiting)));
  const failures = files.flatMap((run) =>
    run.outcomes.flatMap(({ ok, message, got }, i) => {
      const item = run.cases[i];
      if (ok || item === undefined) return [];
      const { file, line, expect, sql } = item;
      const core = isCore(item);
      return [{ suite: run.suite, file, line, expect, sql, message: message ?? "?", core, got, case: item }];
    }),
  );
  printFailures(failures);
  printTags(files);
  console.log("");
  printSuites(files);
  return failures;
}
