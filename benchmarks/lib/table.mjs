import { formatBudget, formatMB, formatValue } from "./format.mjs";

const PHASES = { loaded: "after the load", reopened: "after reopen" };

/**
 * Rates of every engine, and ratios against the budget: header and rows of text.
 *
 * @returns {string[][]}
 */
export function rateTable(summary) {
  const engines = Object.entries(summary.engines);
  const header = ["work", "state", ...engines.map(([, { title }]) => title), "ratio", "budget met"];
  const rows = summary.rows.map((row) => [
    row.title,
    PHASES[row.phase],
    ...engines.map(([name]) => {
      const measured = row.engines[name];
      return measured === undefined ? "" : formatValue(measured.value, row.unit);
    }),
    row.budgets.map(formatBudget).join("; "),
    row.budgets.map(({ isMet }) => (isMet ? "yes" : "no")).join("; "),
  ]);
  return [header, ...rows];
}

/** Peak memory over the floor of each process, and bytes on disk. */
export function resourceTable(summary) {
  const engines = Object.entries(summary.engines);
  const header = ["work", "state", ...engines.map(([, { title }]) => title)];
  const rows = summary.rows.map((row) => [
    row.title,
    PHASES[row.phase],
    ...engines.map(([name]) => {
      const measured = row.engines[name];
      if (measured === undefined) return "";
      return `${formatMB(measured.memory)}, ${formatMB(measured.disk)}`;
    }),
  ]);
  return [header, ...rows];
}

/** For a terminal. */
export function plainTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join("  ")
      .trimEnd();
  return [line(rows[0]), widths.map((width) => "-".repeat(width)).join("  ")]
    .concat(rows.slice(1).map(line))
    .join("\n");
}

export function markdownTable(rows) {
  const line = (row) => `| ${row.join(" | ")} |`;
  const [header, ...body] = rows;
  return [line(header), line(header.map(() => "---")), ...body.map(line)].join("\n");
}
