import stringWidth from "string-width";
import type { ClientError } from "../errors.js";
import { printable } from "./output.js";

/** Characters of a line that are shown on either side of the place. */
const AROUND = 60;

/** A statement or script that failed, for the line that shows where. */
export class StatementFailure extends Error {
  override readonly name = "StatementFailure";

  constructor(
    readonly error: ClientError,
    readonly sql: string,
  ) {
    super(error.message, { cause: error });
  }
}

/** The line of the text and a caret under the place; none where the text has no such place. */
export function excerpt(sql: string, position: number | undefined): string {
  if (position === undefined || position < 1 || position > sql.length + 1) return "";
  const at = position - 1;
  const start = sql.lastIndexOf("\n", at - 1) + 1;
  const end = sql.indexOf("\n", at);
  const from = Math.max(start, at - AROUND);
  const to = Math.min(end < 0 ? sql.length : end, at + AROUND);
  const line = sql.slice(0, start).split("\n").length;
  const label = `  line ${line}: ${from > start ? "…" : ""}`;
  const before = label + printable(sql.slice(from, at));
  return `${before}${printable(sql.slice(at, to))}\n${" ".repeat(stringWidth(before))}^\n`;
}
