import stringWidth from "string-width";

export const FORMATS = ["table", "json", "csv"] as const;
export type Format = (typeof FORMATS)[number];

/** What a command shows: named columns, and rows of plain values. */
export interface Result {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** The result as text that ends with a newline. */
export function render(result: Result, format: Format): string {
  switch (format) {
    case "table":
      return renderTable(result);
    case "json":
      return `${JSON.stringify(objectsOf(result), null, 2)}\n`;
    case "csv":
      return renderCsv(result);
  }
}

/** A value as a line of text shows it: text as it is, anything else as JSON. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * Text that comes from elsewhere, made safe for a terminal: an escape sequence in a value must not
 * move the cursor, and a line break must not break the table.
 */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what it is about
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    if (character === "\r") return "\\r";
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function objectsOf({ columns, rows }: Result): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null])));
}

/** The table of the guide: a line of `=` under the header, `-` around. */
function renderTable({ columns, rows }: Result): string {
  const header = columns.map(printable);
  const cells = rows.map((row) => columns.map((_, i) => printable(cellText(row[i]))));
  const widths = header.map((name, i) =>
    cells.reduce((widest, row) => Math.max(widest, stringWidth(row[i]!)), stringWidth(name)),
  );
  const rule = (dash: string): string =>
    `+${widths.map((width) => dash.repeat(width + 2)).join("+")}+`;
  const line = (row: readonly string[]): string =>
    `|${row.map((cell, i) => ` ${cell}${" ".repeat(widths[i]! - stringWidth(cell))} `).join("|")}|`;
  const lines = [rule("-"), line(header), rule("="), ...cells.map(line)];
  if (cells.length > 0) lines.push(rule("-"));
  return `${lines.join("\n")}\n`;
}

/** RFC 4180, with plain line ends. */
function renderCsv({ columns, rows }: Result): string {
  const quoted = (value: unknown): string => {
    const text = cellText(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [columns, ...rows].map((row) => `${row.map(quoted).join(",")}\n`).join("");
}
