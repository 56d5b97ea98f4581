import { invalidText } from "./data-errors.js";

/** 32 hexadecimal digits; a hyphen may stand after each group of four, braces around all. */
const FORM = /^(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}$/i;

/** The form with hyphens, in lower case. */
export function parseUuid(text: string): string {
  const braced = text.startsWith("{") && text.endsWith("}");
  const inner = braced ? text.slice(1, -1) : text;
  if (!FORM.test(inner)) throw invalidText("uuid", text);
  const digits = inner.replaceAll("-", "").toLowerCase();
  return [0, 8, 12, 16, 20]
    .map((start, i) => digits.slice(start, [8, 12, 16, 20, 32][i]))
    .join("-");
}
