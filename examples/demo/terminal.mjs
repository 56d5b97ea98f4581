// What the demo prints: headings, tables, bars and times.

const WIDTH = 36;

/** @param {string} title */
export function heading(title) {
  console.log(`\n── ${title} ${"─".repeat(Math.max(0, 90 - title.length))}\n`);
}

/** @param {string} sql */
export function showSql(sql) {
  const lines = sql.trim().split("\n");
  console.log(lines.map((line) => `   ${line.trim()}`).join("\n"));
}

/**
 * A table with numbers to the right; `bar` names a column that is also drawn.
 * @param {readonly Record<string, unknown>[]} rows
 * @param {string} [bar]
 */
export function showRows(rows, bar) {
  const [first] = rows;
  if (first === undefined) return;
  const names = Object.keys(first);
  const cells = rows.map((row) => names.map((name) => cell(row[name])));
  const widths = names.map((name, i) =>
    Math.max(name.length, ...cells.map((line) => line[i]?.length ?? 0)),
  );
  const largest = bar === undefined ? 0 : Math.max(...rows.map((row) => Number(row[bar])));
  console.log(`\n   ${names.map((name, i) => name.padEnd(widths[i] ?? 0)).join("  ")}`);
  rows.forEach((row, at) => {
    const line = names.map((name, i) => {
      const text = cells[at]?.[i] ?? "";
      const width = widths[i] ?? 0;
      return typeof row[name] === "number" ? text.padStart(width) : text.padEnd(width);
    });
    const share = bar === undefined ? 0 : Number(row[bar]) / largest;
    console.log(`   ${line.join("  ")}  ${"█".repeat(Math.max(0, Math.round(share * WIDTH)))}`);
  });
}

/** @param {unknown} value */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : String(value);
}

/**
 * Says how long something took, and how much of it there was.
 * @param {string} what
 * @param {number} milliseconds
 * @param {number} [count]
 */
export function showTime(what, milliseconds, count) {
  const rate =
    count === undefined
      ? ""
      : ` (${Math.round(count / (milliseconds / 1000)).toLocaleString("en")} a second)`;
  console.log(`   ${what}: ${milliseconds.toFixed(1)} ms${rate}`);
}

/**
 * A line that is written over while something long goes on.
 * @param {string} text
 */
export function progress(text) {
  if (process.stdout.isTTY) process.stdout.write(`\r   ${text}   `);
}
