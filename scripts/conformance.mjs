// `npm run conformance -- sql [suites…] [--filter TEXT] [--failures FILE] [--jobs N]`: replays the
// published cases in ../shared/conformance against the sources as they are and says how many hold.
//
// `--filter` takes only files (or lines, as `file:line`) whose name contains the text; `--failures`
// writes every case that failed, a JSON object a line. Where the cases are absent it says so and ends well.

import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { runSqlSuites } from "./conformance/sql.mjs";
import { isMain, root } from "./lib/run.mjs";

const CASES = join(root, "../shared/conformance");
const CACHE = join(root, "node_modules/.cache/conformance");
const KINDS = ["sql"];

/**
 * Bundles the runner of one kind with the sources it tests, so that no build stands between.
 * @param {string} kind
 */
async function bundle(kind) {
  mkdirSync(CACHE, { recursive: true });
  const outfile = join(CACHE, `${kind}-worker.mjs`);
  await build({
    entryPoints: [join(root, `test/conformance/${kind}-worker.ts`)],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: true,
    logLevel: "error",
    alias: {
      "@aegisdb/sql/contract": join(root, "packages/sql/src/contract/index.ts"),
      "@aegisdb/sql": join(root, "packages/sql/src/index.ts"),
      msgpackr: join(root, "node_modules/msgpackr/index.js"),
    },
  });
  return outfile;
}

/** @param {readonly string[]} argv */
function options(argv) {
  const [kind, ...rest] = argv;
  /** @type {string[]} */
  const suites = [];
  /** @type {Record<string, string>} */
  const named = {};
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i] ?? "";
    const value = rest[i + 1];
    if (!word.startsWith("--")) suites.push(word);
    else if (!["--filter", "--failures", "--jobs"].includes(word) || value === undefined) {
      throw new Error(`unknown option, or no value for it: ${word}`);
    } else {
      named[word.slice(2)] = value;
      i++;
    }
  }
  if (kind === undefined || !KINDS.includes(kind)) {
    throw new Error(`the first word says which cases: ${KINDS.join(", ")}`);
  }
  return {
    kind,
    suites,
    filter: named["filter"],
    failures: named["failures"],
    jobs: Number(named["jobs"] ?? 2),
  };
}

async function main() {
  const { kind, suites, filter, failures, jobs } = options(process.argv.slice(2));
  const folder = join(CASES, kind);
  if (!existsSync(folder)) {
    console.log(`Skipped: the published cases are not in ${folder}.`);
    return;
  }
  const worker = await bundle(kind);
  const failed = await runSqlSuites({ folder, worker, suites, filter, jobs });
  if (failures !== undefined) {
    writeFileSync(failures, failed.map((item) => `${JSON.stringify(item)}\n`).join(""));
  }
}

if (isMain(import.meta.url)) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
