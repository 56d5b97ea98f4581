// npm run bench -- <suite> [--quick] …: see README.md.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArguments } from "./lib/arguments.mjs";
import { buildPackages, installPeers } from "./lib/install.mjs";
import { describeMachine } from "./lib/machine.mjs";
import { writePage } from "./lib/page.mjs";
import { runLimits } from "./lib/limit-run.mjs";
import { limitTable } from "./lib/limit-table.mjs";
import { loadPlan, runAll } from "./lib/schedule.mjs";
import { importSuite, suiteNames } from "./lib/suite.mjs";
import { summarize } from "./lib/summary.mjs";
import { plainTable, rateTable, resourceTable } from "./lib/table.mjs";

const folder = import.meta.dirname;

async function main() {
  const given = parseArguments(process.argv.slice(2), suiteNames());
  installPeers();
  if (given.build) buildPackages();
  const suite = await importSuite(given.suite);
  const parent = given.directory ?? join(folder, ".cache");
  mkdirSync(parent, { recursive: true });
  const directory = mkdtempSync(join(parent, "bench-"));
  const rows = given.rows ?? (given.quick ? suite.quickRows : suite.rows);
  const options = { ...given, givenRows: given.rows, rows, directory };
  process.once("exit", () => rmSync(directory, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  const plan = await loadPlan(options);
  const machine = describeMachine(directory);
  const failures = suite.limits
    ? await measureLimits(suite, plan, options, machine)
    : await race(suite, plan, options, machine);
  if (failures.length > 0) throw new Error(`Failed:\n${failures.join("\n")}`);
}

/** Engines side by side on the same work. Resolves with the messages of what failed. */
async function race(suite, plan, options, machine) {
  const { samples, failures } = await runAll(plan, options, showTrial);
  const summary = {
    ...describe(suite, plan, options, machine),
    rowsLoaded: options.rows,
    repetitions: options.repetitions,
    rows: summarize(plan, samples),
  };
  console.log(`\n${plainTable(rateTable(summary))}`);
  console.log(
    `\nPeak memory over the floor, bytes on disk\n\n${plainTable(resourceTable(summary))}`,
  );
  conclude(summary, samples, options, failures);
  return failures;
}

/** What one engine may take at most. Resolves with the messages of what failed. */
async function measureLimits(suite, plan, options, machine) {
  const { rows, failures } = await runLimits(plan, options, showStep);
  const summary = { ...describe(suite, plan, options, machine), limits: true, rows };
  console.log(`\n${plainTable(limitTable(summary))}`);
  conclude(summary, undefined, options, failures);
  return failures;
}

function describe(suite, plan, options, machine) {
  const engines = [...plan.engines].map(([name, { title, durability }]) => [
    name,
    { title, durability },
  ]);
  return {
    suite: options.suite,
    title: suite.title,
    description: suite.description,
    machine,
    engines: Object.fromEntries(engines),
  };
}

/** Keeps every run; what stands for the suite is only replaced by a whole one. */
function conclude(summary, samples, options, failures) {
  for (const { title, durability } of Object.values(summary.engines)) {
    console.log(`\n${title}: ${durability}`);
  }
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
  save(`${options.suite}-${stamp}.json`, { ...summary, samples });
  const isPartial = [options.engines, options.workloads, options.givenRows].some(
    (x) => x !== undefined,
  );
  if (options.quick || isPartial || failures.length > 0) return;
  save(`summary-${options.suite}.json`, summary);
  console.log(`Wrote ${writePage()}`);
}

function save(file, content) {
  const path = join(folder, "results", file);
  writeFileSync(path, `${JSON.stringify(content, undefined, 2)}\n`);
  console.log(`Wrote ${path}`);
}

function showTrial({ repetition, workload, engine }) {
  console.error(`repetition ${repetition + 1}: ${workload}, ${engine}`);
}

function showStep({ workload, engine, step }) {
  console.error(`${workload}, ${engine}: ${step}`);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
