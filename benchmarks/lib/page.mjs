import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { limitTable } from "./limit-table.mjs";
import { markdownTable, rateTable, resourceTable } from "./table.mjs";

const results = join(import.meta.dirname, "../results");
const page = join(import.meta.dirname, "../../docs/benchmarks.md");

const INTRODUCTION = `# Benchmarks

This page is written by \`npm run bench -- <suite>\`; do not edit it.

Every engine runs each workload in a fresh process on the same data, and does its writes with the
durability stated below. The engines take turns on each workload, and everything is repeated; the
rates are medians, and a ratio is the median of the ratios of the repetitions. Ratios are the
result: rates depend on the machine, and above all on its disk. Reads are measured right after
the load, and again after a checkpoint in a new process that opens the database.

What was read is compared with what was written, outside the time measured.`;

/** Writes docs/benchmarks.md from the summaries of all suites. */
export function writePage() {
  const files = readdirSync(results).filter((file) => /^summary-.*\.json$/.test(file));
  const sections = files
    .sort()
    .map((file) => JSON.parse(readFileSync(join(results, file), "utf8")))
    .map((summary) => (summary.limits ? limitSection(summary) : section(summary)));
  writeFileSync(page, `${[INTRODUCTION, ...sections].join("\n\n")}\n`);
  return page;
}

function section(summary) {
  return [
    `## ${summary.title}`,
    summary.description,
    `${summary.rowsLoaded.toLocaleString("en")} rows, everything measured ${summary.repetitions} times; ` +
      machineLine(summary.machine),
    markdownTable(rateTable(summary)),
    ...durabilityLines(summary),
    "Peak resident memory of the process over what it held before it opened the database, and " +
      "bytes on disk after checkpoint and close:",
    markdownTable(resourceTable(summary)),
  ].join("\n\n");
}

function limitSection(summary) {
  return [
    `## ${summary.title}`,
    summary.description,
    `Measured on ${machineLine(summary.machine)}`,
    markdownTable(limitTable(summary)),
    ...durabilityLines(summary),
  ].join("\n\n");
}

const machineLine = (machine) =>
  `${machine.cores} cores, ${machine.memoryGB} GB of memory, Node ${machine.node}, ` +
  `${machine.platform}; a 4 KB write with fdatasync takes ${machine.syncMs} ms here.`;

function durabilityLines({ engines }) {
  const lines = Object.values(engines).map(({ title, durability }) => `- ${title}: ${durability}`);
  return ["Durability:", lines.join("\n")];
}
