/// <reference lib="es2024.string" />
import { AegisError } from "../contract/errors.js";

const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/**
 * Throws INVALID_TEXT for what no text of the database may hold: NUL, and halves of surrogate
 * pairs, which UTF-8 cannot say. `what` begins the message; `positioned` adds where it was found.
 */
export function checkText(text: string, what: string, positioned: boolean): void {
  const nul = text.indexOf("\0");
  if (nul >= 0) throw invalid(`${what} holds a NUL character`, nul, positioned);
  // Knows at once that a string of single bytes is well-formed, where a pattern looks at each unit.
  if (text.isWellFormed()) return;
  throw invalid(`${what} holds half of a surrogate pair`, text.search(LONE_SURROGATE), positioned);
}

function invalid(message: string, index: number, positioned: boolean): AegisError {
  return new AegisError("INVALID_TEXT", message, positioned ? { position: index + 1 } : {});
}
